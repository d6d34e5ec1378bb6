"""Following a person: the work before, the clock of the plan, the group, family support, merged cases, operations."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from insieme_events.contracts.intake import (
    CaseResumed,
    FollowUpOutcome,
    JobLossCause,
    JobLossRecorded,
    PlanAgreed,
    ReadyFor,
)
from insieme_events.contracts.intake_following import (
    CaseMerged,
    CaseUnmerged,
    FamilySupportKind,
    FamilySupportOffered,
    FamilySupportStarted,
    FollowUpGroupJoined,
    FollowUpGroupLeft,
    ParticipationClosed,
    ParticipationFollowUpDue,
    ParticipationFollowUpRecorded,
    ParticipationOpened,
    PlanOverdue,
    PreviousStatus,
    WorkHistoryRecorded,
)
from insieme_events.contracts.vocabulary import AtecoVersion, Strand
from insieme_events.decider import Refused
from insieme_events.testing import scenario
from insieme_intake.case import CASE, commands
from insieme_intake.case.states import InCharge
from insieme_intake.circumstances import PersonFound
from insieme_intake.follow_ups import Recorded
from insieme_intake.participation import (
    PARTICIPATION,
    CloseParticipation,
    EraseParticipation,
    NoteParticipationFollowUpDue,
    OpenParticipation,
    RecordParticipationFollowUp,
    participation_id,
)
from insieme_intake.testing import (
    CASE_ID,
    OFFICER,
    PERSON,
    PLAN_DUE,
    REFERENT,
    TAKEN,
    applied,
    circumstances,
    closed,
    enrolled,
    erasure,
    in_charge,
    interviewed,
    of_case,
    suspended,
)

given = scenario(CASE, circumstances())
DAY, LATER = date(2021, 6, 1), date(2021, 7, 1)
SUPPORT, OTHER_CASE = UUID(int=400), UUID(int=401)


@pytest.mark.clause("P06")
def test_cause_and_month_of_the_job_loss_are_recorded() -> None:
    lost = commands.RecordJobLoss(cause=JobLossCause.PANDEMIC, month="2020-05", on=DAY)
    given(*enrolled()).when(lost).then(of_case(JobLossRecorded, DAY, cause=JobLossCause.PANDEMIC, month="2020-05"))
    future = lost.model_copy(update={"month": "2021-07"})
    given(*enrolled()).when(future).then_refused("intake.job_loss_month", clause="P06")
    no_month = lost.model_copy(update={"month": None})
    given(*enrolled()).when(no_month).then_refused("intake.job_loss_month_missing", clause="P06")
    never = commands.RecordJobLoss(cause=JobLossCause.NEVER_WORKED, month=None, on=DAY)
    given(*enrolled()).when(never).then_types(JobLossRecorded)


@pytest.mark.clause("P07", "P08")
def test_sector_and_previous_status_are_recorded() -> None:
    work = commands.RecordWorkHistory(
        ateco_version=AtecoVersion.ATECO_2007, section="I", previous_status=PreviousStatus.SELF_EMPLOYED, on=DAY
    )
    expected = of_case(
        WorkHistoryRecorded,
        DAY,
        ateco_version=AtecoVersion.ATECO_2007,
        section="I",
        previous_status=PreviousStatus.SELF_EMPLOYED,
    )
    given(*enrolled()).when(work).then(expected)
    nowhere = work.model_copy(update={"section": None})
    given(*enrolled()).when(nowhere).then_refused("intake.work_history", clause="P07")
    given(*enrolled(), erasure()).when(work).then_refused("intake.erased")


@pytest.mark.clause("P24")
@pytest.mark.invariant("I9", "command")
def test_a_plan_that_is_late_is_noted_once() -> None:
    late = commands.NotePlanOverdue(on=PLAN_DUE + timedelta(days=1))
    overdue = of_case(PlanOverdue, late.on, due_on=PLAN_DUE)
    given(*in_charge()).when(late).then(overdue)
    given(*suspended()).when(late).then(overdue)
    given(*in_charge(), overdue).when(late).then_nothing()
    given(*in_charge()).when(commands.NotePlanOverdue(on=PLAN_DUE)).then_refused("intake.plan_not_due", clause="P24")
    agreed = of_case(PlanAgreed, TAKEN, plan_version=1, ready_for=ReadyFor.TRAINING)
    given(*in_charge(), agreed).when(late).then_nothing()


@pytest.mark.clause("P24")
@pytest.mark.invariant("I9", "property")
def test_whoever_is_in_charge_has_a_referent_and_a_plan_or_the_lateness_is_on_record() -> None:
    """Whatever is done with a case in charge: on any later day the clock finds either a plan or that it is late."""
    anything = st.lists(
        st.sampled_from(
            [
                commands.AssignReferent(referent_id=OFFICER, on=DAY),
                commands.AgreePlan(ready_for=ReadyFor.TRAINING, on=DAY),
                commands.AddToFollowUpGroup(operator_id=OFFICER, on=DAY),
                commands.SuspendCase(reason="unavailable", on=DAY),
                commands.ResumeCase(on=DAY),
            ]
        ),
        max_size=6,
    )
    seen: set[bool] = set()

    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    @for_all(anything, st.integers(1, 200))
    def run(between: list[Any], days: int) -> None:
        state = CASE.fold(in_charge())
        clock = commands.NotePlanOverdue(on=PLAN_DUE + timedelta(days=days))
        for command in (*between, clock):
            decision = CASE.decide(command, state, circumstances())
            if not isinstance(decision, Refused):
                state = CASE.fold(decision, state)
        assert hasattr(state, "charge")
        assert state.charge.referent_id in (REFERENT, OFFICER)
        assert (state.charge.plan_version > 0) is not state.charge.overdue
        seen.add(state.charge.overdue)

    run()
    assert seen == {True, False}


@pytest.mark.clause("P24")
def test_the_group_follows_and_never_changes_who_is_responsible() -> None:
    join = commands.AddToFollowUpGroup(operator_id=OFFICER, on=DAY)
    joined = of_case(FollowUpGroupJoined, DAY, operator_id=OFFICER)
    given(*in_charge()).when(join).then(joined)
    given(*in_charge(), joined).when(join).then_nothing()
    state = CASE.fold((*in_charge(), joined))
    assert isinstance(state, InCharge)
    assert (state.charge.referent_id, state.file.group) == (REFERENT, frozenset({OFFICER}))
    leave = commands.LeaveFollowUpGroup(operator_id=OFFICER, on=LATER)
    given(*in_charge(), joined).when(leave).then(of_case(FollowUpGroupLeft, LATER, operator_id=OFFICER))
    given(*in_charge()).when(leave).then_nothing()
    given(*closed()).when(join).then_refused("intake.case_closed")


@pytest.mark.clause("P75", "P30")
@pytest.mark.invariant("I10", "command")
def test_family_support_is_offered_and_taken_up_under_strand_0() -> None:
    offer = commands.OfferFamilySupport(support_id=SUPPORT, kind=FamilySupportKind.CHILDCARE, on=DAY)
    values = {"support_id": SUPPORT, "kind": FamilySupportKind.CHILDCARE, "strand": Strand.TRANSVERSAL}
    offered, started = of_case(FamilySupportOffered, DAY, **values), of_case(FamilySupportStarted, LATER, **values)
    start = commands.StartFamilySupport(support_id=SUPPORT, on=LATER)
    given(*in_charge()).when(offer).then(offered)
    given(*in_charge(), offered).when(offer).then_nothing()
    other = offer.model_copy(update={"kind": FamilySupportKind.CARE})
    given(*in_charge(), offered).when(other).then_refused("intake.support_exists", clause="P75")
    given(*in_charge(), offered).when(start).then(started)
    given(*in_charge(), offered, started).when(start).then_nothing()
    given(*in_charge()).when(start).then_refused("intake.support_unknown", clause="P75")
    early = start.model_copy(update={"on": TAKEN})
    given(*in_charge(), offered).when(early).then_refused("intake.date_too_early")
    given(*in_charge(), erasure()).when(offer.model_copy(update={"on": date(2021, 11, 1)})).then_refused(
        "intake.erased"
    )


@pytest.mark.clause("P25")
@pytest.mark.invariant("I8", "command")
@pytest.mark.parametrize(
    "history",
    [applied(), enrolled(), interviewed(), in_charge(), suspended()],
    ids=["applied", "enrolled", "interviewed", "in charge", "suspended"],
)
def test_an_open_case_is_merged_into_another_and_stands_again_where_it_stood(history: tuple[Any, ...]) -> None:
    merge = commands.MergeCase(into_case_id=OTHER_CASE, on=DAY)
    merged = of_case(CaseMerged, DAY, into_case_id=OTHER_CASE)
    given(*history).when(merge).then(merged)
    given(*history, merged).when(merge).then_nothing()
    refused = given(*history, merged).when(commands.ResumeCase(on=LATER)).then_refused("intake.case_merged", "P25")
    assert str(OTHER_CASE) in refused.sentence
    unmerged = of_case(CaseUnmerged, LATER)
    given(*history, merged).when(commands.UnmergeCase(on=LATER)).then(unmerged)
    assert CASE.fold((*history, merged, unmerged)) == CASE.fold(history)


@pytest.mark.clause("P25")
def test_a_case_that_is_over_is_not_merged() -> None:
    given(*closed()).when(commands.MergeCase(into_case_id=OTHER_CASE, on=date(2021, 10, 1))).then_refused(
        "intake.case_closed"
    )


def test_while_the_use_is_restricted_only_putting_right_and_taking_back_are_done() -> None:
    restricted = given(*suspended()).under(circumstances(restricted_on=DAY))
    restricted.when(commands.ResumeCase(on=LATER)).then_refused("intake.restricted")
    restricted.when(commands.EraseFields(on=LATER)).then_types(type(erasure()))
    given(*suspended()).when(commands.ResumeCase(on=LATER)).then(of_case(CaseResumed, LATER))


OPEN = OpenParticipation(person_id=PERSON, case_id=CASE_ID, operation="po.1", on=DAY)
RECORD = {
    "participation_id": participation_id(PERSON, "po.1"),
    "person_id": PERSON,
    "case_id": CASE_ID,
    "operation": "po.1",
}
OPENED = ParticipationOpened(**RECORD, occurred_on=DAY)


@pytest.mark.clause("P18")
def test_a_person_takes_part_in_an_operation_once() -> None:
    taking_part = scenario(PARTICIPATION, circumstances())
    taking_part().when(OPEN).then(OPENED)
    taking_part(OPENED).when(OPEN).then_nothing()
    taking_part(OPENED).when(OPEN.model_copy(update={"on": LATER})).then_refused("intake.participates_already")
    over = ParticipationClosed(**RECORD, occurred_on=LATER)
    taking_part(OPENED).when(CloseParticipation(on=LATER)).then(over)
    taking_part(OPENED, over).when(CloseParticipation(on=LATER)).then_nothing()
    taking_part(OPENED, over).when(OPEN).then_refused("intake.participation_over", clause="P18")
    taking_part().when(CloseParticipation(on=LATER)).then_refused("intake.participation_unknown")
    assert participation_id(PERSON, "po.2") != RECORD["participation_id"]


@pytest.mark.clause("P18")
def test_a_participation_needs_a_person_and_a_case_of_theirs() -> None:
    taking_part = scenario(PARTICIPATION, circumstances())
    for changes, code in (
        ({"person": None}, "intake.person_unknown"),
        ({"person": PersonFound(erased=True)}, "intake.erased"),
        ({"person": PersonFound(restricted_on=DAY)}, "intake.restricted"),
        ({"person_of_case": OFFICER}, "intake.case_of_another"),
    ):
        taking_part().under(circumstances(**changes)).when(OPEN).then_refused(code)


@pytest.mark.clause("P18")
def test_after_an_operation_it_is_asked_what_became_of_the_person() -> None:
    """Left on 1 July 2021: four weeks are over on 29 July, six months on 1 January."""
    told = circumstances(today=date(2022, 12, 31))
    over = ParticipationClosed(**RECORD, occurred_on=LATER)
    at_exit = NoteParticipationFollowUpDue(months=0, on=date(2021, 7, 29))
    later = NoteParticipationFollowUpDue(months=6, on=date(2022, 1, 1))
    first = ParticipationFollowUpDue(**RECORD, occurred_on=at_exit.on, left_on=LATER, months_after_exit=0)
    second = ParticipationFollowUpDue(**RECORD, occurred_on=later.on, left_on=LATER, months_after_exit=6)
    left = scenario(PARTICIPATION, told)(OPENED, over)
    left.when(at_exit).then(first)
    left.when(later).then(second)
    left.when(at_exit.model_copy(update={"on": date(2021, 7, 28)})).then_refused("intake.follow_up_not_due", "P18")
    both = scenario(PARTICIPATION, told)(OPENED, over, first, second)
    both.when(at_exit).then_nothing()
    both.when(later).then_nothing()
    scenario(PARTICIPATION, told)(OPENED).when(at_exit).then_refused("intake.participation_goes_on", "P18")
    scenario(PARTICIPATION, told)().when(at_exit).then_refused("intake.participation_unknown", "P18")
    for found in (
        circumstances(follow_ups=(Recorded(date(2021, 7, 20), 0),)),
        circumstances(person=PersonFound(erased=True)),
    ):
        left.under(found).when(at_exit).then_nothing()
    before = circumstances(follow_ups=(Recorded(date(2021, 6, 30), 0),))
    left.under(before).when(at_exit).then(first)
    for found, code in (
        (circumstances(person=None), "intake.person_unknown"),
        (circumstances(person=PersonFound(restricted_on=DAY)), "intake.restricted"),
        (circumstances(every_limits=()), "intake.limits_unknown"),
    ):
        left.under(found).when(at_exit).then_refused(code)


OVER = ParticipationClosed(**RECORD, occurred_on=LATER)
SAY = RecordParticipationFollowUp(months_after_exit=0, outcome=FollowUpOutcome.EMPLOYED, on=date(2021, 7, 20))
left_in_2021 = scenario(PARTICIPATION, circumstances(today=date(2022, 12, 31)))


def said(on: date, months: int, outcome: FollowUpOutcome = FollowUpOutcome.EMPLOYED) -> ParticipationFollowUpRecorded:
    return ParticipationFollowUpRecorded(**RECORD, occurred_on=on, months_after_exit=months, outcome=outcome)


@pytest.mark.clause("P18")
@pytest.mark.parametrize("months", [0, 6, 60])
def test_what_became_of_a_person_is_recorded_with_the_operation_that_they_left(months: int) -> None:
    """On the day of the exit too; and again for the same months: the last answer counts."""
    say = SAY.model_copy(update={"months_after_exit": months})
    left = left_in_2021(OPENED, OVER)
    left.when(say).then(said(SAY.on, months))
    left.when(say.model_copy(update={"on": LATER})).then(said(LATER, months))
    other = say.model_copy(update={"outcome": FollowUpOutcome.SEEKING})
    left_in_2021(OPENED, OVER, said(SAY.on, months)).when(other).then(said(SAY.on, months, FollowUpOutcome.SEEKING))


@pytest.mark.clause("P18")
def test_a_follow_up_of_an_operation_comes_after_its_exit_and_within_five_years() -> None:
    left_in_2021().when(SAY).then_refused("intake.participation_unknown", "P18")
    left_in_2021(OPENED).when(SAY).then_refused("intake.participation_goes_on", "P18")
    left = left_in_2021(OPENED, OVER)
    left.when(SAY.model_copy(update={"on": date(2021, 6, 30)})).then_refused("intake.date_too_early")
    left.when(SAY.model_copy(update={"on": date(2023, 1, 1)})).then_refused("intake.date_in_future")
    for months in (-1, 61):
        left.when(SAY.model_copy(update={"months_after_exit": months})).then_refused("intake.follow_up_months", "P18")


@pytest.mark.clause("P18")
def test_nothing_is_recorded_of_whom_nothing_may_be_said() -> None:
    left = left_in_2021(OPENED, OVER)
    for found, code in (
        (circumstances(person=None), "intake.person_unknown"),
        (circumstances(person=PersonFound(erased=True)), "intake.erased"),
        (circumstances(person=PersonFound(restricted_on=DAY)), "intake.restricted"),
    ):
        left.under(found).when(SAY).then_refused(code)


@pytest.mark.clause("P18")
def test_it_is_not_asked_what_is_recorded_with_the_operation() -> None:
    """Up to the fifth month an answer tells of the exit, from the sixth on of what came after."""
    at_exit = NoteParticipationFollowUpDue(months=0, on=date(2021, 7, 29))
    later = NoteParticipationFollowUpDue(months=6, on=date(2022, 1, 1))
    for months, hushed, asked in ((0, at_exit, later), (5, at_exit, later), (6, later, at_exit), (7, later, at_exit)):
        answered = left_in_2021(OPENED, OVER, said(date(2021, 7, 29), months))
        answered.when(hushed).then_nothing()
        answered.when(asked).then_types(ParticipationFollowUpDue)


@pytest.mark.parametrize("history", [(OPENED,), (OPENED, OVER), (OPENED, OVER, said(SAY.on, 0))])
def test_a_participation_is_marked_once_when_its_person_is_erased(history: tuple[Any, ...]) -> None:
    erase = EraseParticipation(on=date(2021, 10, 1))
    left_in_2021(*history).when(erase).then(erasure())
    left_in_2021(*history, erasure()).when(erase).then_nothing()
    left_in_2021().when(erase).then_refused("intake.participation_unknown", "P18")


def test_a_person_who_is_erased_leaves_the_operation_all_the_same() -> None:
    close = CloseParticipation(on=date(2021, 11, 1))
    left_in_2021(OPENED, erasure()).when(close).then(OVER.model_copy(update={"occurred_on": close.on}))
