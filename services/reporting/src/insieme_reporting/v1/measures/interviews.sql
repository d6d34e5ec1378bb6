-- Interviews that were held, of every kind, by their day; a person may have several.
select i.interview_id as unit, i.held_on as on_date, i.person_id
from interviews i join enrolments e using (case_id) where i.held_on is not null
