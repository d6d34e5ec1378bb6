-- Interventions that were not blocked, or were let go on, by their first day.
select intervention_id as unit, starts_on as on_date, person_id, party, intervention_kind
from interventions where blocked_on is null or overridden_on is not null
