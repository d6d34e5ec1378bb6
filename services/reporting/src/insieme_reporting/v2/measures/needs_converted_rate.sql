-- Of the needs declared in the period (denominator) those that became a vacancy, whenever (numerator).
select case when converted_on is not null then need_id end as numerator_unit, need_id as denominator_unit,
       declared_on as on_date, profile
from needs
