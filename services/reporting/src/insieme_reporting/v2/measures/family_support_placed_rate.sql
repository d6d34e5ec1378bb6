-- Of the persons who took up family support in the period (denominator) those with a link that starts on that day or
-- later (numerator).
select case when exists (select from links l where l.person_id = f.person_id and l.starts_on >= f.started_on)
            then f.person_id end as numerator_unit,
       f.person_id as denominator_unit, f.started_on as on_date, f.person_id, f.support_kind
from family_supports f where f.started_on is not null
