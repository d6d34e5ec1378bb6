-- What was spent on strands 3a and 3b in the period, over the jobs that projects created whose work starts in it.
select unit as numerator_unit, null::text as denominator_unit, moved_on as on_date, amount, strand
from movements where strand in ('3a', '3b')
union all
select null, employment_id::text, starts_on, 0, strand from project_jobs
