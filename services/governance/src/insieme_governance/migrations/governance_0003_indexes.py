"""Who owes what of the decisions, and since when a party gives, without a walk through all years."""

from alembic import op

revision = "governance_0003"
down_revision = "governance_0002"
branch_labels = None
depends_on = None

INDEXES = """
create index decisions_by_owner on views.decisions (owner, decision_id);
create index decisions_open on views.decisions (deadline) where completed_on is null;
create index commitments_by_party on views.commitments (party, committed_on);
"""


def upgrade() -> None:
    op.execute(INDEXES)
