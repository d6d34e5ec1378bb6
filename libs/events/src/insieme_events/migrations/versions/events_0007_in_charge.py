"""The view of who is in charge, which every service with a gate keeps; `root` is the person that a merge left."""

from alembic import context, op

revision = "events_0007"
down_revision = "events_0006"
branch_labels = None
depends_on = None

TABLES = """
create table events.persons (
    person_id uuid primary key,
    root uuid not null
);
create index persons_by_root on events.persons (root);
create table events.in_charge (
    case_id uuid not null,
    number integer not null,
    person_id uuid not null,
    since date not null,
    until date,
    constraint in_charge_key primary key (case_id, number)
);
create index in_charge_by_person on events.in_charge (person_id);
"""

GRANTS = """
grant select, insert, update on events.persons, events.in_charge to {role};
grant delete on events.in_charge to {role};
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(GRANTS.format(role=context.config.attributes["role"]))
