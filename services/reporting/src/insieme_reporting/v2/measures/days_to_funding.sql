-- Days from the submission of a project to its funding.
select project_id as unit, funded_on as on_date, funded_on - submitted_on as days, p.strand
from projects p where funded_on is not null
