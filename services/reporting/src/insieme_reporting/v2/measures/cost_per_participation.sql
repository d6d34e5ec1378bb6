-- What was spent on strands 2.a, 2.b and 2.c in the period, over the participations that began in it.
select unit as numerator_unit, null::text as denominator_unit, moved_on as on_date, amount, strand
from movements where strand in ('2a', '2b', '2c')
union all
select null, participation_id::text, started_on, 0, strand from participants
