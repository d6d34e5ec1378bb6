"""How long interns were there, month by month."""

from alembic import context, op

revision = "matching_0004"
down_revision = "matching_0003"
branch_labels = None
depends_on = None

MONTHS = """
create table views.internship_months (
    internship_id uuid not null,
    month text not null,
    minutes_due integer not null,
    minutes_present integer not null,
    allowance_due boolean not null,
    recorded_on date not null,
    primary key (internship_id, month)
);
create index internship_months_by_month on views.internship_months (month);
"""
GRANTS = "grant select, insert, update on views.internship_months to {role};"


def upgrade() -> None:
    op.execute(MONTHS)
    op.execute(GRANTS.format(role=context.config.attributes["role"]))
