-- Of the actions of the plans of the years in the period (denominator) those reported as done (numerator).
select case when percent = 100 then year || '/' || action_id end as numerator_unit,
       year || '/' || action_id as denominator_unit, on_date, strand, source, party
from plan_actions
