-- Desks that were open on the last day of the period.
select entry_id as unit, opened_on as on_date, party from (
    select distinct on (entry_id) * from desk_versions
    where recorded_at <= %(known_at)s order by entry_id, sequence desc
) e where not voided and (closed_on is null or closed_on > %(to)s)
