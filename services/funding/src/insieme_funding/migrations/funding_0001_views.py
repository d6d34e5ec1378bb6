"""The views of funding."""

from alembic import context, op

revision = "funding_0001"
down_revision = None
branch_labels = ("funding",)
depends_on = "events_0001"

VIEWS = """
create schema views;
"""

GRANTS = """
grant usage on schema views to {role};
grant select, insert, update on all tables in schema views to {role};
"""


def upgrade() -> None:
    op.execute(VIEWS)
    op.execute(GRANTS.format(role=context.config.attributes["role"]))
