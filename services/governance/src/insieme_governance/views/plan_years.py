"""The views of plan years: where each stands, its ceilings, its actions, and what was committed for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import assert_never
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from insieme_events.contracts.governance_plan import (
    CommitmentMissing,
    PlanEvent,
    ResourcesCommitted,
    WorkPlanAmended,
    WorkPlanApproved,
)
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_governance.plan_year.refusals import ACTION_TAKEN
from insieme_governance.plan_year.state import (
    Amending,
    Approved,
    Assigned,
    Closed,
    Drafted,
    Plan,
    PlanYear,
    Rejected,
    Unplanned,
)

METADATA = sa.MetaData(schema="views")
PLAN_YEARS = sa.Table(
    "plan_years",
    METADATA,
    sa.Column("plan_year_id", sa.Uuid, primary_key=True),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("drafted_on", sa.Date),
    sa.Column("approved_on", sa.Date),
    sa.Column("meeting_id", sa.Uuid),
    sa.Column("decision_no", sa.Integer),
    sa.Column("amendment_id", sa.Uuid),
    sa.Column("agreement_version", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
)
COMMITMENTS = sa.Table(
    "commitments",
    METADATA,
    sa.Column("commitment_id", sa.Uuid, primary_key=True),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("party", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("cashed", sa.BigInteger, nullable=False),
    sa.Column("committed_on", sa.Date, nullable=False),
)
MISSING = sa.Table(
    "commitments_missing",
    METADATA,
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("party", sa.Text, primary_key=True),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("noted_on", sa.Date, nullable=False),
)
CEILINGS = sa.Table(
    "plan_ceilings",
    METADATA,
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("strand", sa.Text, primary_key=True),
    sa.Column("amount", sa.BigInteger, nullable=False),
)
ACTIONS = sa.Table(
    "plan_actions",
    METADATA,
    sa.Column("action_id", sa.Uuid, primary_key=True),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("strand", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("planned_cost", sa.BigInteger, nullable=False),
    sa.Column("frameworks", ARRAY(sa.Text), nullable=False),
    sa.Column("regional_policy", sa.Text),
    sa.Column("completes", sa.Uuid),
    sa.Column("party", sa.Text),
    sa.Column("due_on", sa.Date),
    sa.Column("percent", sa.Integer, nullable=False),
    sa.Column("reported_on", sa.Date),
)
UNIQUE = {"plan_actions_id": ACTION_TAKEN}

PUT_YEAR = """
insert into views.plan_years as y
    (plan_year_id, year, status, drafted_on, approved_on, meeting_id, decision_no, amendment_id, agreement_version,
     version)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
on conflict (plan_year_id) do update set
    status = excluded.status, drafted_on = coalesce(excluded.drafted_on, y.drafted_on),
    approved_on = coalesce(y.approved_on, excluded.approved_on),
    meeting_id = coalesce(excluded.meeting_id, y.meeting_id),
    decision_no = coalesce(excluded.decision_no, y.decision_no),
    amendment_id = excluded.amendment_id,
    agreement_version = coalesce(excluded.agreement_version, y.agreement_version), version = excluded.version
"""
PUT_COMMITMENT = """
insert into views.commitments (commitment_id, year, party, source, amount, cashed, committed_on)
values (%s, %s, %s, %s, %s, %s, %s)
on conflict (commitment_id) do update set
    amount = excluded.amount, cashed = excluded.cashed, committed_on = excluded.committed_on
"""
PUT_CASHED = "update views.commitments set cashed = %s where commitment_id = %s and cashed <> %s"
PUT_MISSING = """
insert into views.commitments_missing (year, party, due_on, noted_on) values (%s, %s, %s, %s) on conflict do nothing
"""
FORGET_CEILINGS = "delete from views.plan_ceilings where year = any(%s)"
FORGET_ACTIONS = "delete from views.plan_actions where year = any(%s)"
PUT_CEILING = "insert into views.plan_ceilings (year, source, strand, amount) values (%s, %s, %s, %s)"
PUT_ACTION = """
insert into views.plan_actions
    (action_id, year, strand, source, planned_cost, frameworks, regional_policy, completes, party, due_on, percent,
     reported_on)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
LAST_COMMITTED = "select max(committed_on) from views.commitments where party = %s and committed_on >= %s"
KNOWN_ACTIONS = "select action_id from views.plan_actions where action_id = any(%s)"
NOTHING = Plan((), {})
"""What is left of a draft that was rejected."""
ROWS = UUID("c0a2b7f4-0e57-5d4b-bb4f-2b8e0c3c7d11")


