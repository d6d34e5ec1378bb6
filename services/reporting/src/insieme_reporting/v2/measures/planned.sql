-- The ceilings of the approved plans, as amended, counted whole on the first day of the year.
select unit, on_date, amount, source, strand from plan_ceilings where amount > 0
