-- Of the participations that were ranked and that began in the period (denominator) those with the priority
-- (numerator). Whose ranking was erased is in neither.
select case when priority = 'yes' then participation_id end as numerator_unit, participation_id as denominator_unit,
       started_on as on_date, person_id, strand, course, module_kind, proposed_by, channel
from participants where priority in ('yes', 'no')
