board_memberships as (
    select distinct on (company_id, membership_no) * from board_membership_versions
    where recorded_at <= %(known_at)s order by company_id, membership_no, sequence desc
),
-- What was keyed by mistake never was: such courses and such participations count nowhere.
courses as (
    select * from (
        select distinct on (course_id) * from course_versions
        where recorded_at <= %(known_at)s order by course_id, sequence desc
    ) c where cancel_reason is distinct from 'keyed_by_mistake'
),
participations as (
    select p.*, c.course_code as course, c.module_kind from (
        select distinct on (participation_id) * from participation_versions
        where recorded_at <= %(known_at)s order by participation_id, sequence desc
    ) p join courses c using (course_id) where p.drop_reason is distinct from 'keyed_by_mistake'
),
-- Who took part, and the first placement that began on or after the day on which the person's course began.
participants as (
    select p.*, (select min(l.starts_on) from links l
                 where l.person_id = p.person_id and l.starts_on >= p.started_on) as placed_on
    from participations p where p.started_on is not null
)
