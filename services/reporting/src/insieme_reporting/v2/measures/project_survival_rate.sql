-- Of the projects asked about in the period so many months after the funding (denominator) those alive (numerator).
select case when v.alive then v.project_id || '/' || v.months end as numerator_unit,
       v.project_id || '/' || v.months as denominator_unit, v.asked_on as on_date, v.months::text as months, p.strand
from (
    select distinct on (project_id, months) * from project_survival_versions
    where recorded_at <= %(known_at)s order by project_id, months, sequence desc
) v join projects p using (project_id)
