-- Projects submitted by the end of the period, in the state in which they were on its last day.
select project_id as unit, submitted_on as on_date, strand,
       case when closed_on <= %(to)s then 'closed' when revoked_on <= %(to)s then 'revoked'
            when rejected_on <= %(to)s then 'rejected' when first_paid_on <= %(to)s then 'paid'
            when funded_on <= %(to)s then 'funded' when approved_on <= %(to)s then 'approved'
            when evaluated_on <= %(to)s then 'evaluated' when accompanied_to <= %(to)s then 'accompanied'
            when accompanied_from <= %(to)s then 'in_accompaniment' else 'submitted' end as state
from projects
