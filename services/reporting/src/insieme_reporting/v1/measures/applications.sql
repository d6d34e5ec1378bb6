-- Applications by the day of receipt, whatever became of them.
select case_id as unit, applied_on as on_date, person_id from cases where applied_on is not null
