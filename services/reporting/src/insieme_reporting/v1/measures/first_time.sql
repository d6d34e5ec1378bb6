-- Links of persons whom the programme had never placed before: the first link of each person.
select * from (
    select distinct on (person_id) link_id as unit, starts_on as on_date, person_id, contract_class, comune_of_work,
           company_size, kind
    from links order by person_id, starts_on, link_id
) first_links
