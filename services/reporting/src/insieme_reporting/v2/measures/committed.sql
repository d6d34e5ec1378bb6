-- What is bound to projects and activities, by the day of the commitment: less what was released or came back since.
select budget_id || '/' || commitment_id as unit, committed_on as on_date, amount, source, strand,
       kind as commitment_kind
from commitments
