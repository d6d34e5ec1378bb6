"""The directory of companies, the views of the aggregates, and the local view of who is in charge."""

from alembic import context, op

revision = "matching_0001"
down_revision = None
branch_labels = ("matching",)
depends_on = "events_0001"

DIRECTORY = """
create schema directory;
create table directory.companies (
    company_id uuid primary key,
    name text not null,
    partita_iva text not null,
    constraint directory_partita_iva unique (partita_iva)
);
"""

VIEWS = """
create schema views;
create table views.companies (
    company_id uuid primary key,
    status text not null,
    size text not null,
    ateco_version text not null,
    ateco_section text not null,
    comune text not null,
    introduced_by text,
    registered_on date not null,
    last_contact_on date,
    version integer not null
);
create table views.needs (
    need_id uuid primary key,
    company_id uuid not null,
    status text not null,
    profile text not null,
    positions integer not null,
    declared_on date not null,
    horizon date not null,
    vacancy_id uuid,
    version integer not null
);
create index needs_by_company on views.needs (company_id, need_id);
create table views.vacancies (
    vacancy_id uuid primary key,
    company_id uuid not null,
    need_id uuid,
    status text not null,
    strand text not null,
    profile text not null,
    positions integer not null,
    taken integer not null,
    selections integer not null,
    comune text not null,
    opened_on date not null,
    version integer not null
);
create index vacancies_by_company on views.vacancies (company_id, vacancy_id);
create index vacancies_by_status on views.vacancies (status, vacancy_id);
create table views.candidacies (
    candidacy_id uuid primary key,
    vacancy_id uuid not null,
    person_id uuid not null,
    status text not null,
    shortlisted_on date not null,
    last_on date not null,
    refused_by text,
    reason text,
    version integer not null
);
create unique index one_live_candidacy on views.candidacies (vacancy_id, person_id)
    where status in ('shortlisted', 'presented', 'interviewed', 'accepted');
create index candidacies_by_person on views.candidacies (person_id, candidacy_id);
create table views.employments (
    employment_id uuid primary key,
    person_id uuid not null,
    company_id uuid not null,
    vacancy_id uuid,
    strand text not null,
    status text not null,
    entry_kind text not null,
    starts_on date not null,
    ends_on date,
    ended_on date,
    contract_type text not null,
    contract_class text not null,
    working_time text not null,
    links integer not null,
    agreement_version text not null,
    out_of_term boolean not null,
    flagged boolean not null,
    version integer not null
);
create index employments_by_person on views.employments (person_id, employment_id);
create index employments_by_company on views.employments (company_id, employment_id);
create index employments_by_vacancy on views.employments (vacancy_id) where vacancy_id is not null;
create index employments_flagged on views.employments (employment_id) where flagged;
create table views.employment_links (
    employment_id uuid not null,
    link_no integer not null,
    event_id uuid not null,
    starts_on date not null,
    ends_on date,
    contract_type text not null,
    contract_class text not null,
    working_time text not null,
    comune text not null,
    voided boolean not null,
    constraint employment_links_key primary key (employment_id, link_no)
);
"""

IN_CHARGE = """
create table views.persons (
    person_id uuid primary key
);
create table views.in_charge (
    case_id uuid not null,
    number integer not null,
    person_id uuid not null,
    since date not null,
    until date,
    constraint in_charge_key primary key (case_id, number)
);
create index in_charge_by_person on views.in_charge (person_id);
"""

GRANTS = """
grant usage on schema directory, views to {role};
grant select, insert, update on all tables in schema directory, views to {role};
grant delete on views.in_charge to {role};
revoke update on views.persons from {role};
"""


def upgrade() -> None:
    op.execute(DIRECTORY)
    op.execute(VIEWS)
    op.execute(IN_CHARGE)
    op.execute(GRANTS.format(role=context.config.attributes["role"]))
