-- Information that parties gave to one another, by its day.
select entry_id as unit, given_on as on_date, party, level from (
    select distinct on (entry_id) * from exchange_versions
    where recorded_at <= %(known_at)s order by entry_id, sequence desc
) e where not voided
