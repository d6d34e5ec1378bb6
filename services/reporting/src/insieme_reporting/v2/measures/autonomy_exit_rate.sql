-- Of the cases closed in the period and not opened again (denominator) those that ended in stable work or in work of
-- one's own (numerator).
select case when exit_state in ('stable_work', 'self_employed') then case_id end as numerator_unit,
       case_id as denominator_unit, closed_on as on_date, person_id
from enrolments e where closed_on is not null and exit_state is not null
    and not exists (select from merged_cases m where m.case_id = e.case_id)
