-- Calls by the day on which they were opened.
select call_id as unit, opened_on as on_date, strand from calls
