-- Days from a person's first access interview to the start of the first link of the period.
select l.person_id as unit, min(l.starts_on) as on_date, l.person_id, min(l.starts_on) - min(f.interviewed_on) as days
from links l join funnel f using (person_id)
where l.starts_on between %(from)s and %(to)s and f.interviewed_on is not null
group by l.person_id
