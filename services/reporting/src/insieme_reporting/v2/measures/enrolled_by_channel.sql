-- Persons by the day of their first enrolment that stands, with the channel of that enrolment.
select f.person_id as unit, f.enrolled_on as on_date, f.person_id, c.channel_class as channel
from funnel f join persons p using (person_id) join cases c on c.case_id = p.case_id
