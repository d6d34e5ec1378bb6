-- Cases that were closed and not opened again, by the day of the closing.
select case_id as unit, closed_on as on_date, person_id, exit_state
from enrolments e where closed_on is not null and exit_state is not null
    and not exists (select from merged_cases m where m.case_id = e.case_id)
