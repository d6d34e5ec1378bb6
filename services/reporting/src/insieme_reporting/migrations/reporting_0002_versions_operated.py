"""What reporting's role needs to rebuild, promote and retire versions: no other service's role has these rights."""

from alembic import context, op

revision = "reporting_0002"
down_revision = "reporting_0001"
branch_labels = None
depends_on = "events_0003"

GRANTS = """
grant update on events.projection_versions to {role};
grant delete on events.cursors, events.sequences to {role};
grant select, insert on events.projection_actions to {role};
grant select, insert, update, delete on events.rebuild_progress to {role};
"""


def upgrade() -> None:
    op.execute(GRANTS.format(role=context.config.attributes["role"]))
