-- Of the persons reached six months after the exit (denominator) those who work (numerator), by the day of the answer.
-- Who was not reached, and whose answer was erased, is in neither.
select case when outcome in ('employed', 'self_employed') then case_id end as numerator_unit,
       case_id as denominator_unit, asked_on as on_date, person_id
from follow_ups where months = 6 and outcome not in ('not_reached', 'unknown')
