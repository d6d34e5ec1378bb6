-- Courses by the day on which they were activated.
select course_id as unit, activated_on as on_date, strand, course_code as course, module_kind, proposed_by
from courses where activated_on is not null
