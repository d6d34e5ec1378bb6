-- Candidacies by the day on which the person was shortlisted for the vacancy.
select candidacy_id as unit, shortlisted_on as on_date, person_id from candidacies where shortlisted_on is not null
