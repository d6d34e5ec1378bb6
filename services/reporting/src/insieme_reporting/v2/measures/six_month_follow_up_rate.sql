-- Of the cases closed in the period (denominator) those asked about after six months, whenever (numerator).
select case when f.case_id is not null then e.case_id end as numerator_unit, e.case_id as denominator_unit,
       e.closed_on as on_date, e.person_id
from enrolments e left join follow_ups f on f.case_id = e.case_id and f.months = 6
where e.closed_on is not null and not exists (select from merged_cases m where m.case_id = e.case_id)
