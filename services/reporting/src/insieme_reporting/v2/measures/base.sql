board_memberships as (
    select distinct on (company_id, membership_no) * from board_membership_versions
    where recorded_at <= %(known_at)s order by company_id, membership_no, sequence desc
)
