"""The views of the protocol, the agreement, the bodies and their meetings."""

from alembic import context, op

revision = "governance_0001"
down_revision = None
branch_labels = ("governance",)
depends_on = "events_0001"

PROTOCOL = """
create schema views;
create table views.protocols (
    protocol_id uuid primary key,
    status text not null,
    signed_on date,
    ends_on date,
    predecessor_id uuid,
    successor_id uuid,
    renewal_proposed_on date,
    renewal_ends_on date,
    consent_of text,
    renewed_on date,
    version integer not null
);
create table views.consents (
    protocol_id uuid not null,
    proposed_on date not null,
    party text not null,
    answer text not null,
    answered_on date not null,
    constraint consents_key primary key (protocol_id, proposed_on, party)
);
create table views.expiry_warnings (
    protocol_id uuid not null,
    ends_on date not null,
    months integer not null,
    warned_on date not null,
    constraint expiry_warnings_key primary key (protocol_id, ends_on, months)
);
create table views.notices (
    notice_id uuid primary key,
    protocol_id uuid not null,
    party text not null,
    kind text not null,
    noticed_on date not null,
    effective_on date not null
);
create table views.links (
    protocol_id uuid not null,
    party text not null,
    delegate text not null,
    scope text not null,
    since date not null,
    constraint links_key primary key (protocol_id, party, delegate, scope, since)
);
create table views.roles (
    protocol_id uuid not null,
    role text not null,
    party text not null,
    unit text,
    since date not null,
    constraint roles_key primary key (protocol_id, role, since)
);
-- `until` is the last day on which the nominee sits for the party.
create table views.nominations (
    protocol_id uuid not null,
    party text not null,
    seat text not null,
    nominee_id uuid not null,
    since date not null,
    until date,
    constraint nominations_key primary key (protocol_id, party, seat, nominee_id, since)
);
create table views.ownership (
    protocol_id uuid not null,
    since date not null,
    owner text not null,
    handed_on_by text not null,
    constraint ownership_key primary key (protocol_id, since)
);
"""

AGREEMENT = """
create table views.agreements (
    agreement_id uuid primary key,
    protocol_id uuid not null,
    name text not null,
    adopted_on date not null,
    valid_from date not null,
    valid_to date not null,
    signed_by text[] not null,
    version integer not null,
    constraint agreement_names unique (name)
);
create table views.legal_limits (
    limits_id uuid primary key,
    name text not null,
    published_on date not null,
    valid_from date not null,
    version integer not null,
    constraint legal_limits_names unique (name)
);
"""

BODIES = """
create table views.bodies (
    body_id uuid primary key,
    kind text not null,
    established_on date not null,
    last_held_on date,
    version integer not null,
    constraint one_body_of_a_kind unique (kind)
);
-- What the clock of a body said of the gap that begins with `since`: warned, or breached by a measure.
create table views.cadence (
    body_id uuid not null,
    since date not null,
    said text not null,
    due_on date not null,
    said_on date not null,
    agreement_version text not null,
    lifted_by uuid,
    constraint cadence_key primary key (body_id, since, said)
);
create table views.meeting_requests (
    request_id uuid primary key,
    body_id uuid not null,
    party text not null,
    requested_on date not null,
    due_on date not null,
    overdue_on date,
    meeting_id uuid,
    answered_on date
);
create index meeting_requests_open on views.meeting_requests (due_on) where meeting_id is null;
create table views.meetings (
    meeting_id uuid primary key,
    body_id uuid not null,
    kind text not null,
    status text not null,
    convened_on date not null,
    meets_on date not null,
    held_on date,
    decisions integer not null,
    version integer not null
);
create index meetings_by_body on views.meetings (body_id, meeting_id);
create index meetings_held on views.meetings (held_on) where status = 'held';
create table views.invitations (
    meeting_id uuid not null,
    party text not null,
    lapsed boolean not null default false,
    present boolean,
    representative_id uuid,
    constraint invitations_key primary key (meeting_id, party)
);
create index invitations_by_party on views.invitations (party, meeting_id);
create table views.decisions (
    decision_id uuid primary key,
    meeting_id uuid not null,
    decision_no integer not null,
    subject text not null,
    owner text,
    deadline date,
    taken_on date not null,
    completed_on date,
    constraint decisions_by_number unique (meeting_id, decision_no)
);
"""

GRANTS = """
grant usage on schema views to {role};
grant select, insert, update on all tables in schema views to {role};
"""


def upgrade() -> None:
    op.execute(PROTOCOL)
    op.execute(AGREEMENT)
    op.execute(BODIES)
    op.execute(GRANTS.format(role=context.config.attributes["role"]))
