-- Hours of the courses that were activated, by the day of the activation.
select course_id as unit, activated_on as on_date, hours as amount, strand, course_code as course, module_kind,
       proposed_by
from courses where activated_on is not null and hours is not null
