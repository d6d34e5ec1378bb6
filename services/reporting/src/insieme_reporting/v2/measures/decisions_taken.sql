-- Decisions of held meetings, by the day of the meeting.
select unit, taken_on as on_date, subject, party, body from decisions
