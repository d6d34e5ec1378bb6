"""After the erasure of its person a case takes no sealed value any more and decides nothing that needs one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from insieme_events.contracts import ERASED, DomainEvent
from insieme_events.contracts.intake import (
    AddressBasis,
    ApplicationWithdrawn,
    AutonomyLevel,
    CaseClosed,
    EmploymentStatus,
    ExitState,
    FollowUpOutcome,
    PersonTakenInCharge,
    RejectionReason,
    SealedFieldsErased,
    StatusEvidence,
)
from insieme_events.contracts.vocabulary import CitizenshipClass, FragilityBand, Gender, Isced
from insieme_events.testing import scenario
from insieme_intake.case import CASE
from insieme_intake.case.commands import (
    AssessAutonomy,
    AssessEligibility,
    AssessFragility,
    CaseCommand,
    CloseCase,
    CorrectCharacteristics,
    DeclareOtherMeasure,
    Enrol,
    EraseFields,
    RecordEmploymentStatus,
    RecordFollowUp,
    RecordResidence,
    RejectApplication,
    TakeInCharge,
    WithdrawApplication,
)
from insieme_intake.case.states import NoCase
from insieme_intake.testing import (
    BOLOGNA,
    CHARACTERISTICS,
    RECEIVED,
    REFERENT,
    TAKEN,
    applied,
    assessable,
    circumstances,
    closed,
    eligible,
    enrolled,
    erasure,
    in_charge,
    interviewed,
    suspended,
    voiding,
)

given = scenario(CASE, circumstances())
ON = date(2021, 10, 1)
ERASE = EraseFields(on=ON)
EVERYWHERE = [
    applied(),
    enrolled(),
    interviewed(),
    in_charge(),
    suspended(),
    closed(),
    (*enrolled(), voiding()),
]
SEALING: list[tuple[Sequence[DomainEvent], CaseCommand]] = [
    (
        enrolled(),
        RecordEmploymentStatus(on=ON, status=EmploymentStatus.DISOCCUPATO, evidence=StatusEvidence.DID, evidence_on=ON),
    ),
    (enrolled(), RecordResidence(on=ON, comune=BOLOGNA, basis=AddressBasis.RESIDENCE)),
    (enrolled(), DeclareOtherMeasure(on=ON, kind=None)),
    (interviewed(), AssessFragility(on=ON, band=FragilityBand.HIGH, instrument_version="isf.2")),
    (interviewed(), AssessAutonomy(on=ON, level=AutonomyLevel.PARTIAL)),
    (
        enrolled(),
        CorrectCharacteristics(
            on=ON,
            corrects=CHARACTERISTICS,
            gender=Gender.MALE,
            birth_month="1980-01",
            citizenship=CitizenshipClass.ITALIAN,
            isced=Isced.PRIMARY,
            comune=BOLOGNA,
        ),
    ),
    (closed(), RecordFollowUp(on=ON, months_after_exit=1, outcome=FollowUpOutcome.EMPLOYED)),
]
NEEDING: list[tuple[Sequence[DomainEvent], CaseCommand]] = [
    (applied(), Enrol(on=RECEIVED)),
    (applied(), RejectApplication(on=ON, reason=RejectionReason.NOT_UNEMPLOYED)),
    (assessable(), AssessEligibility(on=ON)),
]


@pytest.mark.parametrize("history", EVERYWHERE)
def test_a_case_is_marked_wherever_it_stands_and_stays_there(history: Sequence[DomainEvent]) -> None:
    given(*history).when(ERASE).then(erasure(ON))
    given(*history, erasure(ON)).when(ERASE).then_nothing()
    assert type(CASE.fold((*history, erasure(ON)))) is type(CASE.fold(history))


def test_no_case_is_marked_that_is_none_or_before_it_began() -> None:
    given().when(ERASE).then_refused("intake.case_unknown")
    given(*applied()).when(EraseFields(on=date(2021, 3, 31))).then_refused("intake.date_too_early")


@pytest.mark.parametrize(("history", "command"), [*SEALING, *NEEDING], ids=lambda value: type(value).__name__)
def test_nothing_is_sealed_or_decided_that_needs_the_person(
    history: Sequence[DomainEvent], command: CaseCommand
) -> None:
    given(*history, erasure()).when(command).then_refused("intake.erased")


@pytest.mark.parametrize(("history", "command"), SEALING, ids=lambda value: type(value).__name__)
def test_before_the_erasure_each_of_them_seals_something(history: Sequence[DomainEvent], command: CaseCommand) -> None:
    """Against vacuity: the commands above are those that write a sealed field."""
    decision = given(*history).when(command).decision
    assert any(event.sealed_fields() for event in decision)  # type: ignore[union-attr]


def test_what_needs_no_sealed_value_goes_on() -> None:
    given(*applied(), erasure()).when(WithdrawApplication(on=ON)).then_types(ApplicationWithdrawn)
    given(*in_charge(), erasure()).when(CloseCase(on=ON, exit_state=ExitState.OTHER)).then_types(CaseClosed)
    given(*eligible(), erasure()).when(TakeInCharge(on=TAKEN, referent_id=REFERENT)).then_types(PersonTakenInCharge)


def test_the_file_is_read_as_after_the_key_is_gone() -> None:
    """Folded with opened values and the marker, or with what a replay without the key opens: the same file."""
    opened = [*assessable(), erasure()]
    blank = [event.model_copy(update=dict.fromkeys(event.sealed_fields(), ERASED)) for event in opened]
    assert CASE.fold(opened) == CASE.fold(blank)
    state = CASE.fold(opened)
    assert not isinstance(state, NoCase)
    assert {status.status for status in state.file.statuses} == {ERASED}


def test_a_replay_without_marker_and_key_decides_nothing_either() -> None:
    """Between the destroyed key and the marker, as a restore may leave it."""
    for history, command in ((assessable(), AssessEligibility(on=ON)), (applied(), Enrol(on=RECEIVED))):
        blank = [event.model_copy(update=dict.fromkeys(event.sealed_fields(), ERASED)) for event in history]
        given(*blank).when(command).then_refused("intake.erased")


def test_the_marker_names_the_person() -> None:
    (marker,) = given(*enrolled()).when(ERASE).then_types(SealedFieldsErased)
    assert marker == erasure(ON)
