-- Companies known to the programme at the end of the period.
select c.company_id as unit, c.registered_on as on_date,
       (select s.size from sizes s where s.company_id = c.company_id and s.valid_from <= %(to)s
        order by s.valid_from desc limit 1) as company_size
from companies c
