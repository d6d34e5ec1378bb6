"""Figures that were published before there were events (P68): kept with their source, contradictory ones too."""

from alembic import context, op

revision = "reporting_0003"
down_revision = "reporting_0002"
branch_labels = None
depends_on = None

TABLE = """
create table reference.legacy_figures (
    measure text not null,
    first_day date not null,
    last_day date not null,
    source text not null,
    published_on date not null,
    value bigint not null,
    imported_at timestamptz not null,
    imported_by json not null,
    constraint legacy_figures_key primary key (measure, first_day, last_day, source, published_on)
);
"""

GRANTS = """
grant select, insert on reference.legacy_figures to {role};
"""


def upgrade() -> None:
    op.execute(TABLE)
    op.execute(GRANTS.format(role=context.config.attributes["role"]))
