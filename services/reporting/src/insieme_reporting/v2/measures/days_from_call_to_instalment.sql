-- Days from the opening of a call to the first instalment of each of its projects.
select project_id as unit, p.first_paid_on as on_date, p.first_paid_on - c.opened_on as days, p.strand
from projects p join calls c using (call_id) where p.first_paid_on is not null
