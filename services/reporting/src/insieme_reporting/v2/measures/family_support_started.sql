-- Measures of family support by the day on which they were taken up.
select support_id as unit, started_on as on_date, person_id, support_kind from family_supports
where started_on is not null
