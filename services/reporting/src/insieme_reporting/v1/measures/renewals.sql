-- Links that extend an employment (proroghe).
select link_id as unit, starts_on as on_date, person_id, contract_class, comune_of_work, company_size, kind
from links where kind = 'renewal'
