-- Activities beside projects that the Comitato di gestione funded, by the day of its decision.
select decision_id as unit, approved_on as on_date, activity_kind, strand, source
from funding_decisions where approved_on is not null
