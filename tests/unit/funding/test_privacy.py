"""What signatories see of money: nobody's name, and no amount that a natural person receives (P44; privacy.md 3.6)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from insieme_events.catalogue import CONTRACTS, contract_of
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.funding import MoneyEvent, band_of, money
from insieme_events.contracts.funding_budget import CommitmentReleased, ReleaseReason
from insieme_events.contracts.funding_committees import CommitteeEvent
from insieme_events.contracts.funding_projects import FundsReturned, InstalmentPaid, MicrocreditReported
from insieme_events.decider import Refused
from insieme_events.envelope import metadata_of, outgoing
from insieme_events.store import Record
from insieme_funding.project import PROJECT
from insieme_funding.testing import (
    A3,
    B3,
    BUDGET_ID,
    EVALUATORS,
    MANAGERS,
    PROJECT_ID,
    PROPOSER,
    SOURCE,
    YEAR,
    appointed,
    committed,
    conflict,
    fund,
    funded,
    of_project,
    project_circumstances,
    spent,
    to_approval,
    to_funding,
)

AMOUNT = 765_432
ON = date(2022, 9, 1)
MONEY_FIELDS = {"amount", "investment", "consultancy", "requested_investment", "requested_consultancy"}


def on_party_topic(event: DomainEvent) -> str | None:
    """What the relay puts on the topic of the signatories, with its headers."""
    record = Record(
        uuid4(),
        "any-stream",
        1,
        contract_of(event).name,
        1,
        event.model_dump_json(),
        metadata_of("c", None, None),
        event.occurred_on,
        datetime(2022, 9, 1, tzinfo=UTC),
        None,
    )
    _, reduced = outgoing(record, "funding")
    return None if reduced is None else reduced.value.decode() + json.dumps([str(h) for h in reduced.headers])


def of_a_person() -> list[DomainEvent]:
    """Every event of money that a project of strand 3a can lead to."""
    state = PROJECT.fold(to_approval(A3))
    decided = PROJECT.decide(fund(investment=AMOUNT, consultancy=0), state, project_circumstances())
    assert not isinstance(decided, Refused)
    paid, place = money(A3, AMOUNT), {"budget_id": BUDGET_ID, "year": YEAR, "source": SOURCE, "occurred_on": ON}
    return [
        *to_funding(A3),
        *decided,
        funded(A3, AMOUNT, consultancy=0, investment=AMOUNT),
        InstalmentPaid(**of_project(ON, A3) | paid, instalment_no=1, expenditure_id=uuid4()),
        FundsReturned(**of_project(ON, A3) | paid, return_id=uuid4()),
        MicrocreditReported(**of_project(ON, A3) | paid, report_id=uuid4()),
        committed(AMOUNT, A3, personal=True),
        spent(AMOUNT, A3, personal=True, commitment_id=PROJECT_ID),
        CommitmentReleased(**place, **paid, commitment_id=PROJECT_ID, reason=ReleaseReason.CLOSED),
    ]


@pytest.mark.clause("P44")
@pytest.mark.invariant("I15", "command")
def test_the_party_topic_has_neither_the_person_nor_the_amount_of_a_3a_grant() -> None:
    told = [on_party_topic(event) for event in of_a_person()]
    assert all(text is not None for text in told)
    for text in told:
        assert text is not None
        assert str(PROPOSER) not in text
        assert str(AMOUNT) not in text
        assert "037006" not in text
        assert not any(str(member) in text for member in (*EVALUATORS, *MANAGERS))
    banded = [text for text in told if text is not None and "amount_band" in text]
    assert len(banded) == 10
    assert all(f'"amount_band":"{band_of(AMOUNT).value}"' in text or "to_10000" in text for text in banded)


@pytest.mark.clause("P44")
def test_what_an_organisation_gets_is_told() -> None:
    text = on_party_topic(funded(B3, AMOUNT, consultancy=0, investment=AMOUNT))
    assert text is not None
    assert f'"disclosed_amount":{AMOUNT}' in text


def test_no_party_form_of_funding_has_an_amount_of_money_that_moved() -> None:
    """Only `disclosed_amount`, which is empty for natural persons; ceilings and lines are the budget's own."""
    checked = 0
    for contract in CONTRACTS:
        if contract.event.context != "funding" or contract.reduced is None:
            continue
        assert MONEY_FIELDS & set(contract.reduced) == set(), contract.name
        assert {"proposer_id", "seat", "sector", "members_present", "member_id", "members"} & set(
            contract.reduced
        ) == set(), contract.name
        checked += 1
    assert checked > 25


def test_members_of_committees_are_no_more_than_the_parties_that_named_them() -> None:
    for event in (appointed(), conflict()):
        assert isinstance(event, CommitteeEvent)
        text = on_party_topic(event)
        assert text is not None
        assert not any(str(member) in text for member in EVALUATORS)
        assert "comune_bologna" in text


@pytest.mark.invariant("I10", "property")
def test_every_event_of_money_names_its_strand() -> None:
    """Wherever an amount stands in an event of funding, a strand stands beside it."""
    found = []
    for contract in CONTRACTS:
        event = contract.event
        if event.context != "funding":
            continue
        fields = event.model_fields
        has_money = any("Cents" in str(info.annotation) or name in MONEY_FIELDS for name, info in fields.items())
        lined = "lines" in fields or "ceilings" in fields
        assert not has_money or "strand" in fields or lined, contract.name
        if has_money:
            found.append(contract.name)
        if issubclass(event, MoneyEvent):
            assert fields["strand"].is_required()
    assert {"ProjectFunded", "FundsCommitted", "ExpenditureRecorded", "SpendingDecisionTaken"} <= set(found)
