"""What became of a person after a funded operation, recorded with the operation."""

from alembic import context, op

revision = "intake_0006"
down_revision = "intake_0005"
branch_labels = None
depends_on = None

FOLLOW_UPS = """
create table views.participation_follow_ups (
    participation_id uuid not null,
    months integer not null,
    recorded_on date not null,
    primary key (participation_id, months, recorded_on)
);
"""
GRANTS = "grant select, insert, update on views.participation_follow_ups to {role}"


def upgrade() -> None:
    for statements in (FOLLOW_UPS, GRANTS.format(role=context.config.attributes["role"])):
        op.execute(statements)
