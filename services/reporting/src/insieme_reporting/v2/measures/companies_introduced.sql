-- Companies that a party brought to the programme, by the day on which it was recorded.
select company_id as unit, introduced_on as on_date, party from introductions
