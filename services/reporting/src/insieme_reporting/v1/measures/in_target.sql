-- Persons by the day on which they were first judged in target (idonei).
select person_id as unit, in_target_on as on_date, person_id from funnel where in_target_on is not null
