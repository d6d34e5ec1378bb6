-- Jobs that the projects funded in the period created, whenever (numerator), over those that they promised
-- (denominator).
select null::text as numerator_unit, p.project || '/' || n as denominator_unit, p.funded_on as on_date, p.strand,
       p.project
from projects p cross join generate_series(1, p.jobs) n where p.funded_on is not null
union all
select j.employment_id::text, null, p.funded_on, p.strand, p.project
from project_jobs j join projects p using (project_id) where p.funded_on is not null
