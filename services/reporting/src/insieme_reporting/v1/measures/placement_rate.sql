-- Persons with a link that starts in the period (numerator) over persons taken in charge in the period (denominator):
-- two flows, not a cohort, so it may pass 100 per cent.
select person_id as numerator_unit, null::uuid as denominator_unit, starts_on as on_date, person_id from links
union all
select null, person_id, taken_in_charge_on, person_id from funnel where taken_in_charge_on is not null
