-- Of the persons enrolled in the period (denominator) those taken in charge by its end (numerator).
select person_id as denominator_unit, enrolled_on as on_date, person_id,
       case when taken_in_charge_on <= %(to)s then person_id end as numerator_unit
from funnel
