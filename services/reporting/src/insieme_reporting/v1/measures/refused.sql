-- Candidacies that were refused, by the day of refusal, by whom and for which reason of the closed list.
select candidacy_id as unit, refused_on as on_date, person_id, refused_by, refusal_reason
from candidacies where refused_on is not null
