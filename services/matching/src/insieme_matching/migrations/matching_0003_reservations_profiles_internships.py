"""Reservations, job profiles, internships, support, companies merged, and what other services tell of them."""

from alembic import context, op

revision = "matching_0003"
down_revision = "matching_0002"
branch_labels = None
depends_on = None

COLUMNS = """
alter table views.companies add column merged_into uuid;
alter table views.needs add column signed_on date;
alter table views.vacancies add column hours text;
alter table views.vacancies add column licence text;
alter table views.vacancies add column languages text[] not null default '{}';
alter table views.candidacies add column overdue boolean not null default false;
create index companies_merged on views.companies (merged_into) where merged_into is not null;
create index candidacies_presented on views.candidacies (last_on) where status = 'presented' and not overdue;
"""

TABLES = """
create table views.reservations (
    reservation_id uuid not null,
    source_id uuid not null,
    source_kind text not null,
    course_id uuid not null,
    company_id uuid,
    strand text not null,
    status text not null,
    reason text,
    positions integer not null,
    kept integer not null,
    used integer not null,
    answered_on date not null,
    answer_id uuid not null,
    constraint reservations_key primary key (reservation_id, source_id)
);
create index reservations_by_source on views.reservations (source_id) where status = 'held';
create index reservations_by_course on views.reservations (course_id, reservation_id);
create table views.job_profiles (
    person_id uuid primary key,
    status text not null,
    registered_on date,
    profiles text[] not null,
    comuni text[] not null,
    hours text[] not null,
    licences text[] not null,
    languages text[] not null,
    version integer not null
);
create table views.internships (
    internship_id uuid primary key,
    person_id uuid not null,
    company_id uuid not null,
    strand text not null,
    status text not null,
    starts_on date not null,
    ends_on date not null,
    ended_on date,
    purposes text[] not null,
    monthly_allowance integer not null,
    seasonal boolean not null,
    funded_by_programme boolean not null,
    authorisation text,
    authorised_on date,
    limits_version text,
    outcome text,
    evaluated_by_person boolean not null,
    evaluated_by_company boolean not null,
    version integer not null
);
create index internships_by_person on views.internships (person_id, internship_id);
create index internships_by_company on views.internships (company_id, internship_id);
create table views.placement_supports (
    event_id uuid primary key,
    employment_id uuid not null,
    kind text not null,
    supported_on date not null
);
create index placement_supports_by_employment on views.placement_supports (employment_id, supported_on);
"""

# What other services tell.
TOLD = """
create table views.board_companies (
    company_id uuid primary key,
    joined_on date not null,
    left_on date
);
create table views.funded_activities (
    activity_id uuid primary key,
    decision_id uuid not null,
    approved_on date not null
);
create table views.restricted_persons (
    person_id uuid primary key,
    since date not null,
    until date
);
"""

GRANTS = """
grant select, insert, update on views.reservations, views.job_profiles, views.internships, views.placement_supports,
    views.board_companies, views.funded_activities, views.restricted_persons to {role};
"""


def upgrade() -> None:
    op.execute(COLUMNS)
    op.execute(TABLES)
    op.execute(TOLD)
    op.execute(GRANTS.format(role=context.config.attributes["role"]))
