"""How an internship ends or does not come about (P34)."""

from __future__ import annotations

from datetime import date

import pytest

from insieme_events.contracts.matching import (
    InternshipEnded,
    InternshipOutcome,
    InternshipWithdrawn,
    PauseReason,
)
from insieme_events.contracts.matching import InternshipWithdrawalReason as Why
from insieme_events.decider import Refused
from insieme_events.testing import scenario
from insieme_matching.internship import (
    INTERNSHIP,
    BlockInternship,
    ConfirmInternship,
    EndInternship,
    Internship,
    StartInternship,
    SuspendInternship,
    WithdrawInternship,
)
from insieme_matching.testing import approve_internship, internship_circumstances, request_internship

CIRCUMSTANCES = internship_circumstances()
given = scenario(INTERNSHIP, CIRCUMSTANCES)


def after(*commands: object) -> list[object]:
    """The events of these commands, one after the other."""
    state: Internship = INTERNSHIP.initial
    told: list[object] = []
    for command in commands:
        decision = INTERNSHIP.decide(command, state, CIRCUMSTANCES)  # type: ignore[arg-type]
        assert not isinstance(decision, Refused), decision
        state = INTERNSHIP.fold(decision, state)
        told.extend(decision)
    return told


ASKED = after(request_internship())
CONFIRM = ConfirmInternship(on=date(2021, 2, 2))
CONFIRMED = after(request_internship(), CONFIRM)
BLOCKED = after(request_internship(), BlockInternship(on=date(2021, 2, 2)))
APPROVED = after(request_internship(), CONFIRM, approve_internship())
START = StartInternship(communicated_on=date(2021, 2, 26), on=date(2021, 3, 1))
RUNNING = after(request_internship(), CONFIRM, approve_internship(), START)
PAUSE = SuspendInternship(reason=PauseReason.HOST_CLOSED, on=date(2021, 5, 3))
PAUSED = after(request_internship(), CONFIRM, approve_internship(), START, PAUSE)


@pytest.mark.clause("P34")
def test_it_ends_within_its_days_with_an_outcome_that_fits() -> None:
    early = EndInternship(outcome=InternshipOutcome.COMPLETED, on=date(2021, 8, 30))
    given(*RUNNING).when(early).then_refused("matching.internship_term_ahead")
    hired = EndInternship(outcome=InternshipOutcome.HIRED_BY_HOST, on=date(2021, 6, 30))
    given(*RUNNING).when(hired).then_types(InternshipEnded)
    given(*PAUSED).when(hired).then_types(InternshipEnded)
    outside = EndInternship(outcome=InternshipOutcome.LEFT_BY_HOST, on=date(2021, 9, 1))
    given(*RUNNING).when(outside).then_refused("matching.internship_end_outside")
    given(*ASKED).when(early).then_refused("matching.internship_not_running")
    before = EndInternship(outcome=InternshipOutcome.LEFT_BY_HOST, on=date(2021, 2, 28))
    given(*RUNNING).when(before).then_refused("matching.internship_before_last_step")


@pytest.mark.clause("P34")
def test_it_is_withdrawn_before_it_starts_and_not_afterwards() -> None:
    withdrawn = given(*ASKED).when(WithdrawInternship(reason=Why.HOST_DECLINED, on=date(2021, 2, 20)))
    events = withdrawn.then_types(InternshipWithdrawn)
    for before_it_starts in (CONFIRMED, BLOCKED, APPROVED):
        withdraw = WithdrawInternship(reason=Why.HOST_DECLINED, on=date(2021, 2, 20))
        given(*before_it_starts).when(withdraw).then(*events)
    later = WithdrawInternship(reason=Why.HOST_DECLINED, on=date(2021, 4, 1))
    given(*ASKED, *events).when(later).then_nothing()
    given(*ASKED, *events).when(approve_internship()).then_refused("matching.internship_over")
    given(*RUNNING).when(later).then_refused("matching.internship_started")
    given().when(START).then_refused("matching.internship_unknown")
