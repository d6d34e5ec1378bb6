-- Of the projects submitted in the period (denominator) those that were funded, whenever (numerator).
select case when funded_on is not null then project_id end as numerator_unit, project_id as denominator_unit,
       submitted_on as on_date, strand
from projects
