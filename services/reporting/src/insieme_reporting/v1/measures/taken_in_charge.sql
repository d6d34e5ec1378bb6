-- Persons by the day on which they were first taken in charge (presi in carico).
select person_id as unit, taken_in_charge_on as on_date, person_id from funnel where taken_in_charge_on is not null
