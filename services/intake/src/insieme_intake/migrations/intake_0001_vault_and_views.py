"""The vault of identities, and the views of persons, cases, interviews and referrals."""

from alembic import context, op

revision = "intake_0001"
down_revision = None
branch_labels = ("intake",)
depends_on = "events_0001"

VAULT = """
create schema vault;
create table vault.identities (
    person_id uuid primary key,
    tax_code_hash bytea not null,
    sealed bytea not null,
    constraint one_person_per_tax_code unique (tax_code_hash)
);
-- The server's statistics quote values of columns, and would go on doing so after the row is erased.
alter table vault.identities alter tax_code_hash set statistics 0, alter sealed set statistics 0;
"""

VIEWS = """
create schema views;
create table views.persons (
    person_id uuid primary key,
    identity_kind text not null,
    registered_on date not null,
    erased_on date,
    erasure_completed_by text[] not null default '{}',
    version integer not null
);
create index persons_erased on views.persons (person_id) where erased_on is not null;
create table views.cases (
    case_id uuid primary key,
    person_id uuid not null,
    status text not null,
    is_open boolean not null,
    channel_class text not null,
    referral_id uuid,
    received_on date not null,
    interviewed_on date,
    taken_in_charge_on date,
    referent_id uuid,
    plan_due_on date,
    plan_version integer not null default 0,
    eligible_until date,
    last_event_on date not null,
    comune text,
    employment_status text,
    fragility_band text,
    version integer not null
);
create unique index one_open_case on views.cases (person_id) where is_open;
create index cases_by_person on views.cases (person_id, case_id);
create index cases_by_status on views.cases (status, case_id);
create index cases_by_referent on views.cases (referent_id, case_id) where is_open;
create table views.interviews (
    interview_id uuid not null,
    case_id uuid not null,
    kind text not null,
    status text not null,
    day date not null,
    primary key (case_id, interview_id),
    constraint one_case_per_interview unique (interview_id)
);
create table views.referrals (
    referral_id uuid primary key,
    person_id uuid not null,
    direction text not null,
    other_class text not null,
    status text not null,
    sent_on date not null,
    reply_due_on date not null,
    answered_on date,
    decline_reason text,
    version integer not null
);
create index referrals_pending on views.referrals (reply_due_on) where status = 'pending';
create index referrals_by_person on views.referrals (person_id, referral_id);
"""

GRANTS = """
grant usage on schema vault, views to {role};
grant select, insert, update, delete on vault.identities to {role};
grant select, insert, update on all tables in schema views to {role};
"""


def upgrade() -> None:
    op.execute(VAULT)
    op.execute(VIEWS)
    op.execute(GRANTS.format(role=context.config.attributes["role"]))
