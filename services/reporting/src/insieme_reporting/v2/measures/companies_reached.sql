-- Companies that associations and unions reached, as they say, by the day of the occasion. The same one
-- may be in several.
select entry_id as unit, held_on as on_date, companies as amount, party from (
    select distinct on (entry_id) * from association_outreach_versions
    where recorded_at <= %(known_at)s order by entry_id, sequence desc
) e where not voided
