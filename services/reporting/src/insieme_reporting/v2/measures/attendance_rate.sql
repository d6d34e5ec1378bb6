-- Of the invitations to meetings of the period whose attendance was recorded (denominator) those that were followed.
select case when present then unit end as numerator_unit, unit as denominator_unit, on_date, body, party
from invitations where present is not null
