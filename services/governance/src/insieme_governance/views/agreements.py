"""The views of the versions of the agreement and of the legal limits; what they say stands in `events.parameters`
(P62)."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from insieme_events import parameters
from insieme_events.contracts.governance import AgreementAdopted, LegalLimitsPublished
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_governance.agreement import VERSION_TAKEN, Agreement
from insieme_governance.legal_limits import LIMITS_TAKEN, Limits

META = sa.MetaData(schema="views")
AGREEMENTS = sa.Table(
    "agreements",
    META,
    sa.Column("agreement_id", sa.Uuid, primary_key=True),
    sa.Column("protocol_id", sa.Uuid, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("adopted_on", sa.Date, nullable=False),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("valid_to", sa.Date, nullable=False),
    sa.Column("signed_by", ARRAY(sa.Text), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
LEGAL_LIMITS = sa.Table(
    "legal_limits",
    META,
    sa.Column("limits_id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("published_on", sa.Date, nullable=False),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
AGREEMENT_UNIQUE = {"agreement_names": VERSION_TAKEN}
LIMITS_UNIQUE = {"legal_limits_names": LIMITS_TAKEN}

ADOPTED = """
insert into views.agreements (agreement_id, protocol_id, name, adopted_on, valid_from, valid_to, signed_by, version)
values (%s, %s, %s, %s, %s, %s, %s, %s)
"""
PUBLISHED = """
insert into views.legal_limits (limits_id, name, published_on, valid_from, version) values (%s, %s, %s, %s, %s)
"""


async def write_agreements(connection: Connection, changes: Sequence[Change[Agreement]]) -> None:
    for change in changes:
        for stored in change.events:
            if isinstance(event := stored.event, AgreementAdopted):
                dated = (event.occurred_on, event.valid_from, event.valid_to)
                row = (event.agreement_id, event.protocol_id, event.version, *dated, list(event.signed_by))
                await connection.execute(ADOPTED, (*row, change.sequence))
        await parameters.write(connection, [stored.event for stored in change.events])


async def write_limits(connection: Connection, changes: Sequence[Change[Limits]]) -> None:
    for change in changes:
        for stored in change.events:
            if isinstance(event := stored.event, LegalLimitsPublished):
                row = (event.limits_id, event.version, event.occurred_on, event.valid_from, change.sequence)
                await connection.execute(PUBLISHED, row)
        await parameters.write(connection, [stored.event for stored in change.events])
