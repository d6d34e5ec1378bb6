"""The views of the plan and its resources, the Board, the presentation, the study and the registers."""

from alembic import context, op

revision = "governance_0002"
down_revision = "governance_0001"
branch_labels = None
depends_on = "events_0006"

PLAN = """
create table views.plan_years (
    plan_year_id uuid primary key,
    year integer not null,
    status text not null,
    drafted_on date,
    approved_on date,
    meeting_id uuid,
    decision_no integer,
    amendment_id uuid,
    agreement_version text,
    version integer not null,
    constraint plan_years_year unique (year)
);
create table views.commitments (
    commitment_id uuid primary key,
    year integer not null,
    party text not null,
    source text not null,
    amount bigint not null,
    cashed bigint not null,
    committed_on date not null,
    constraint commitments_key unique (year, party, source)
);
create table views.commitments_missing (
    year integer not null,
    party text not null,
    due_on date not null,
    noted_on date not null,
    constraint commitments_missing_key primary key (year, party)
);
create table views.plan_ceilings (
    year integer not null,
    source text not null,
    strand text not null,
    amount bigint not null,
    constraint plan_ceilings_key primary key (year, source, strand)
);
create table views.plan_actions (
    action_id uuid not null,
    year integer not null,
    strand text not null,
    source text not null,
    planned_cost bigint not null,
    frameworks text[] not null,
    regional_policy text,
    completes uuid,
    party text,
    due_on date,
    percent integer not null,
    reported_on date,
    constraint plan_actions_id primary key (action_id)
);
create index plan_actions_by_year on views.plan_actions (year, action_id);
create index plan_actions_by_completed on views.plan_actions (completes) where completes is not null;
"""

BOARD = """
-- The local view of matching's companies: `root` is the id under which a company goes on.
create table views.companies (
    company_id uuid primary key,
    root uuid not null
);
create index companies_by_root on views.companies (root);
-- `left_on` is the first day on which the company is no member any more.
create table views.board_memberships (
    company_id uuid not null,
    number integer not null,
    root uuid not null,
    joined_on date not null,
    left_on date,
    adhesion_on date,
    version integer not null,
    constraint board_memberships_key primary key (company_id, number)
);
create unique index one_active_membership on views.board_memberships (root) where left_on is null;
"""

PRESENTATION = """
-- Frozen sets that may be presented, fed by reporting's MonitoringSnapshotFrozen.
create table views.snapshots (
    snapshot_id uuid primary key,
    hash text not null
);
create table views.presentations (
    presentation_id uuid primary key,
    year integer not null,
    status text not null,
    presented_on date,
    snapshot_id uuid,
    snapshot_hash text,
    comune text,
    kind text,
    late boolean not null,
    version integer not null
);
create unique index one_presentation on views.presentations (year) where status = 'presented';
create table views.studies (
    protocol_id uuid primary key,
    status text not null,
    overdue_since date,
    started_on date,
    late boolean not null,
    concluded_on date,
    outcome text,
    option text,
    document_id uuid,
    version integer not null
);
create table views.study_milestones (
    protocol_id uuid not null,
    number integer not null,
    milestone text not null,
    option text,
    document_id uuid,
    reached_on date not null,
    constraint study_milestones_key primary key (protocol_id, number)
);
"""

REGISTER = """
create table views.entries (
    entry_id uuid primary key,
    kind text not null,
    status text not null,
    recorded_on date not null,
    parties text[] not null,
    facts jsonb not null,
    adopted_by text[] not null,
    shared_with text[] not null,
    ended_on date,
    corrected boolean not null,
    event_id uuid not null,
    version integer not null
);
create index entries_by_kind on views.entries (kind, entry_id);
create index entries_by_day on views.entries (kind, recorded_on);
"""

GRANTS = """
grant select, insert, update on
    views.plan_years, views.commitments, views.commitments_missing, views.plan_ceilings, views.plan_actions,
    views.companies, views.board_memberships, views.snapshots, views.presentations, views.studies,
    views.study_milestones, views.entries
to {role};
grant delete on views.plan_ceilings, views.plan_actions to {role};
"""


def upgrade() -> None:
    for tables in (PLAN, BOARD, PRESENTATION, REGISTER):
        op.execute(tables)
    op.execute(GRANTS.format(role=context.config.attributes["role"]))
