"""Every state of the plan, the Board, the presentation, the study and the registers answers every command.

Each status is reached by a history of accepted commands; from there random commands are run one after the other: a
decision never raises, an answer with events folds, and a refusal is of the closed form. Against vacuity the histories
must reach every status of the union.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insieme_events.contracts.governance_plan import Framework, LegalForm, PresentationKind, StudyOutcome
from insieme_events.contracts.vocabulary import Strand
from insieme_events.decider import Command, Refused
from insieme_events.testing.answering import Answering, Drawing
from insieme_governance import board_membership, plan_year, presentation, registers, study
from insieme_governance.registers.kinds import KINDS
from insieme_governance.testing import plan
from insieme_governance.testing.plan import (
    ACTION_1,
    ACTION_2,
    AMENDMENT_ID,
    CITY,
    COMPANY_ID,
    COMUNE,
    DOCUMENT_ID,
    ENTRY_ID,
    FIRST_EVENT,
    HASH,
    MEASURE_ID,
    MEETING_ID,
    OTHER_COMPANY,
    OTHER_MEETING,
    PROTOCOL_ID,
    SNAPSHOT_ID,
    YEAR,
)

ON = date(YEAR, 3, 1)
IDS = st.sampled_from([ACTION_1, ACTION_2, AMENDMENT_ID, COMPANY_ID, FIRST_EVENT, MEETING_ID, OTHER_MEETING])
DAYS = st.integers(0, 420).map(lambda n: date(YEAR, 1, 1) + timedelta(days=n))
AMOUNTS = st.sampled_from([0, 400, 500, 600, 1000])
CEILINGS = st.lists(
    st.builds(plan.ceiling, AMOUNTS, st.sampled_from([COMUNE, "fondo"]), st.sampled_from([Strand.MATCHING, "2b"])),
    min_size=1,
    max_size=3,
).map(tuple)
ACTIONS = st.lists(
    st.builds(
        plan.action,
        action_id=st.sampled_from([ACTION_1, ACTION_2]),
        planned_cost=AMOUNTS,
        completes=st.sampled_from([None, MEASURE_ID, MEETING_ID]),
    ),
    max_size=3,
).map(tuple)
FACTS = st.sampled_from([kind.fact(**kind.example) for kind in KINDS])
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "on": DAYS,
    "due_on": st.one_of(st.none(), DAYS),
    "adhesion_on": st.one_of(st.none(), DAYS),
    "year": st.just(YEAR),
    "party": st.sampled_from([COMUNE, CITY, "nobody"]),
    "source": st.just(COMUNE),
    "amount": AMOUNTS,
    "decision_no": st.integers(1, 3),
    "ceilings": CEILINGS,
    "actions": ACTIONS,
    "percent": st.integers(0, 100),
    "frameworks": st.lists(st.sampled_from(Framework), unique=True).map(tuple),
    "regional_policy": st.sampled_from([None, "gol"]),
    "snapshot_hash": st.sampled_from([HASH, "cd" * 32]),
    "comune": st.just("037006"),
    "fact": FACTS,
    "adopted_by": st.sampled_from([COMUNE, "nobody"]),
    "shared_with": st.sampled_from([COMUNE, "nobody"]),
}


DRAWING = Drawing(FIELDS, IDS, DAYS)
COMMIT = plan_year.CommitResources(year=YEAR, party=COMUNE, source=COMUNE, amount=1000, on=date(YEAR, 1, 10))
DRAFT = plan_year.DraftWorkPlan(year=YEAR, ceilings=(plan.ceiling(),), actions=(plan.action(),), on=date(YEAR, 1, 10))
APPROVE = plan_year.ApproveWorkPlan(meeting_id=MEETING_ID, decision_no=1, on=ON)
REJECT = plan_year.RejectWorkPlan(meeting_id=MEETING_ID, decision_no=1, on=ON)
LOWER = plan_year.AmendWorkPlan(
    amendment_id=AMENDMENT_ID,
    meeting_id=OTHER_MEETING,
    decision_no=2,
    ceilings=(plan.ceiling(550),),
    actions=(plan.action(),),
    on=ON,
)
CLOSE = plan_year.ClosePlanYear(on=date(YEAR + 1, 1, 20))
JOIN = board_membership.JoinBoard(company_id=COMPANY_ID, adhesion_on=ON, on=ON)
PRESENT = presentation.PresentAnnualResults(
    year=YEAR, snapshot_id=SNAPSHOT_ID, snapshot_hash=HASH, comune="037006", kind=PresentationKind.BOTH, on=ON
)
START = study.StartStudy(protocol_id=PROTOCOL_ID, on=ON)
CONCLUDE = study.ConcludeStudy(
    outcome=StudyOutcome.FORM_PROPOSED, option=LegalForm.FOUNDATION, document_id=DOCUMENT_ID, on=ON
)
RECORDS = tuple(
    (registers.RecordEntry(entry_id=ENTRY_ID, fact=kind.fact(**{**kind.example, "on": ON})),) for kind in KINDS
)


def of_the_plan(command: Any) -> Any:
    """The Tavolo took the decision that each command needs."""
    amends = isinstance(command, plan_year.AmendWorkPlan)
    meeting = plan.HELD_IN_FEBRUARY
    if amends:
        meeting = replace(meeting, subject=plan.HELD_IN_JUNE.subject)
    return plan.plan_circumstances(today=date(YEAR + 1, 2, 28), meeting=meeting)


AGGREGATES = [
    Answering(
        plan_year.PLAN_YEAR,
        plan_year.PlanYear,
        get_args(plan_year.PlanYearCommand),
        of_the_plan,
        (
            (),
            (COMMIT,),
            (COMMIT, DRAFT),
            (COMMIT, DRAFT, REJECT),
            (COMMIT, DRAFT, APPROVE),
            (COMMIT, DRAFT, APPROVE, LOWER),
            (COMMIT, DRAFT, APPROVE, CLOSE),
        ),
    ),
    Answering(
        board_membership.BOARD_MEMBERSHIP,
        board_membership.BoardMembership,
        get_args(board_membership.BoardCommand),
        lambda _: plan.board_circumstances(ceded=ON),
        (
            (),
            (JOIN,),
            (JOIN, board_membership.LeaveBoard(on=date(YEAR, 5, 1))),
            (JOIN, board_membership.CedeMembership(into=OTHER_COMPANY, on=date(YEAR, 5, 1))),
        ),
    ),
    Answering(
        presentation.ANNUAL_PRESENTATION,
        presentation.AnnualPresentation,
        get_args(presentation.PresentationCommand),
        lambda _: plan.presentation_circumstances(),
        ((), (presentation.NotePresentationOverdue(year=YEAR, on=date(YEAR + 1, 1, 1)),), (PRESENT,)),
    ),
    Answering(
        study.STUDY,
        study.Study,
        get_args(study.StudyCommand),
        lambda _: plan.study_circumstances(),
        (
            (),
            (study.NoteStudyOverdue(protocol_id=PROTOCOL_ID, on=ON),),
            (START,),
            (START, CONCLUDE),
        ),
    ),
    Answering(
        registers.REGISTER_ENTRY,
        registers.RegisterEntry,
        get_args(registers.RegisterCommand),
        lambda _: plan.register_circumstances(today=date(2024, 12, 31)),
        ((), *RECORDS, (*RECORDS[0], registers.VoidEntry(voids=FIRST_EVENT, on=ON))),
    ),
]
each_aggregate = pytest.mark.parametrize("aggregate", AGGREGATES, ids=[each.decider.name for each in AGGREGATES])


@each_aggregate
def test_the_histories_reach_every_status(aggregate: Answering) -> None:
    aggregate.reaches_every_status()


@each_aggregate
def test_every_state_answers_every_command(aggregate: Answering) -> None:
    aggregate.answers_every_command(DRAWING, 150)


@each_aggregate
def test_every_status_answers_each_kind_of_command(aggregate: Answering) -> None:
    aggregate.answers_each_kind(DRAWING, 12)


@pytest.mark.invariant("I3", "property")
def test_no_sequence_of_commands_lets_an_approved_plan_spend_more_than_is_committed() -> None:
    """I3 of the governance: ceilings by source never exceed the commitments, whatever is sent and in which order."""
    plans = AGGREGATES[0]
    commands = st.one_of([DRAWING.command(kind) for kind in plans.commands])

    @settings(max_examples=200, deadline=None, derandomize=True)
    @given(st.sampled_from(plans.histories), st.lists(commands, min_size=1, max_size=15))
    def run(history: Sequence[Command], sequence: list[Command]) -> None:
        state = plans.after(history)
        for command in sequence:
            decision = plans.decider.decide(command, state, plans.circumstances(command))
            if not isinstance(decision, Refused):
                state = plans.decider.fold(decision, state)
            work = getattr(state, "work", None)
            if work is not None:
                for source, planned in work.plan.planned().items():
                    assert planned <= sum(a for (_, of), a in state.books.committed.items() if of == source)

    run()
