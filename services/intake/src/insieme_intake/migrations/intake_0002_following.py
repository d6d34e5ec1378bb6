"""The ledger of interventions, participations, the circle of a case, merged and restricted persons, and the vault's
part of a referral.
"""

from alembic import context, op

revision = "intake_0002"
down_revision = "intake_0001"
branch_labels = None
depends_on = "events_0007"

PERSONS = """
alter table views.persons
    add column restricted_on date,
    add column merged_into uuid,
    add column erasure_refused_on date,
    add column erasure_overdue boolean not null default false;
create index persons_by_root on views.persons (merged_into) where merged_into is not null;
create table views.access_requests (
    request_id uuid primary key,
    person_id uuid not null,
    asked_on date not null,
    due_on date not null,
    answered_on date
);
create index access_requests_open on views.access_requests (due_on) where answered_on is null;
"""

# The id that stands for the person: one open case counts over all ids of one who was merged.
CASES = """
alter table views.cases
    add column root_id uuid,
    add column closed_on date,
    add column exit_state text,
    add column merged_into_case uuid,
    add column plan_overdue boolean not null default false,
    add column job_loss_cause text,
    add column job_loss_month text,
    add column ateco_version text,
    add column provenance_section text,
    add column previous_status text;
update views.cases set root_id = person_id;
update views.cases c set closed_on = e.occurred_on, exit_state = e.data::json ->> 'exit_state'
from events.events e
where c.status = 'closed' and e.stream = 'case-' || c.case_id and e.type = 'CaseClosed'
    and e.version = (select max(l.version) from events.events l where l.stream = e.stream and l.type = 'CaseClosed');
alter table views.cases alter root_id set not null;
drop index views.one_open_case;
create unique index one_open_case on views.cases (root_id) where is_open;
create index cases_by_root on views.cases (root_id, case_id);
create index cases_closed on views.cases (closed_on) where closed_on is not null;
create index cases_without_plan on views.cases (plan_due_on) where is_open and plan_version = 0;
create table views.case_group (
    case_id uuid not null,
    operator_id uuid not null,
    joined_on date not null,
    left_on date,
    primary key (case_id, operator_id, joined_on)
);
create table views.referents (
    case_id uuid not null,
    since date not null,
    referent_id uuid not null,
    primary key (case_id, since)
);
create table views.follow_ups (
    case_id uuid not null,
    months integer not null,
    recorded_on date not null,
    primary key (case_id, months, recorded_on)
);
create table views.family_supports (
    support_id uuid not null,
    case_id uuid not null,
    person_id uuid not null,
    kind text not null,
    offered_on date not null,
    started_on date,
    primary key (support_id, case_id)
);
create index family_supports_by_person on views.family_supports (person_id);
"""

LEDGER = """
create table views.interventions (
    intervention_id uuid not null,
    person_id uuid not null,
    kind text not null,
    measure text,
    party text not null,
    starts_on date not null,
    ends_on date,
    status text not null,
    effective boolean not null,
    registered_on date not null,
    overlaps_id uuid,
    overridden_on date,
    override_reason text,
    ended_on date,
    version integer not null,
    primary key (person_id, intervention_id),
    constraint one_person_per_intervention unique (intervention_id)
);
create index interventions_by_status on views.interventions (status, intervention_id);
create table views.participations (
    participation_id uuid primary key,
    person_id uuid not null,
    case_id uuid not null,
    operation text not null,
    opened_on date not null,
    closed_on date,
    version integer not null
);
create index participations_by_person on views.participations (person_id);
create index participations_closed on views.participations (closed_on) where closed_on is not null;
"""

VAULT = """
create table vault.referral_details (
    referral_id uuid primary key,
    person_id uuid not null,
    sealed bytea not null
);
create index referral_details_by_person on vault.referral_details (person_id);
alter table vault.referral_details alter sealed set statistics 0;
"""

GRANTS = """
grant select, insert, update on all tables in schema views to {role};
grant select, insert, update, delete on vault.referral_details to {role};
"""


def upgrade() -> None:
    for statements in (PERSONS, CASES, LEDGER, VAULT, GRANTS.format(role=context.config.attributes["role"])):
        op.execute(statements)
