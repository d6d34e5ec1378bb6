-- Days from the presentation of a person to the answer: accepted or refused, by the company or the person.
select candidacy_id as unit, person_id, least(accepted_on, refused_on) as on_date,
       least(accepted_on, refused_on) - presented_on as days
from candidacies
where presented_on is not null and least(accepted_on, refused_on) between %(from)s and %(to)s
