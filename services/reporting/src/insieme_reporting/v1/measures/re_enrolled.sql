-- Further enrolments of persons who were enrolled before, and closed cases that were reopened.
select e.case_id::text as unit, e.enrolled_on as on_date, e.person_id
from enrolments e join persons p using (person_id) where e.case_id <> p.case_id
union all
select r.case_id || '/' || r.reopening_no, r.reopened_on, r.person_id
from reopenings r join enrolments e using (case_id)
