-- Vacancies by the day on which they were opened.
select vacancy_id as unit, opened_on as on_date, comune as comune_of_work from vacancies
