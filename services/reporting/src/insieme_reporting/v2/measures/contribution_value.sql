-- Euro cents' worth of what parties made available, by the day of the contribution.
select entry_id as unit, given_on as on_date, amount, party, contribution_kind, strand
from contributions where amount is not null
