"""What the events of a case make of it: the states of the funnel, its interviews, its reopenings."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from insieme_events.contracts import ERASED, intake
from insieme_events.contracts.vocabulary import ChannelClass, CitizenshipClass, FragilityBand, Gender, Isced
from insieme_reporting.v1.facts.case import CaseVersion
from insieme_reporting.v1.facts.interview import InterviewVersion
from insieme_reporting.v1.facts.reopening import ReopeningVersion

IDS = {"case_id": uuid4(), "person_id": uuid4()}
STAFF, AGREEMENT = uuid4(), "2017.1"
MARCH, APRIL, MAY, JUNE = (date(2019, month, 4) for month in (3, 4, 5, 6))


def applied(on: date = MARCH) -> intake.ApplicationSubmitted:
    return intake.ApplicationSubmitted(**IDS, occurred_on=on, channel_class=ChannelClass.SELF)


def enrolled(on: date = MARCH) -> intake.PersonEnrolled:
    return intake.PersonEnrolled(
        **IDS, occurred_on=on, channel_class=ChannelClass.THIRD_SECTOR, agreement_version=AGREEMENT
    )


def characteristics(gender: Any = Gender.FEMALE, comune: Any = "037006") -> intake.EntryCharacteristicsRecorded:
    return intake.EntryCharacteristicsRecorded(
        **IDS,
        occurred_on=MARCH,
        gender=gender,
        birth_month="1980-05",
        citizenship=CitizenshipClass.EU,
        isced=Isced.MASTER,
        comune=comune,
    )


def held(
    on: date, kind: intake.InterviewKind = intake.InterviewKind.ACCESS, interview_id: UUID | None = None
) -> intake.InterviewHeld:
    return intake.InterviewHeld(
        **IDS, occurred_on=on, interview_id=interview_id or uuid4(), kind=kind, interviewer_id=STAFF
    )


def judged(outcome: intake.SuitabilityOutcome, on: date) -> intake.SuitabilityAssessed:
    return intake.SuitabilityAssessed(**IDS, occurred_on=on, outcome=outcome, assessor_id=STAFF)


def taken_in_charge(on: date) -> intake.PersonTakenInCharge:
    return intake.PersonTakenInCharge(
        **IDS, occurred_on=on, referent_id=STAFF, eligible_on=on, plan_due_on=on, agreement_version=AGREEMENT
    )


def reopened(on: date) -> intake.CaseReopened:
    return intake.CaseReopened(
        **IDS, occurred_on=on, reason=intake.ReopeningReason.LOST_WORK, agreement_version=AGREEMENT
    )


def closed(on: date) -> intake.CaseClosed:
    return intake.CaseClosed(**IDS, occurred_on=on, exit_state=intake.ExitState.STABLE_WORK)


def test_each_event_that_changes_the_case_makes_one_version(versions: Any) -> None:
    rows = versions(CaseVersion, applied(), characteristics(), enrolled(), held(APRIL), taken_in_charge(MAY))
    assert [row.enrolled_on for row in rows] == [None, None, MARCH, MARCH, MARCH]
    assert [row.taken_in_charge_on for row in rows] == [None, None, None, None, MAY]


def test_an_event_that_changes_nothing_of_the_fact_makes_no_version(versions: Any) -> None:
    scored = intake.FragilityAssessed(**IDS, occurred_on=APRIL, band=FragilityBand.HIGH, instrument_version="2019.1")
    assert len(versions(CaseVersion, applied(), scored)) == 1
    assert versions(CaseVersion, scored) == []


def test_the_characteristics_are_columns_and_a_correction_changes_them(latest: Any) -> None:
    (case,) = latest(CaseVersion, characteristics(), characteristics(Gender.NON_BINARY, "037032"))
    assert (case.gender, case.comune) == ("non_binary", "037032")
    assert (case.birth_month, case.citizenship, case.isced) == ("1980-05", "eu", "7")


def test_an_erased_characteristic_reads_unknown_and_one_never_recorded_stays_empty(latest: Any) -> None:
    (case,) = latest(CaseVersion, characteristics(gender=ERASED))
    assert case.gender == "unknown"
    (case,) = latest(CaseVersion, applied())
    assert case.gender is None


def test_characteristics_make_a_version_even_where_they_change_nothing(versions: Any) -> None:
    """Without the key nobody can see whether they did, and a rebuild must make the same rows."""
    assert len(versions(CaseVersion, characteristics(), characteristics())) == 2


def test_a_state_keeps_its_earliest_day_when_an_earlier_one_is_recorded_late(latest: Any) -> None:
    in_target = intake.SuitabilityOutcome.IN_TARGET
    (case,) = latest(CaseVersion, held(MAY), judged(in_target, JUNE), held(APRIL), judged(in_target, MAY), held(JUNE))
    assert (case.interviewed_on, case.in_target_on) == (APRIL, MAY)


def test_only_an_access_interview_makes_interviewed_and_only_in_target_makes_in_target(latest: Any) -> None:
    (case,) = latest(
        CaseVersion,
        applied(),
        held(APRIL, intake.InterviewKind.FOLLOW_UP),
        judged(intake.SuitabilityOutcome.OUT_OF_TARGET, MAY),
    )
    assert (case.interviewed_on, case.in_target_on) == (None, None)


def test_a_voided_enrolment_marks_the_case_and_a_new_one_lifts_the_mark(latest: Any) -> None:
    voided = intake.EnrolmentVoided(**IDS, occurred_on=APRIL, voids=uuid4(), reason=intake.VoidReason.WRONG_DATA)
    (case,) = latest(CaseVersion, enrolled(), voided)
    assert case.voided
    (case,) = latest(CaseVersion, enrolled(), voided, enrolled(MAY))
    assert (case.voided, case.enrolled_on) == (False, MAY)


def test_a_reopened_case_is_open_again_and_keeps_its_first_days(latest: Any) -> None:
    events = (enrolled(), taken_in_charge(APRIL), closed(MAY))
    (case,) = latest(CaseVersion, *events)
    assert (case.closed_on, case.exit_state) == (MAY, "stable_work")
    (case,) = latest(CaseVersion, *events, reopened(JUNE), taken_in_charge(JUNE))
    assert (case.closed_on, case.exit_state, case.taken_in_charge_on) == (None, None, APRIL)


def test_reopenings_are_counted_one_by_one(versions: Any) -> None:
    rows = versions(ReopeningVersion, enrolled(), closed(APRIL), reopened(MAY), closed(MAY), reopened(JUNE))
    assert [(row.reopening_no, row.reopened_on, row.reason) for row in rows] == [
        (1, MAY, "lost_work"),
        (2, JUNE, "lost_work"),
    ]


def test_an_interview_is_scheduled_missed_and_held(versions: Any) -> None:
    interview_id = uuid4()
    about: dict[str, Any] = {"interview_id": interview_id, "kind": intake.InterviewKind.ACCESS}
    rows = versions(
        InterviewVersion,
        intake.InterviewScheduled(**IDS, **about, occurred_on=MARCH, scheduled_for=APRIL),
        intake.InterviewMissed(**IDS, **about, occurred_on=APRIL),
        held(MAY, interview_id=interview_id),
        taken_in_charge(JUNE),
    )
    assert [(row.scheduled_for, row.missed_on, row.held_on) for row in rows] == [
        (APRIL, None, None),
        (APRIL, APRIL, None),
        (APRIL, APRIL, MAY),
    ]


def test_each_interview_is_a_fact_of_its_own(latest: Any) -> None:
    assert len(latest(InterviewVersion, held(APRIL), held(MAY))) == 2
