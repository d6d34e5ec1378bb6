-- Of the budgets of the years in the period (denominator) what is used, whenever (numerator): what is committed, and
-- what was spent without a commitment. That is what a line must hold (I3).
select budget_id || '/' || strand as unit, on_date, 0 as numerator_amount, amount as denominator_amount, source, strand
from budget_lines
union all
select budget_id || '/' || commitment_id, make_date(year, 1, 1), amount, 0, source, strand from commitments
union all
select unit, make_date(year, 1, 1), amount, 0, source, strand from movements where commitment_id is null
