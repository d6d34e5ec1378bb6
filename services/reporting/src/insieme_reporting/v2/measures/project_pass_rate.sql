-- Of the projects evaluated in the period (denominator) those that were judged positive (numerator).
select case when evaluation_outcome = 'positive' then project_id end as numerator_unit, project_id as denominator_unit,
       evaluated_on as on_date, strand
from projects where evaluated_on is not null
