-- Days from a referral to its answer, by the day of the answer.
select referral_id as unit, answered_on as on_date, answered_on - sent_on as days, direction, channel
from referrals where answered_on is not null
