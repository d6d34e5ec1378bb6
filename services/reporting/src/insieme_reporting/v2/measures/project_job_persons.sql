-- Persons in jobs that projects created, by the day on which the work starts.
select person_id as unit, starts_on as on_date, person_id, strand, project, suitability from project_jobs
