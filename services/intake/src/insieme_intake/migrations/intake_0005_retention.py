"""When the last of what a person had ended, how long the data are kept after it, and what was said of that."""

from alembic import context, op

revision = "intake_0005"
down_revision = "intake_0004"
branch_labels = None
depends_on = None

PERSONS = """
alter table views.persons
    add column extended_to date,
    add column retention_left_on date,
    add column retention_kept_until date;
create index persons_retention_ended on views.persons (retention_kept_until) where retention_kept_until is not null;
"""

# A row for every id that stands for a person who is not erased. A day without end is one of something that goes on.
RETENTION = """
create view views.retention as
select p.person_id, nullif(ended.on_day, 'infinity') as left_on, ended.extended_to, p.registered_on, p.restricted_on,
    p.retention_left_on as noted_left_on, p.retention_kept_until as noted_kept_until
from views.persons p cross join lateral (
    select max(each.on_day) as on_day, max(each.extended_to) as extended_to
    from (
        select person_id, registered_on, extended_to from views.persons
        where person_id = p.person_id or merged_into = p.person_id
    ) known cross join lateral (
        select known.registered_on as on_day, known.extended_to
        union all
        select case when is_open then 'infinity' else coalesce(closed_on, last_event_on) end, null
        from views.cases where person_id = known.person_id
        union all
        select coalesce(closed_on, 'infinity'), null
        from views.participations where person_id = known.person_id
        union all
        select coalesce(ended_on, ends_on, 'infinity'), null
        from views.interventions where person_id = known.person_id and effective
        union all
        select coalesce(answered_on, reply_due_on), null
        from views.referrals where person_id = known.person_id
    ) each
) ended
where p.erased_on is null and p.merged_into is null;
"""
GRANTS = "grant select on views.retention to {role}"


def upgrade() -> None:
    for statements in (PERSONS, RETENTION, GRANTS.format(role=context.config.attributes["role"])):
        op.execute(statements)
