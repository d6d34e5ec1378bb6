-- Of the interventions found doubled in the period (denominator) those that were let go on (numerator); the others are
-- those that were avoided.
select case when overridden_on is not null then intervention_id end as numerator_unit,
       intervention_id as denominator_unit, blocked_on as on_date, party, intervention_kind
from interventions where blocked_on is not null
