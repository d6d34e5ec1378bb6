"""Reference data beside the facts: the territory. The facts' own schemas are made by the service, one per version."""

from datetime import date

import sqlalchemy as sa
from alembic import context, op

from insieme_events.territory import memberships

revision = "reporting_0001"
down_revision = None
branch_labels = ("reporting",)
depends_on = "events_0001"

TERRITORY = """
create schema reference;
create table reference.territory (
    comune text not null,
    name text not null,
    distretto text,
    unione text,
    valid_from date not null,
    valid_to date,
    constraint territory_key primary key (comune, valid_from)
);
"""

COLUMNS = ("comune", "name", "distretto", "unione", "valid_from", "valid_to")
ALWAYS = date(1900, 1, 1)

GRANTS = """
grant usage on schema reference to {role};
grant select on all tables in schema reference to {role};
do $$ begin execute format('grant create on database %I to {role}', current_database()); end $$;
"""


def upgrade() -> None:
    op.execute(TERRITORY)
    table = sa.table("territory", *(sa.column(name) for name in COLUMNS), schema="reference")
    rows = [(m.istat, m.name, m.distretto, m.unione, m.valid_from or ALWAYS, m.valid_to) for m in memberships()]
    op.bulk_insert(table, [dict(zip(COLUMNS, row, strict=True)) for row in rows])
    op.execute(GRANTS.format(role=context.config.attributes["role"]))