def commitment_id(year: int, party: str, source: str) -> UUID:
    return uuid5(ROWS, f"{year}/{party}/{source}")


async def write(connection: Connection, changes: Sequence[Change[PlanYear]]) -> None:
    years, commitments, cashed, missing = [], [], [], []
    plans: dict[int, tuple[Plan, Mapping[UUID, Assigned]]] = {}
    for change in changes:
        first = change.events[0].event
        assert isinstance(first, PlanEvent)
        year = first.year
        years.append(_year(change, year))
        books = change.after.books
        for stored in change.events:
            match stored.event:
                case ResourcesCommitted(party=party, source=source) as e:
                    row = (commitment_id(year, party, source), year, party, source)
                    commitments.append((*row, e.amount, books.cashed.get((party, source), 0), e.occurred_on))
                case CommitmentMissing() as e:
                    missing.append((year, e.party, e.due_on, e.occurred_on))
                case _:
                    continue
        for (party, source), amount in books.cashed.items():
            cashed.append((amount, commitment_id(year, party, source), amount))
        if (plan := _plan(change.after)) is not None:
            plans[year] = plan
    async with connection.cursor() as cursor:
        await cursor.executemany(PUT_YEAR, years)
        await cursor.executemany(PUT_COMMITMENT, commitments)
        await cursor.executemany(PUT_CASHED, cashed)
        await cursor.executemany(PUT_MISSING, missing)
        await cursor.execute(FORGET_CEILINGS, (list(plans),))
        await cursor.execute(FORGET_ACTIONS, (list(plans),))
        await cursor.executemany(
            PUT_CEILING,
            [(year, c.source, c.strand, c.amount) for year, (plan, _) in plans.items() for c in plan.ceilings],
        )
        await cursor.executemany(
            PUT_ACTION, [row for year, (plan, assigned) in plans.items() for row in _actions(year, plan, assigned)]
        )


def _year(change: Change[PlanYear], year: int) -> tuple[object, ...]:
    decided = [s.event for s in change.events if isinstance(s.event, WorkPlanApproved | WorkPlanAmended)]
    last = decided[-1] if decided else None
    status, drafted_on, approved_on, amendment_id = standing(change.after)
    return (
        change.stream_id,
        year,
        status,
        drafted_on,
        approved_on,
        None if last is None else last.meeting_id,
        None if last is None else last.decision_no,
        amendment_id,
        None if last is None else last.agreement_version,
        change.sequence,
    )


def standing(state: PlanYear) -> tuple[str, date | None, date | None, UUID | None]:
    """Status, when the draft was made, when the plan was approved, the amendment that waits for an answer."""
    match state:
        case Unplanned():
            return "unplanned", None, None, None
        case Drafted(drafted_on=drafted_on):
            return "drafted", drafted_on, None, None
        case Rejected():
            return "rejected", None, None, None
        case Approved(work=work):
            return "approved", None, work.approved_on, None
        case Amending(work=work, amendment=amendment):
            return "amending", None, work.approved_on, amendment.amendment_id
        case Closed(work=work):
            return "closed", None, work.approved_on, None
        case _:
            assert_never(state)


def _plan(state: PlanYear) -> tuple[Plan, Mapping[UUID, Assigned]] | None:
    match state:
        case Unplanned():
            return None
        case Rejected():
            return NOTHING, {}
        case Drafted(plan=plan):
            return plan, {}
        case Approved(work=work) | Amending(work=work) | Closed(work=work):
            return work.plan, work.assigned
        case _:
            assert_never(state)


def _actions(year: int, plan: Plan, assigned: Mapping[UUID, Assigned]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for action in plan.actions.values():
        at = assigned.get(action.action_id)
        done = (None, None, 0, None) if at is None else (at.party, at.due_on, at.percent, at.reported_on)
        rows.append(
            (
                action.action_id,
                year,
                action.strand,
                action.source,
                action.planned_cost,
                list(action.frameworks),
                action.regional_policy,
                action.completes,
                *done,
            )
        )
    return rows


async def known_actions(connection: Connection, actions: Collection[UUID]) -> frozenset[UUID]:
    """Those of these actions that a plan has."""
    cursor = await connection.execute(KNOWN_ACTIONS, (list(actions),))
    return frozenset(action_id for (action_id,) in await cursor.fetchall())


async def committed_since(connection: Connection, party: str, day: date) -> date | None:
    """The last day, from that one on, on which the party committed resources or corrected what it had committed."""
    found = await (await connection.execute(LAST_COMMITTED, (party, day))).fetchone()
    return None if found is None else found[0]
