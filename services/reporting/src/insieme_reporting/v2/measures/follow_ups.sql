-- Answers about what became of a person, by their day; the last one for each case and month.
select case_id || '/' || months as unit, asked_on as on_date, person_id, months::text as months, outcome from follow_ups
