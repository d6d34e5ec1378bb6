-- Hundredths of full-time persons that parties give in a year, counted on its first day.
select entry_id as unit, make_date(year, 1, 1) as on_date, fte_hundredths as amount, party, profile as staff_profile
from (
    select distinct on (entry_id) * from staff_versions
    where recorded_at <= %(known_at)s order by entry_id, sequence desc
) e where not voided
