-- Meetings that were held, by their day.
select meeting_id as unit, held_on as on_date, body from meetings
