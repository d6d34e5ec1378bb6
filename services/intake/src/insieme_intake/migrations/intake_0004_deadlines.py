"""Since when somebody waits for the access interview, which wait is known to be late; follow-ups that were due."""

from alembic import context, op

revision = "intake_0004"
down_revision = "intake_0003"
branch_labels = None
depends_on = None

INTERVIEWS = """
alter table views.cases
    add column interview_awaited_since date,
    add column interview_late_since date;
update views.cases c set interview_awaited_since = coalesce(
    (select e.occurred_on from events.events e where e.stream = 'case-' || c.case_id and e.type = 'CaseReopened'
        order by e.version desc limit 1),
    c.received_on)
where c.status = 'enrolled';
create index cases_without_interview on views.cases (interview_awaited_since)
    where interview_awaited_since is distinct from interview_late_since;
"""


FOLLOW_UPS = """
create table views.follow_ups_due (
    exit_id uuid not null,
    left_on date not null,
    months integer not null,
    noted_on date not null,
    primary key (exit_id, left_on, months)
);
"""
GRANTS = "grant select, insert, update on views.follow_ups_due to {role}"


def upgrade() -> None:
    for statements in (INTERVIEWS, FOLLOW_UPS, GRANTS.format(role=context.config.attributes["role"])):
        op.execute(statements)
