-- Candidacies that were accepted, by the day of acceptance.
select candidacy_id as unit, accepted_on as on_date, person_id from candidacies where accepted_on is not null
