-- The positions of each vacancy, one row each, by the day on which the vacancy was opened.
select vacancy_id || '/' || n as unit, opened_on as on_date, comune as comune_of_work
from vacancies cross join generate_series(1, positions) n
