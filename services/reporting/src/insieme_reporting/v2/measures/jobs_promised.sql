-- Jobs that projects promise, by the day on which the project was funded; those of projects never funded are none.
select project_id as unit, funded_on as on_date, jobs as amount, strand, project
from projects where funded_on is not null and jobs > 0
