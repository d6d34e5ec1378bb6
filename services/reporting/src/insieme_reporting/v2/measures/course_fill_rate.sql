-- Seats of the courses that began in the period (denominator), and those that somebody took at the first lesson
-- or later (numerator).
select null::text as numerator_unit, c.course_id || '/' || n as denominator_unit, c.started_on as on_date, c.strand,
       c.course_code as course, c.module_kind, c.proposed_by
from courses c cross join generate_series(1, c.seats) n where c.started_on is not null
union all
select p.participation_id::text, null, c.started_on, c.strand, c.course_code, c.module_kind, c.proposed_by
from participants p join courses c using (course_id) where c.started_on is not null
