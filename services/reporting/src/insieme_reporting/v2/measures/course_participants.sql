-- Participations by the person's first lesson.
select participation_id as unit, started_on as on_date, person_id, strand, course, module_kind,
       proposed_by, channel
from participants
