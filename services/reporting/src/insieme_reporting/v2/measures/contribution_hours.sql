-- Hours that parties made available, by the day of the contribution.
select entry_id as unit, given_on as on_date, hours as amount, party, contribution_kind, strand
from contributions where hours is not null
