-- All that was spent in the period, less what came back, over the persons taken in charge in it.
select unit as numerator_unit, null::text as denominator_unit, moved_on as on_date, amount
from movements
union all
select null, person_id::text, taken_in_charge_on, 0 from funnel where taken_in_charge_on is not null
