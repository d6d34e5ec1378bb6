"""The lists of what is decided and spent in a year are filtered without a walk through all years."""

from alembic import op

revision = "funding_0002"
down_revision = "funding_0001"
branch_labels = None
depends_on = None

INDEXES = """
create index expenditures_by_year on views.expenditures (year, source, strand);
create index funding_decisions_by_year on views.funding_decisions (year, source, decision_id);
create index funding_decisions_by_status on views.funding_decisions (status, decision_id);
create index spending_decisions_by_year on views.spending_decisions (year, source, subject_id);
create index spending_decisions_by_committee on views.spending_decisions (committee_id, subject_id);
create index projects_by_year on views.projects (year, source, project_id);
create index projects_by_status on views.projects (status, project_id);
"""


def upgrade() -> None:
    op.execute(INDEXES)
