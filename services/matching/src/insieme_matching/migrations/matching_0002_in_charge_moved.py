"""The view of who is in charge stands beside the road's tables now; what it holds goes along."""

from alembic import op

revision = "matching_0002"
down_revision = "matching_0001"
branch_labels = None
depends_on = "events_0007"

MOVED = """
insert into events.persons (person_id, root) select person_id, person_id from views.persons;
insert into events.in_charge (case_id, number, person_id, since, until)
    select case_id, number, person_id, since, until from views.in_charge;
drop table views.persons;
drop table views.in_charge;
"""


def upgrade() -> None:
    op.execute(MOVED)
