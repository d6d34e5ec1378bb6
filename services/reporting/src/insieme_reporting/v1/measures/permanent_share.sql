-- Of the links that start in the period (denominator) those of the class permanent (numerator).
select link_id as denominator_unit, starts_on as on_date, person_id, comune_of_work, company_size, kind,
       case when contract_class = 'permanent' then link_id end as numerator_unit
from links
