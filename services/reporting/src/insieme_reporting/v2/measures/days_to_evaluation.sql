-- Days from the submission of a project to its evaluation.
select project_id as unit, evaluated_on as on_date, evaluated_on - submitted_on as days, p.strand
from projects p where evaluated_on is not null
