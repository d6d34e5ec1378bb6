-- Participations by the day of the certificate of qualification.
select participation_id as unit, qualified_on as on_date, person_id, strand, course, module_kind, proposed_by, channel
from participants where qualified_on is not null
