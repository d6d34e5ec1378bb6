-- Requests of companies that were worked on, by the day on which the selection was opened.
select vacancy_id || '/' || selection_no as unit, opened_on as on_date from selections
