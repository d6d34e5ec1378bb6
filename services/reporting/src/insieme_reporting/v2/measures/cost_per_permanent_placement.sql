-- All that was spent in the period, less what came back, over the permanent contract links that start in it.
select unit as numerator_unit, null::text as denominator_unit, moved_on as on_date, amount
from movements
union all
select null, link_id, starts_on, 0 from links where contract_class = 'permanent'
