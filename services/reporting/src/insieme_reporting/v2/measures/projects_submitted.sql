-- Projects by the day on which they were submitted.
select project_id as unit, submitted_on as on_date, strand from projects
