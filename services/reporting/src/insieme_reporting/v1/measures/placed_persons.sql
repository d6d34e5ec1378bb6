-- Persons with at least one link that starts in the period.
select person_id as unit, starts_on as on_date, person_id, contract_class, comune_of_work, company_size, kind
from links
