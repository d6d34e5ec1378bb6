-- Work plans by the day of their approval.
select year as unit, approved_on as on_date from work_plans where approved_on is not null
