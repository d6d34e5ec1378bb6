-- Measures of family support by the day on which they were offered.
select support_id as unit, offered_on as on_date, person_id, support_kind from family_supports
where offered_on is not null
