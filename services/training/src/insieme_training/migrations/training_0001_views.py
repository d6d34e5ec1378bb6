"""The views of training: its own aggregates, and what it keeps of other services' events."""

from alembic import context, op

revision = "training_0001"
down_revision = None
branch_labels = ("training",)
depends_on = "events_0001"

COURSES = """
create schema views;
create table views.courses (
    course_id uuid primary key,
    strand text not null,
    status text not null,
    course_code text not null,
    module_kind text,
    delivery text,
    profile text,
    experimental boolean not null,
    demand_evidence text,
    hours integer,
    seats integer,
    taken integer not null,
    waiting integer not null,
    positions integer not null,
    positions_lost boolean not null,
    funded_by_programme boolean not null,
    proposed_by text,
    starts_on date,
    ends_on date,
    planned_on date,
    activated_on date,
    started_on date,
    over_on date,
    ranked_on date,
    exclusive boolean not null,
    agreement_version text,
    version integer not null
);
create index courses_by_strand on views.courses (strand, status, course_id);
create index courses_flagged on views.courses (course_id) where positions_lost;
create table views.reservations (
    reservation_id uuid primary key,
    course_id uuid not null,
    source_kind text not null,
    source_id uuid not null,
    company_id uuid,
    status text not null,
    asked integer not null,
    positions integer not null,
    requested_on date not null,
    identified_on date,
    refusal text
);
create index reservations_by_course on views.reservations (course_id);
"""

PARTICIPATIONS = """
create table views.participations (
    participation_id uuid primary key,
    course_id uuid not null,
    person_id uuid not null,
    strand text not null,
    status text not null,
    requested_on date not null,
    requested_at timestamptz not null,
    last_on date not null,
    started_on date,
    channel_class text,
    association text,
    ranked boolean not null,
    score integer,
    dropped_for text,
    minutes_present integer not null,
    minutes_recorded integer not null,
    flagged boolean not null,
    version integer not null
);
create unique index one_live_participation on views.participations (course_id, person_id) where status <> 'dropped';
create index participations_by_course on views.participations (course_id, participation_id);
create index participations_by_person on views.participations (person_id, participation_id);
create index participations_flagged on views.participations (participation_id) where flagged;
create table views.attendance (
    participation_id uuid not null,
    lesson_no integer not null,
    held_on date not null,
    minutes integer not null,
    attendance text not null,
    constraint attendance_key primary key (participation_id, lesson_no)
);
create table views.certificates (
    participation_id uuid not null,
    kind text not null,
    issued_on date not null,
    constraint certificates_key primary key (participation_id, kind)
);
create table views.language_levels (
    participation_id uuid not null,
    skill text not null,
    assessed_at text not null,
    assessed_on date not null,
    level text not null,
    constraint language_levels_key primary key (participation_id, skill, assessed_at)
);
create table views.sector_changes (
    person_id uuid primary key,
    status text not null,
    declared_on date not null,
    ateco_version text,
    from_section text,
    to_section text,
    version integer not null
);
"""

HEARD = """
create table views.job_losses (
    case_id uuid primary key,
    person_id uuid not null,
    told_on date not null,
    sequence integer not null,
    pandemic boolean
);
create index job_losses_by_person on views.job_losses (person_id);
create table views.fundings (
    activity_id uuid primary key,
    decision_id uuid not null,
    funded_on date not null
);
-- Of whom nothing readable may be kept any more, also of what is heard late.
create table views.erased (
    person_id uuid primary key
);
"""

GRANTS = """
grant usage on schema views to {role};
grant select, insert, update on all tables in schema views to {role};
"""


def upgrade() -> None:
    op.execute(COURSES)
    op.execute(PARTICIPATIONS)
    op.execute(HEARD)
    op.execute(GRANTS.format(role=context.config.attributes["role"]))
