-- Positions identified for courses that were activated, by the day of the activation: those that are kept still.
select p.course_id || '/' || p.reservation_id as unit, c.activated_on as on_date, p.positions as amount, c.strand,
       c.course_code as course
from course_positions p join courses c using (course_id) where c.activated_on is not null
