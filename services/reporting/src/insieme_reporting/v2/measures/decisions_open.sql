-- Decisions that were not done on the last day of the period; overdue where their deadline had passed.
select unit, taken_on as on_date, subject, party, body,
       case when deadline is null then 'no_deadline' when deadline < %(to)s then 'yes' else 'no' end as overdue
from decisions where completed_on is null or completed_on > %(to)s
