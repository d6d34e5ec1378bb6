"""On what day movements of contracts were communicated. Starts of internships told it before this table was there."""

from alembic import context, op

revision = "matching_0006"
down_revision = "matching_0005"
branch_labels = None
depends_on = None

COMMUNICATIONS = """
create table views.communications (
    event_id uuid primary key,
    employment_id uuid,
    internship_id uuid,
    movement text not null,
    link_no integer,
    moved_on date not null,
    communicated_on date not null,
    late boolean,
    voided boolean not null
);
create index communications_by_employment on views.communications (employment_id) where employment_id is not null;
create index communications_by_internship on views.communications (internship_id) where internship_id is not null;
create index communications_late on views.communications (event_id) where late;
insert into views.communications
    (event_id, internship_id, movement, moved_on, communicated_on, late, voided)
select event_id, (data ->> 'internship_id')::uuid, 'start', occurred_on, (data ->> 'communicated_on')::date,
    (data ->> 'communicated_late')::boolean, false
from events.events where type = 'InternshipStarted';
"""
GRANTS = "grant select, insert, update on views.communications to {role};"


def upgrade() -> None:
    op.execute(COMMUNICATIONS)
    op.execute(GRANTS.format(role=context.config.attributes["role"]))
