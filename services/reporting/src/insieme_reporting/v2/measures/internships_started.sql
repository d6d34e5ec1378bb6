-- Internships by their first day.
select i.internship_id as unit, i.started_on as on_date, i.person_id, s.size as company_size
from internships i
left join size_spells s on s.company_id = i.company_id and i.started_on >= s.valid_from and i.started_on < s.next_from
where i.started_on is not null
