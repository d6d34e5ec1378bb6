-- Companies for which at least one selection was opened in the period.
select company_id as unit, opened_on as on_date from selections
