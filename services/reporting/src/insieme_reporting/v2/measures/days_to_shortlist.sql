-- Days from the opening of a vacancy to the first person shortlisted for it.
select v.vacancy_id as unit, min(c.shortlisted_on) as on_date, min(c.shortlisted_on) - v.opened_on as days
from vacancies v join candidacies c using (vacancy_id)
where c.shortlisted_on is not null
group by v.vacancy_id, v.opened_on
having min(c.shortlisted_on) between %(from)s and %(to)s
