-- Euro cents of the microcredits that the bank reported, by the day on which it granted them.
select unit, granted_on as on_date, amount, strand from microcredits
