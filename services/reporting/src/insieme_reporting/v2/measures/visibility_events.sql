-- Public events, by their day. An event counts under each of its promoters and of its themes, and once in all.
select entry_id as unit, held_on as on_date, party, theme, scope from (
    select distinct on (entry_id, party, theme) * from visibility_versions
    where recorded_at <= %(known_at)s order by entry_id, party, theme, sequence desc
) e where not voided
