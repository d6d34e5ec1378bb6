-- Of the skills of Italian assessed entering and leaving a course (denominator) those that rose (numerator), by the day
-- of the second assessment. What was erased is in neither.
select case when array_position(ladder, b.level) > array_position(ladder, a.level)
            then b.participation_id || '/' || b.skill end as numerator_unit,
       b.participation_id || '/' || b.skill as denominator_unit, b.assessed_on as on_date, p.person_id, p.strand,
       p.course, p.module_kind, p.proposed_by, p.channel
from language_levels a join language_levels b using (participation_id, skill)
join participations p using (participation_id)
cross join (select array['a0', 'pre_a1', 'a1', 'a2', 'b1', 'b2', 'c1', 'c2'] as ladder) l
where a.assessed_at = 'entry' and b.assessed_at = 'exit' and a.level <> 'unknown' and b.level <> 'unknown'
