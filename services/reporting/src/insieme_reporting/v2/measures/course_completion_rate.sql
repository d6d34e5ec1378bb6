-- Of the participations that began in the period (denominator) those that were completed, whenever (numerator).
select case when completed_on is not null then participation_id end as numerator_unit,
       participation_id as denominator_unit, started_on as on_date, person_id, strand, course, module_kind, proposed_by, channel
from participants
