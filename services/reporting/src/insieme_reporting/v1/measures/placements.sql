-- Contract links (inserimenti): starts and renewals by the day on which the link starts.
select link_id as unit, starts_on as on_date, person_id, contract_class, comune_of_work, company_size, kind
from links
