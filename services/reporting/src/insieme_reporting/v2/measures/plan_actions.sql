-- Actions of the approved plans, counted on the first day of the year.
select year || '/' || action_id as unit, on_date, strand, source, party from plan_actions
