-- What parties put into a year, as said last, counted whole on the first day of the year.
select unit, on_date, committed as amount, source, party from resources where committed > 0
