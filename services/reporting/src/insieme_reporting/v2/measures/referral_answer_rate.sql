-- Of the referrals of the period (denominator) those that were answered, whenever (numerator).
select case when answered_on is not null then referral_id end as numerator_unit, referral_id as denominator_unit,
       sent_on as on_date, direction, channel
from referrals
