-- Internships that had begun and were not over on the last day of the period.
select internship_id as unit, started_on as on_date, person_id
from internships where started_on is not null and (ended_on is null or ended_on >= %(to)s)
