-- Projects by the day on which they were approved.
select project_id as unit, approved_on as on_date, strand from projects where approved_on is not null
