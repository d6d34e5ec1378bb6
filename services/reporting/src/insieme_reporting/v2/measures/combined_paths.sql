-- Persons in a regional measure while another intervention, of another kind and none of a regional measure, ran as
-- well; by the first day on which both did. What was erased is in neither.
select a.person_id as unit, greatest(a.starts_on, b.starts_on) as on_date, a.person_id
from interventions a join interventions b using (person_id)
where a.measure is not null and a.measure <> 'unknown' and b.measure is null
    and a.intervention_kind <> b.intervention_kind and a.starts_on <= b.until and b.starts_on <= a.until
    and (a.blocked_on is null or a.overridden_on is not null) and (b.blocked_on is null or b.overridden_on is not null)
