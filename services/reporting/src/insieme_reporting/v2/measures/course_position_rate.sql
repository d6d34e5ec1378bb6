-- Of the positions identified for the courses activated in the period (denominator) those that a placement took,
-- whenever (numerator). What was withdrawn since counts still: it had been identified.
select null::text as numerator_unit, p.course_id || '/' || p.reservation_id || '/' || n as denominator_unit,
       c.activated_on as on_date, c.strand, c.course_code as course
from course_positions p join courses c using (course_id) cross join generate_series(1, p.identified) n
where c.activated_on is not null
union all
select u.employment_id::text, null, c.activated_on, c.strand, c.course_code
from reserved_positions u join courses c using (course_id) where c.activated_on is not null
