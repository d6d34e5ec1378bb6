-- Internships by their last day, with what became of them.
select internship_id as unit, ended_on as on_date, person_id, outcome, company_size from ended_internships
