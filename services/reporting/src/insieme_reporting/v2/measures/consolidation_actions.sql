-- What companies of the Board did for funded projects, by its day.
select a.project_id || '/' || a.action_id as unit, a.acted_on as on_date, a.kind as consolidation_kind, p.strand
from (
    select distinct on (project_id, action_id) * from consolidation_versions
    where recorded_at <= %(known_at)s order by project_id, action_id, sequence desc
) a join projects p using (project_id)
