-- Days from a person's enrolment to the first access interview, by the day of the interview.
select person_id as unit, interviewed_on as on_date, person_id, interviewed_on - enrolled_on as days
from funnel where interviewed_on is not null
