-- Projects by the day on which they were funded.
select project_id as unit, funded_on as on_date, strand, source from projects where funded_on is not null
