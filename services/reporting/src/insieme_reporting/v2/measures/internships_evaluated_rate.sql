-- Of the internships that ended in the period (denominator) those that both the person and the company evaluated.
select case when person_evaluated_on is not null and company_evaluated_on is not null then internship_id end
           as numerator_unit,
       internship_id as denominator_unit, ended_on as on_date, person_id, company_size
from ended_internships
