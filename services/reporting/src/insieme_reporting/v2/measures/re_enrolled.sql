-- Further enrolments of persons who were enrolled before, and closed cases that were reopened. A case that goes on in
-- another one is no enrolment of its own.
select case_id::text as unit, enrolled_on as on_date, person_id from (
    select case_id, person_id, enrolled_on,
           row_number() over (partition by person_id order by enrolled_on, case_id) as number
    from enrolments e where not exists (select from merged_cases m where m.case_id = e.case_id)
) e where number > 1
union all
select r.case_id || '/' || r.reopening_no, r.reopened_on, r.person_id
from reopenings r join enrolments e using (case_id)
