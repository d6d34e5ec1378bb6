"""The view of what governance adopted: agreements and legal limits by version, protocols and their parties."""

from alembic import context, op

revision = "events_0006"
down_revision = "events_0005"
branch_labels = None
depends_on = None

TABLES = """
drop table events.agreements;
-- What a decision on a business date is judged by; `kind` is agreement or legal_limits.
create table events.parameters (
    kind text not null,
    version text not null,
    valid_from date not null,
    parameters json not null,
    constraint parameters_key primary key (kind, version)
);
create table events.protocols (
    protocol_id uuid primary key,
    signed_on date not null,
    ends_on date not null
);
-- `until` is the first day on which the party is no party any more.
create table events.parties (
    protocol_id uuid not null,
    party text not null,
    role text not null,
    since date not null,
    until date,
    constraint parties_key primary key (protocol_id, party)
);
"""

GRANTS = """
grant select, insert, update on events.parameters, events.protocols, events.parties to {role};
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(GRANTS.format(role=context.config.attributes["role"]))
