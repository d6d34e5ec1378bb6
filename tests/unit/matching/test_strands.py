"""Every event of matching that speaks of a service to a person or of money names its strand (I10, P30)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from insieme_events.catalogue import CONTRACTS
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.base import ErasureCompleted, SealedFieldsErased
from insieme_events.contracts.matching import (
    CandidacyEvent,
    EvaluatedBy,
    EvaluationResult,
    InternshipOutcome,
    InternshipWithdrawalReason,
    PauseReason,
    VacancyEvent,
)
from insieme_events.contracts.vocabulary import Strand
from insieme_events.decider import Command, Refused
from insieme_matching.internship import (
    INTERNSHIP,
    BlockInternship,
    ConfirmInternship,
    EndInternship,
    RecordInternshipEvaluation,
    RecordInternshipMonth,
    ResumeInternship,
    StartInternship,
    SuspendInternship,
    WithdrawInternship,
)
from insieme_matching.testing import (
    approve_internship,
    extend_internship,
    internship_circumstances,
    request_internship,
)

MATCHING = [contract.event for contract in CONTRACTS if contract.event.context == "matching"]


@pytest.mark.clause("P30")
@pytest.mark.invariant("I10", "property")
def test_events_of_persons_money_and_positions_name_their_strand() -> None:
    """A candidacy's strand is that of the vacancy that it names: those events were released without one."""
    assert "strand" in VacancyEvent.model_fields
    for event in MATCHING:
        fields = event.model_fields.keys()
        if issubclass(event, ErasureCompleted | SealedFieldsErased):
            continue
        if issubclass(event, CandidacyEvent):
            assert "vacancy_id" in fields
            continue
        if fields & {"person_id", "monthly_allowance", "reservation_id", "vacancy_id"} - {"vacancy_id"}:
            assert "strand" in fields, event.__name__


def test_the_rule_looks_at_many() -> None:
    assert sum("strand" in event.model_fields for event in MATCHING) > 25


@pytest.mark.clause("P30", "P34")
@pytest.mark.invariant("I10", "command")
@pytest.mark.parametrize("strand", [each for each in Strand if each is not Strand.TRANSVERSAL])
def test_an_internship_keeps_the_strand_that_it_was_asked_for(strand: Strand) -> None:
    """Through every kind of its events; the contract alone would give each of them strand 1."""
    first, asked = date(2021, 3, 1), request_internship(strand=strand)
    said = {"evaluated_by": EvaluatedBy.PERSON, "result": EvaluationResult.GOALS_REACHED, "would_again": True}
    whole: list[Command] = [
        asked,
        BlockInternship(on=date(2021, 2, 2)),
        ConfirmInternship(on=date(2021, 2, 3)),
        approve_internship(),
        StartInternship(communicated_on=date(2021, 2, 26), on=first),
        SuspendInternship(reason=PauseReason.HOST_CLOSED, on=date(2021, 4, 1)),
        ResumeInternship(on=date(2021, 5, 1)),
        extend_internship(ends_on=date(2021, 9, 30)),
        RecordInternshipMonth(month="2021-03", minutes_due=7200, minutes_present=7000, on=date(2021, 9, 1)),
        EndInternship(outcome=InternshipOutcome.COMPLETED, on=date(2021, 9, 30)),
        RecordInternshipEvaluation(**said, on=date(2021, 10, 4)),
    ]
    none: list[Command] = [
        asked,
        WithdrawInternship(reason=InternshipWithdrawalReason.HOST_DECLINED, on=date(2021, 2, 2)),
    ]
    told = [*run(whole), *run(none)]
    assert len({type(event) for event in told}) == 13
    assert {event.strand for event in told} == {strand}  # type: ignore[attr-defined]


def run(commands: list[Command]) -> list[DomainEvent]:
    events: list[DomainEvent] = []
    state: Any = INTERNSHIP.initial
    for command in commands:
        decision = INTERNSHIP.decide(command, state, internship_circumstances())  # type: ignore[arg-type]
        assert not isinstance(decision, Refused), decision
        events.extend(decision)
        state = INTERNSHIP.fold(decision, state)
    return events
