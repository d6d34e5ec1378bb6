"""Projection versions, operated: in which state each is, which was read before, and who did what (decision 13)."""

from alembic import op

revision = "events_0003"
down_revision = "events_0004"
branch_labels = None
depends_on = None

VERSIONS = """
alter table events.projection_versions
    add column state text not null default 'live',
    add column attempt integer not null default 0,
    add column verified json,
    add constraint projection_versions_state check (state in ('building', 'catching_up', 'live', 'retired'));
alter table events.active_version add column previous integer;
create table events.rebuild_progress (
    projection text not null,
    version integer not null,
    progress json not null,
    primary key (projection, version)
);
create table events.projection_actions (
    id bigint generated always as identity primary key,
    projection text not null,
    version integer not null,
    action text not null,
    outcome text not null,
    actor json not null,
    at timestamptz not null
);
"""


def upgrade() -> None:
    op.execute(VERSIONS)
