-- Of the budgets of the years in the period (denominator) what was spent of them, whenever, less what came back
-- (numerator).
select budget_id || '/' || strand as unit, on_date, 0 as numerator_amount, amount as denominator_amount, source, strand,
       party
from budget_lines
union all
select unit, make_date(year, 1, 1), amount, 0, source, strand, party from movements
