-- Persons sent to the programme and by it, by the day; with the answer as it stands.
select referral_id as unit, sent_on as on_date, person_id, direction, channel, answer from referrals
