-- Of the minutes of the lessons of completed participations (denominator) those at which the person was present.
select participation_id as unit, completed_on as on_date, minutes_present as numerator_amount,
       minutes_recorded as denominator_amount, person_id, strand, course, module_kind, proposed_by, channel
from participants where completed_on is not null
