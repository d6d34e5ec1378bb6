-- Of the decisions taken in the period (denominator) those that were done, whenever (numerator).
select case when completed_on is not null then unit end as numerator_unit, unit as denominator_unit,
       taken_on as on_date, subject, party, body
from decisions
