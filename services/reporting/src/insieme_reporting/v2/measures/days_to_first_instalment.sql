-- Days from the funding of a project to its first instalment.
select project_id as unit, first_paid_on as on_date, first_paid_on - funded_on as days, p.strand
from projects p where first_paid_on is not null
