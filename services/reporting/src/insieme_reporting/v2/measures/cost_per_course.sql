-- What was spent on strands 2.a, 2.b and 2.c in the period, over the courses that were activated in it.
select unit as numerator_unit, null::text as denominator_unit, moved_on as on_date, amount, strand
from movements where strand in ('2a', '2b', '2c')
union all
select null, course_id::text, activated_on, 0, strand from courses where activated_on is not null
