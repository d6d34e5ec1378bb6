-- What parties made available, by its day.
select entry_id as unit, given_on as on_date, party, contribution_kind, strand from contributions
