-- Interventions that were found doubled, by the day on which they were.
select intervention_id as unit, blocked_on as on_date, party, intervention_kind from interventions
where blocked_on is not null
