-- The ceilings of the approved plans (numerator) over the resources committed for the same years (denominator).
select unit, on_date, amount as numerator_amount, 0 as denominator_amount, source from plan_ceilings
union all
select unit, on_date, 0, committed, source from resources
