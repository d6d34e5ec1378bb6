"""Admission: an application is recorded as it is declared and enrols only who meets every condition of I7a."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from insieme_events.contracts.intake import (
    ApplicationRejected,
    ApplicationWithdrawn,
    EmploymentStatus,
    EmploymentStatusRecorded,
    MeasureKind,
    OtherMeasureDeclared,
    PersonEnrolled,
    RejectionReason,
)
from insieme_events.contracts.vocabulary import ChannelClass
from insieme_events.decider import RefusalKind
from insieme_events.testing import scenario
from insieme_intake.case import CASE
from insieme_intake.case.commands import (
    Enrol,
    OtherMeasureAnswer,
    RejectApplication,
    WithdrawApplication,
)
from insieme_intake.testing import (
    BAZZANO,
    BEFORE_ANY_TERM,
    CASE_ID,
    IMOLA,
    MODENA,
    PERSON,
    RECEIVED,
    VALSAMOGGIA,
    applied,
    circumstances,
    enrolled,
    enrolment,
    lives,
    measure,
    of_case,
    status,
    submit,
    submitted,
)

given = scenario(CASE, circumstances())
ENROL = Enrol(on=RECEIVED)
LATER = date(2021, 4, 6)
REJECTED = of_case(ApplicationRejected, LATER, reason=RejectionReason.NOT_UNEMPLOYED)
WITHDRAWN = of_case(ApplicationWithdrawn, LATER)


def reject(reason: RejectionReason, on: date = LATER) -> RejectApplication:
    return RejectApplication(on=on, reason=reason)


def test_an_application_is_recorded_with_all_that_the_person_declares() -> None:
    given().when(submit()).then(*applied())


@pytest.mark.clause("P10")
def test_a_question_that_was_not_answered_is_no_answer() -> None:
    decided = given().when(submit(other_measure=None)).decision
    assert OtherMeasureDeclared not in {type(event) for event in decided}  # type: ignore[union-attr]


def test_who_is_not_admissible_is_recorded_too() -> None:
    employed = submit(status=EmploymentStatus.EMPLOYED, other_measure=OtherMeasureAnswer(kind=MeasureKind.GOL))
    decided = given().when(employed).then_types(*(type(event) for event in applied()))
    assert decided[1] == status(EmploymentStatus.EMPLOYED)
    given().when(submit(comune=MODENA, quartiere=None)).then_types(*(type(event) for event in applied()))


def test_without_the_notice_nothing_is_written_down() -> None:
    given().when(submit(notice_version=None)).then_refused("intake.notice_missing")


@pytest.mark.parametrize("comune", ["999999", "000001", "037999", "120001"])
@pytest.mark.clause("P29")
def test_a_code_that_is_no_comune_is_refused(comune: str) -> None:
    given().when(submit(comune=comune)).then_refused("intake.comune_unknown", clause="P29")


def test_a_comune_that_ceased_is_refused_and_its_successor_named() -> None:
    refusal = given().when(submit(comune=BAZZANO)).then_refused("intake.comune_ceased", clause="P29")
    assert VALSAMOGGIA in refusal.sentence


@pytest.mark.clause("P17", "P29")
def test_only_bologna_has_quartieri() -> None:
    given().when(submit(comune=IMOLA)).then_refused("intake.quartiere_elsewhere", clause="P29")
    given().when(submit(comune=IMOLA, quartiere=None)).then_types(*(type(event) for event in applied()))


def test_nobody_is_born_after_applying() -> None:
    given().when(submit(birth_month="2021-05")).then_refused("intake.birth_date", clause="P25")
    given().when(submit(birth_month="2021-04")).then_types(*(type(event) for event in applied()))


def test_evidence_is_not_later_than_what_it_proves() -> None:
    given().when(submit(evidence_on=date(2021, 4, 2))).then_refused("intake.evidence_later", clause="P27")
    decided = given().when(submit(evidence_on=date(2021, 3, 2))).then_types(*(type(event) for event in applied()))
    assert isinstance(decided[1], EmploymentStatusRecorded)
    assert decided[1].evidence_on == date(2021, 3, 2)


def test_an_id_is_one_case() -> None:
    given(*applied()).when(submit()).then_refused("intake.case_exists", clause="P25")


@pytest.mark.clause("P10", "P27", "P29")
@pytest.mark.invariant("I7", "command")
def test_who_meets_every_condition_is_enrolled_on_the_day_of_receipt() -> None:
    given(*applied()).when(ENROL).then(enrolment())
    given(*enrolled()).when(ENROL).then_nothing()


def test_an_enrolment_bears_no_other_day_than_that_of_the_receipt() -> None:
    for history in (applied(),):
        refusal = given(*history).when(Enrol(on=LATER)).then_refused("intake.not_receipt_day")
        assert str(RECEIVED) in refusal.sentence
    given(*enrolled()).when(Enrol(on=LATER)).then_refused("intake.already_enrolled", clause="P24")


@pytest.mark.parametrize(
    "declared",
    [EmploymentStatus.INOCCUPATO, EmploymentStatus.DISOCCUPATO, EmploymentStatus.EMPLOYED_BELOW_THRESHOLD],
)
@pytest.mark.clause("P27")
@pytest.mark.invariant("I7", "command")
def test_the_programme_is_for_those_without_work(declared: EmploymentStatus) -> None:
    given(submitted(), status(declared), lives(), measure()).when(ENROL).then_types(PersonEnrolled)


UNMET = [
    pytest.param((status(EmploymentStatus.EMPLOYED), lives(), measure()), "intake.not_unemployed", "P27", id="P27"),
    pytest.param(
        (status(EmploymentStatus.INACTIVE), lives(), measure()), "intake.not_unemployed", "P27", id="inactive"
    ),
    pytest.param((lives(), measure()), "intake.not_unemployed", "P27", id="no status"),
    pytest.param((status(), lives(MODENA), measure()), "intake.comune_unknown", "P29", id="P29"),
    pytest.param((status(), measure()), "intake.comune_unknown", "P29", id="no comune"),
    pytest.param((status(), lives()), "intake.other_measures_unanswered", "P10", id="P10 unanswered"),
    pytest.param((status(), lives(), measure(MeasureKind.GOL)), "intake.in_other_measure", "P10", id="P10"),
]


@pytest.mark.parametrize(("facts", "code", "clause"), UNMET)
@pytest.mark.clause("P10", "P27", "P29", "P79")
@pytest.mark.invariant("I7", "command")
def test_each_condition_that_is_not_met_is_named(facts: tuple[Any, ...], code: str, clause: str) -> None:
    given(submitted(), *facts).when(ENROL).then_refused(code, clause=clause)


@pytest.mark.clause("P79")
@pytest.mark.invariant("I7", "command")
@pytest.mark.invariant("I11", "command")
def test_nobody_is_enrolled_outside_the_term_of_the_protocol() -> None:
    outside = Enrol(on=BEFORE_ANY_TERM)
    given(*applied(BEFORE_ANY_TERM)).when(outside).then_refused("intake.out_of_term", clause="P79")
    first_day = date(2017, 5, 22)
    (enrolled_on,) = given(*applied(first_day)).when(Enrol(on=first_day)).then_types(PersonEnrolled)
    assert isinstance(enrolled_on, PersonEnrolled)
    assert enrolled_on.agreement_version == "2017.1"


@pytest.mark.clause("P10")
def test_an_agreement_may_admit_who_is_in_another_measure() -> None:
    found = circumstances()
    lenient = tuple(a.model_copy(update={"other_measure_refuses": False}) for a in found.agreements)
    history = (submitted(), status(), lives(), measure(MeasureKind.GOL))
    given(*history).under(circumstances(agreements=lenient)).when(ENROL).then_types(PersonEnrolled)


def test_facts_count_as_of_the_day_of_receipt() -> None:
    """A status that changed later does not undo it, and one recorded again under the same day corrects it."""
    lost = status(EmploymentStatus.EMPLOYED, on=LATER)
    given(*applied(), lost).when(ENROL).then_types(PersonEnrolled)
    corrected = status(EmploymentStatus.EMPLOYED)
    given(*applied(), corrected).when(ENROL).then_refused("intake.not_unemployed")
    answered = (submitted(), status(), lives(), measure(on=LATER))
    given(*answered).when(ENROL).then_refused("intake.other_measures_unanswered")


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ((status(EmploymentStatus.EMPLOYED), lives(), measure()), RejectionReason.NOT_UNEMPLOYED),
        ((status(), lives(MODENA), measure()), RejectionReason.OUTSIDE_TERRITORY),
        ((status(), lives(), measure(MeasureKind.TRAINING)), RejectionReason.OTHER_MEASURE),
    ],
)
@pytest.mark.clause("P24")
def test_an_application_is_rejected_for_a_reason_that_it_shows(facts: tuple[Any, ...], reason: RejectionReason) -> None:
    history = (submitted(), *facts)
    given(*history).when(reject(reason)).then(of_case(ApplicationRejected, LATER, reason=reason))
    for other in set(RejectionReason) - {reason}:
        given(*history).when(reject(other)).then_refused("intake.rejection_unfounded", clause="P24")


def test_of_several_reasons_each_may_be_given() -> None:
    both = (submitted(), status(EmploymentStatus.EMPLOYED), lives(), measure(MeasureKind.GOL))
    for reason in (RejectionReason.NOT_UNEMPLOYED, RejectionReason.OTHER_MEASURE):
        given(*both).when(reject(reason)).then_types(ApplicationRejected)


def test_an_application_outside_the_term_is_rejected_for_that() -> None:
    rejection = reject(RejectionReason.OUT_OF_TERM, on=date(2017, 5, 30))
    given(*applied(BEFORE_ANY_TERM)).when(rejection).then_types(ApplicationRejected)


def test_nobody_is_turned_away_who_meets_every_condition() -> None:
    for reason in RejectionReason:
        given(*applied()).when(reject(reason)).then_refused("intake.rejection_unfounded", clause="P24")


def test_an_application_is_withdrawn_while_it_is_open() -> None:
    given(*applied()).when(WithdrawApplication(on=LATER)).then(WITHDRAWN)
    given(*applied(), WITHDRAWN).when(WithdrawApplication(on=LATER)).then_nothing()
    given(*enrolled()).when(WithdrawApplication(on=LATER)).then_refused("intake.already_enrolled")


def test_what_was_turned_away_goes_no_further() -> None:
    given(*applied(), REJECTED).when(reject(RejectionReason.NOT_UNEMPLOYED)).then_nothing()
    for ended, code in ((REJECTED, "intake.application_rejected"), (WITHDRAWN, "intake.application_withdrawn")):
        given(*applied(), ended).when(ENROL).then_refused(code)


def test_an_answer_does_not_come_before_the_application() -> None:
    early = date(2021, 3, 31)
    for command in (reject(RejectionReason.NOT_UNEMPLOYED, on=early), WithdrawApplication(on=early)):
        given(*applied()).when(command).then_refused("intake.date_too_early")


def test_a_case_that_nobody_opened_is_not_found() -> None:
    for command in (ENROL, reject(RejectionReason.OTHER_MEASURE), WithdrawApplication(on=LATER)):
        assert given().when(command).then_refused("intake.case_unknown").kind is RefusalKind.NOT_FOUND


@pytest.mark.clause("P12")
def test_the_enrolment_carries_the_channel_of_the_application() -> None:
    decided = given().when(submit(channel_class=ChannelClass.THIRD_SECTOR)).decision
    assert not hasattr(decided, "code")
    (event,) = given(*decided).when(ENROL).then_types(PersonEnrolled)
    assert isinstance(event, PersonEnrolled)
    assert (event.case_id, event.person_id, event.channel_class) == (CASE_ID, PERSON, ChannelClass.THIRD_SECTOR)
