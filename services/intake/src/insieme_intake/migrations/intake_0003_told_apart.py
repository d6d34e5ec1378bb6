"""Extended interventions that are doubled; pairs of persons that somebody told apart."""

from alembic import context, op

revision = "intake_0003"
down_revision = "intake_0002"
branch_labels = None
depends_on = None

LEDGER = """
alter table views.interventions add column overlap_found_on date;
update views.interventions set overlap_found_on = registered_on where overlaps_id is not null;
create index interventions_doubled on views.interventions (overlap_found_on) where overlap_found_on is not null;
"""

PAIRS = """
create table views.told_apart (
    person_id uuid not null,
    other_id uuid not null,
    reason text not null,
    dismissed_on date not null,
    party text not null,
    role text not null,
    primary key (person_id, other_id)
);
create table vault.compared (
    person_id uuid not null,
    other_id uuid not null,
    seen bytea not null,
    primary key (person_id, other_id)
);
create index compared_by_other on vault.compared (other_id);
alter table vault.compared alter seen set statistics 0;
"""

GRANTS = """
grant select, insert, update on views.told_apart to {role};
grant select, insert, update, delete on vault.compared to {role};
"""


def upgrade() -> None:
    for statements in (LEDGER, PAIRS, GRANTS.format(role=context.config.attributes["role"])):
        op.execute(statements)
