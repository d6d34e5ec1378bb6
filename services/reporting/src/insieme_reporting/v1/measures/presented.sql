-- Candidacies by the day on which the person was presented to the company.
select candidacy_id as unit, presented_on as on_date, person_id from candidacies where presented_on is not null
