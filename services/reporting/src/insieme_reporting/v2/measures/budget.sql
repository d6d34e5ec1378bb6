-- The lines of the budgets, counted whole on the first day of the year of the budget.
select budget_id || '/' || strand as unit, on_date, amount, source, strand, party from budget_lines where amount > 0
