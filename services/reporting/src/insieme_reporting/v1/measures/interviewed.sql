-- Persons by the day of their first access interview that was held.
select person_id as unit, interviewed_on as on_date, person_id from funnel where interviewed_on is not null
