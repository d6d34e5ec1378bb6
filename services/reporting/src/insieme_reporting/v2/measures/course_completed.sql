-- Participations by the day on which the person had gone through the course.
select participation_id as unit, completed_on as on_date, person_id, strand, course, module_kind, proposed_by, channel
from participants where completed_on is not null
