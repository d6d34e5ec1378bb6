-- Expenditures by their day, less what came back, by the day on which it did.
select unit, moved_on as on_date, amount, source, strand, party from movements
