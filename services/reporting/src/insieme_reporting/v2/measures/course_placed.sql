-- Participations that a placement followed, by the person's first lesson: those who started in the period.
select participation_id as unit, started_on as on_date, person_id, strand, course, module_kind, proposed_by, channel
from participants where placed_on is not null
