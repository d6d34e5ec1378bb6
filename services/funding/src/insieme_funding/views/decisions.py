"""The views of decisions on activities, and of every spending decision with the consent of each party (P64, P69)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_never

import sqlalchemy as sa

from insieme_events.contracts.funding_committees import (
    ActivityFundingProposed,
    ActivityFundingRefused,
    SpendingDecisionTaken,
)
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_funding.decision import Approved, Declined, Ended, FundingDecision, NotProposed, Proposed

DECISIONS = sa.Table(
    "funding_decisions",
    sa.MetaData(schema="views"),
    sa.Column("decision_id", sa.Uuid, primary_key=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("activity_kind", sa.Text, nullable=False),
    sa.Column("activity_id", sa.Uuid, nullable=False),
    sa.Column("strand", sa.Text, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("proposed_on", sa.Date, nullable=False),
    sa.Column("decided_on", sa.Date),
    sa.Column("version", sa.Integer, nullable=False),
)
SPENDINGS = sa.Table(
    "spending_decisions",
    sa.MetaData(schema="views"),
    sa.Column("subject_id", sa.Uuid, primary_key=True),
    sa.Column("subject_kind", sa.Text, nullable=False),
    sa.Column("committee_id", sa.Uuid, nullable=False),
    sa.Column("strand", sa.Text, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("meeting_id", sa.Uuid, nullable=False),
    sa.Column("decision_no", sa.Integer, nullable=False),
    sa.Column("decided_on", sa.Date, nullable=False),
)
CONSENTS = sa.Table(
    "spending_consents",
    sa.MetaData(schema="views"),
    sa.Column("subject_id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("party", sa.Text, nullable=False),
    sa.Column("consent", sa.Text, nullable=False),
)

INSERT = """
insert into views.funding_decisions
    (decision_id, status, activity_kind, activity_id, strand, year, source, amount, proposed_on, version)
values (%s, 'proposed', %s, %s, %s, %s, %s, %s, %s, 1)
"""
UPDATE = """
update views.funding_decisions set status = %s, decided_on = coalesce(decided_on, %s), version = %s
where decision_id = %s
"""
INSERT_SPENDING = """
insert into views.spending_decisions
    (subject_id, subject_kind, committee_id, strand, year, source, amount, rule, meeting_id, decision_no, decided_on)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
INSERT_CONSENT = "insert into views.spending_consents (subject_id, number, party, consent) values (%s, %s, %s, %s)"


async def write(connection: Connection, changes: Sequence[Change[FundingDecision]]) -> None:
    inserts, updates = list[tuple[Any, ...]](), list[tuple[Any, ...]]()
    for change in changes:
        decided_on = None
        for stored in change.events:
            match stored.event:
                case ActivityFundingProposed() as e:
                    asked = (e.activity_kind, e.activity_id, e.strand, e.year, e.source, e.amount, e.occurred_on)
                    inserts.append((e.decision_id, *asked))
                case SpendingDecisionTaken(occurred_on=on) | ActivityFundingRefused(occurred_on=on):
                    decided_on = on
                case _:
                    pass
        status = status_of(change.after)
        if status is not None:
            updates.append((status, decided_on, change.sequence, change.stream_id))
    async with connection.cursor() as cursor:
        await cursor.executemany(INSERT, inserts)
        await cursor.executemany(UPDATE, updates)
    await write_spendings(connection, changes)


def status_of(decision: FundingDecision) -> str | None:
    match decision:
        case NotProposed():
            return None
        case Proposed():
            return "proposed"
        case Approved():
            return "approved"
        case Declined():
            return "refused"
        case Ended():
            return "ended"
        case _:
            assert_never(decision)


async def write_spendings(connection: Connection, changes: Sequence[Change[Any]]) -> None:
    """The spending decisions among the events of decisions or projects."""
    taken = [
        stored.event
        for change in changes
        for stored in change.events
        if isinstance(stored.event, SpendingDecisionTaken)
    ]
    rows = [
        (
            e.subject_id,
            e.subject_kind,
            e.committee_id,
            e.strand,
            e.year,
            e.source,
            e.amount,
            e.rule,
            e.meeting_id,
            e.decision_no,
            e.occurred_on,
        )
        for e in taken
    ]
    consents = [
        (e.subject_id, number, one.party, one.consent) for e in taken for number, one in enumerate(e.consents, start=1)
    ]
    async with connection.cursor() as cursor:
        await cursor.executemany(INSERT_SPENDING, rows)
        await cursor.executemany(INSERT_CONSENT, consents)
