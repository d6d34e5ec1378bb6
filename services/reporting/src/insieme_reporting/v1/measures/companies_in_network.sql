-- Companies known to the programme at the end of the period, under the size of that day.
select c.company_id as unit, c.registered_on as on_date, s.size as company_size
from companies c
left join size_spells s on s.company_id = c.company_id and %(to)s >= s.valid_from and %(to)s < s.next_from
