"""The views of funding: its own aggregates, and what governance and matching told of plan, Board and placements."""

from alembic import context, op

revision = "funding_0001"
down_revision = None
branch_labels = ("funding",)
depends_on = "events_0001"

PLAN = """
create schema views;
create table views.plans (
    year integer primary key
);
create table views.plan_ceilings (
    year integer not null,
    source text not null,
    strand text not null,
    amount bigint not null,
    constraint plan_ceilings_key primary key (year, source, strand)
);
create table views.plan_reductions (
    amendment_id uuid primary key,
    year integer not null,
    status text not null,
    constraint plan_reductions_status check (status in ('asked', 'accepted', 'refused', 'settled'))
);
create index plan_reductions_by_year on views.plan_reductions (year);
create table views.plan_reduction_ceilings (
    amendment_id uuid not null,
    source text not null,
    strand text not null,
    amount bigint not null,
    constraint plan_reduction_ceilings_key primary key (amendment_id, source, strand)
);
"""

BUDGETS = """
create table views.budgets (
    budget_id uuid primary key,
    year integer not null,
    source text not null,
    borne_by text not null,
    status text not null,
    provisional boolean not null,
    set_on date not null,
    version integer not null,
    constraint budgets_of_year unique (year, source)
);
create table views.budget_lines (
    budget_id uuid not null,
    strand text not null,
    amount bigint not null,
    held_at bigint not null,
    committed bigint not null,
    uncommitted bigint not null,
    paid bigint not null,
    remaining bigint not null,
    constraint budget_lines_key primary key (budget_id, strand)
);
create table views.expenditures (
    expenditure_id uuid primary key,
    budget_id uuid not null,
    year integer not null,
    source text not null,
    borne_by text not null,
    strand text not null,
    commitment_id uuid,
    amount bigint not null,
    spent_on date not null
);
create index expenditures_by_budget on views.expenditures (budget_id, expenditure_id);
"""

COMMITTEES = """
create table views.committees (
    committee_id uuid primary key,
    kind text not null,
    status text not null,
    since date not null,
    until date not null,
    version integer not null
);
create table views.committee_members (
    committee_id uuid not null,
    member_id uuid not null,
    party text not null,
    constraint committee_members_key primary key (committee_id, member_id)
);
create table views.conflicts (
    committee_id uuid not null,
    member_id uuid not null,
    project_id uuid not null,
    declared_on date not null,
    constraint conflicts_key primary key (committee_id, member_id, project_id)
);
create index conflicts_by_project on views.conflicts (project_id);
create table views.funding_decisions (
    decision_id uuid primary key,
    status text not null,
    activity_kind text not null,
    activity_id uuid not null,
    strand text not null,
    year integer not null,
    source text not null,
    amount bigint not null,
    proposed_on date not null,
    decided_on date,
    version integer not null
);
create index funding_decisions_by_activity on views.funding_decisions (activity_id);
create table views.spending_decisions (
    subject_id uuid primary key,
    subject_kind text not null,
    committee_id uuid not null,
    strand text not null,
    year integer not null,
    source text not null,
    amount bigint not null,
    rule text not null,
    meeting_id uuid not null,
    decision_no integer not null,
    decided_on date not null
);
create table views.spending_consents (
    subject_id uuid not null,
    number integer not null,
    party text not null,
    consent text not null,
    constraint spending_consents_key primary key (subject_id, number)
);
create index spending_consents_by_party on views.spending_consents (party, subject_id);
"""

PROJECTS = """
create table views.calls (
    call_id uuid primary key,
    strand text not null,
    status text not null,
    opened_on date not null,
    last_day date not null,
    version integer not null
);
create table views.projects (
    project_id uuid primary key,
    strand text not null,
    call_id uuid not null,
    proposer_id uuid not null,
    sector text not null,
    seat text,
    status text not null,
    submitted_on date not null,
    accompaniment text,
    accompanied_on date,
    outcome text,
    score integer,
    evaluated_on date,
    approved_on date,
    funded_on date,
    year integer,
    source text,
    granted bigint,
    paid bigint,
    returned bigint,
    cup text,
    jobs integer,
    microcredit bigint not null default 0,
    took_part uuid[] not null default '{}',
    conflict_late boolean not null default false,
    version integer not null
);
create index projects_by_call on views.projects (call_id, project_id);
create index projects_by_proposer on views.projects (proposer_id);
create table views.project_placements (
    project_id uuid not null,
    employment_id uuid not null,
    suitability text not null,
    linked_on date not null,
    active boolean not null,
    constraint project_placements_key primary key (project_id, employment_id)
);
create unique index one_project_per_placement on views.project_placements (employment_id) where active;
create table views.project_actions (
    action_id uuid primary key,
    project_id uuid not null,
    company_id uuid not null,
    kind text not null,
    on_day date not null
);
create index project_actions_by_project on views.project_actions (project_id);
create table views.project_survival (
    project_id uuid not null,
    months integer not null,
    alive boolean not null,
    recorded_on date not null,
    constraint project_survival_key primary key (project_id, months)
);
"""

OF_OTHERS = """
create table views.placements (
    employment_id uuid primary key,
    person_id uuid not null,
    starts_on date not null,
    voided boolean not null
);
create table views.board (
    company_id uuid not null,
    since date not null,
    until date,
    constraint board_key primary key (company_id, since)
);
"""

GRANTS = """
grant usage on schema views to {role};
grant select, insert, update on all tables in schema views to {role};
grant delete on views.plan_ceilings, views.plan_reduction_ceilings to {role};
"""


def upgrade() -> None:
    for statements in (PLAN, BUDGETS, COMMITTEES, PROJECTS, OF_OTHERS):
        op.execute(statements)
    op.execute(GRANTS.format(role=context.config.attributes["role"]))
