"""Of whom reporting has heard that the data are erased, and which ids stand for one person."""

from alembic import context, op

revision = "reporting_0004"
down_revision = "reporting_0003"
branch_labels = None
depends_on = None

TABLES = """
create schema views;
create table views.erasures (
    person_id uuid primary key,
    erased_on date not null,
    event_id uuid not null
);
create table views.aliases (
    person_id uuid primary key,
    root uuid not null
);
create index aliases_by_root on views.aliases (root);
"""

GRANTS = """
grant usage on schema views to {role};
grant select, insert, update, delete on all tables in schema views to {role};
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(GRANTS.format(role=context.config.attributes["role"]))
