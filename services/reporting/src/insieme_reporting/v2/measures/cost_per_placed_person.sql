-- All that was spent in the period, less what came back, over the persons with a link that starts in it.
select unit as numerator_unit, null::text as denominator_unit, moved_on as on_date, amount
from movements
union all
select null, person_id::text, starts_on, 0 from links
