-- Companies with at least one link that starts in the period.
select company_id as unit, starts_on as on_date, company_size from links
