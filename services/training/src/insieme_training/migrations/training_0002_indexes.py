"""The lists that grow with the persons are filtered without a walk through all of them."""

from alembic import op

revision = "training_0002"
down_revision = "training_0001"
branch_labels = None
depends_on = None

INDEXES = """
create index participations_by_strand on views.participations (strand, status, participation_id);
create index participations_by_status on views.participations (status, participation_id);
create index sector_changes_by_status on views.sector_changes (status, person_id);
create index courses_by_status on views.courses (status, course_id);
"""


def upgrade() -> None:
    op.execute(INDEXES)
