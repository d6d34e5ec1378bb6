-- Good practices that parties proposed, adopted or shared, by the day of the step; a practice counts once.
select entry_id as unit, done_on as on_date, step, party from (
    select distinct on (entry_id, step, party) * from practice_versions
    where recorded_at <= %(known_at)s order by entry_id, step, party, sequence desc
) e where not voided
