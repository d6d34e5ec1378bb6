"""What the promoters put into the year (P72), and that an approved plan stays within it (P52)."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date, timedelta
from typing import assert_never

from insieme_events.agreement import Agreement
from insieme_events.agreement import in_force as in_force_on
from insieme_events.contracts.agreement import ResourcesBasis
from insieme_events.contracts.governance_plan import CommitmentMissing, ResourcesCashed, ResourcesCommitted
from insieme_events.decider import Decision, Refused
from insieme_governance import cadence
from insieme_governance.gates import NO_AGREEMENT_IN_FORCE, for_party, in_force
from insieme_governance.plan_year.commands import CommitResources, NoteMissingCommitment, RecordCash
from insieme_governance.plan_year.facts import PlanYearCircumstances
from insieme_governance.plan_year.state import (
    Amending,
    Approved,
    Closed,
    Drafted,
    PlanYear,
    Rejected,
    Unplanned,
)

DOES_NOT_PAY = Refused(
    code="governance.party_does_not_pay",
    sentence="By the agreement a {role} bears no costs: only parties whose role does can commit resources.",
    clause="P72",
)
PLAN_NEEDS_IT = Refused(
    code="governance.plan_needs_it",
    sentence="The plan spends {planned} cents from {source} and only {available} would be left: amend the plan first.",
    clause="P52",
)
CASHED_ALREADY = Refused(
    code="governance.cashed_already",
    sentence="{cashed} cents of this commitment have come in: it cannot be corrected to less.",
    clause="P72",
)
MORE_THAN_COMMITTED = Refused(
    code="governance.more_than_committed",
    sentence="{committed} cents are committed by this party from this source: correct the commitment first.",
    clause="P72",
)
YEAR_CLOSED = Refused(
    code="governance.plan_year_closed",
    sentence="The year {year} is closed: nothing of its plan and its resources changes any more.",
    clause="P52",
)
NOT_DUE = Refused(
    code="governance.commitment_not_due",
    sentence="The commitment for the year is due by {due_on}: nothing is missing before that day is over.",
    clause="P72",
)
NOT_A_DEBTOR = Refused(
    code="governance.owes_no_commitment",
    sentence="{party} bears no share of the costs by the agreement, or was no party in force on {due_on}.",
    clause="P72",
)


def due_on(agreement: Agreement, year: int) -> date:
    """The last day on which a commitment for the year is in time (P72)."""
    month = agreement.commitment_due_month
    return date(year, month, min(agreement.commitment_due_day, calendar.monthrange(year, month)[1]))


def missing_from(versions: Sequence[Agreement], year: int) -> tuple[date, Agreement] | None:
    """The first day on which a commitment for the year is late, and the version that says so; None where none was in
    force by then (P72).
    """
    found = cadence.first_day(versions, lambda version: due_on(version, year) + timedelta(days=1))
    return found if found is not None and in_force_on(versions, found[0]) is found[1] else None


def debtors(agreement: Agreement) -> frozenset[str]:
    """The parties that bear a share of the costs (P67, P72)."""
    return frozenset(share.party for share in agreement.cost_shares if share.basis_points)


def needed(state: PlanYear, source: str) -> int:
    """What the plan may spend from the source, also by an amendment that is still open."""
    match state:
        case Unplanned() | Drafted() | Rejected() | Closed():
            return 0
        case Approved():
            return state.work.plan.planned().get(source, 0)
        case Amending():
            plans = (state.work.plan, state.amendment.plan)
            return max(plan.planned().get(source, 0) for plan in plans)
        case _:
            assert_never(state)


def commit(command: CommitResources, state: PlanYear, circumstances: PlanYearCircumstances) -> Decision:
    agreement = circumstances.agreement
    key = (command.party, command.source)
    before = state.books.committed.get(key)
    if isinstance(state, Closed):
        return YEAR_CLOSED.about(year=state.year)
    if agreement is None:
        return NO_AGREEMENT_IN_FORCE.about(on=command.on)
    if unknown := in_force(circumstances.parties, {command.party}, command.on):
        return unknown
    role = circumstances.parties[command.party]
    if not agreement.rights_of(role).pays:
        return DOES_NOT_PAY.about(role=role)
    if refused := for_party(circumstances.actor.party, command.party, circumstances.coordinator):
        return refused
    if before == command.amount:
        return []
    cashed = state.books.cashed.get(key, 0)
    if command.amount < cashed:
        return CASHED_ALREADY.about(cashed=cashed)
    if short := falls_short(state, command.source, ResourcesBasis.COMMITTED, agreement, command.amount - (before or 0)):
        return short
    return [
        ResourcesCommitted(
            year=command.year,
            party=command.party,
            source=command.source,
            amount=command.amount,
            agreement_version=agreement.version,
            occurred_on=command.on,
        )
    ]


def cash(command: RecordCash, state: PlanYear, circumstances: PlanYearCircumstances) -> Decision:
    agreement = circumstances.agreement
    key = (command.party, command.source)
    before = state.books.cashed.get(key, 0)
    committed = state.books.committed.get(key, 0)
    if isinstance(state, Closed):
        return YEAR_CLOSED.about(year=state.year)
    if agreement is None:
        return NO_AGREEMENT_IN_FORCE.about(on=command.on)
    if command.amount > committed:
        return MORE_THAN_COMMITTED.about(committed=committed)
    if command.amount == before:
        return []
    if short := falls_short(state, command.source, ResourcesBasis.CASHED, agreement, command.amount - before):
        return short
    return [
        ResourcesCashed(
            year=command.year,
            party=command.party,
            source=command.source,
            amount=command.amount,
            occurred_on=command.on,
        )
    ]


def note_missing(command: NoteMissingCommitment, state: PlanYear, circumstances: PlanYearCircumstances) -> Decision:
    agreement = circumstances.agreement
    if isinstance(state, Closed):
        return YEAR_CLOSED.about(year=state.year)
    if agreement is None:
        return NO_AGREEMENT_IN_FORCE.about(on=command.on)
    due = due_on(agreement, command.year)
    if command.on <= due:
        return NOT_DUE.about(due_on=due)
    if command.party not in circumstances.parties or command.party not in debtors(agreement):
        return NOT_A_DEBTOR.about(party=command.party, due_on=due)
    if state.books.has_committed(command.party) or command.party in state.books.missing:
        return []
    return [
        CommitmentMissing(
            year=command.year,
            party=command.party,
            due_on=due,
            agreement_version=agreement.version,
            occurred_on=command.on,
        )
    ]


def falls_short(
    state: PlanYear, source: str, kind: ResourcesBasis, agreement: Agreement, change: int
) -> Refused | None:
    """Refuses that what counts as available sinks below what an approved plan may spend of it (I3)."""
    if change >= 0 or agreement.resources_basis is not kind:
        return None
    left = state.books.available(source, kind) + change
    planned = needed(state, source)
    return PLAN_NEEDS_IT.about(source=source, planned=planned, available=left) if left < planned else None
