-- Projects by the day on which their accompaniment began.
select project_id as unit, accompanied_from as on_date, strand from projects where accompanied_from is not null
