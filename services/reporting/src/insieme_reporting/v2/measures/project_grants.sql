-- What was granted to projects, in euro cents, by the day of the funding; revoked grants are in it.
select project_id as unit, funded_on as on_date, granted as amount, strand, source
from projects where funded_on is not null
