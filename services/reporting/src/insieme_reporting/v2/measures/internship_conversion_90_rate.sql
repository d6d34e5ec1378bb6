-- Of the internships that ended in the period (denominator) those after which the host employed the person, by a link
-- that starts within 90 days (numerator).
select case when hired_after <= 90 then internship_id end as numerator_unit, internship_id as denominator_unit,
       ended_on as on_date, person_id, company_size
from ended_internships
