-- What became of those who left a funded operation, by the day on which they left it: two rows for each, at the exit and
-- after six months. The answer is that of the participation, or else the one of its case since; none where nobody asked.
select o.participation_id || '/' || asked.months as unit, o.closed_on as on_date, o.person_id, o.operation,
       asked.months::text as months, coalesce(f.outcome, c.outcome) as outcome
from operation_participations o cross join (values (0), (6)) asked (months)
    left join operation_follow_ups f on f.participation_id = o.participation_id and f.months = asked.months
    left join follow_ups c on c.case_id = o.case_id and c.months = asked.months and c.asked_on >= o.closed_on
where o.closed_on is not null
