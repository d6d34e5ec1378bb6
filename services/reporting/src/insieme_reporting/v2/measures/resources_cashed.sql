-- What has come in of the resources of a year, as said last, counted whole on the first day of the year.
select unit, on_date, cashed as amount, source, party from resources where cashed > 0
