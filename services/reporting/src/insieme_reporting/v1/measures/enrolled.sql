-- Persons by the day of their first enrolment that stands (iscritti).
select person_id as unit, enrolled_on as on_date, person_id from funnel
