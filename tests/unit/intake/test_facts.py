"""Facts are recorded while a case runs: status, residence, measures, fragility, autonomy (P10, P15, P27-P29)."""

from __future__ import annotations

from datetime import date

import pytest

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.intake import (
    AddressBasis,
    AutonomyAssessed,
    AutonomyLevel,
    EmploymentStatus,
    EmploymentStatusRecorded,
    FragilityAssessed,
    MeasureKind,
    OtherMeasureDeclared,
    ResidenceRecorded,
    StatusEvidence,
)
from insieme_events.contracts.vocabulary import FragilityBand, Quartiere
from insieme_events.testing import scenario
from insieme_intake.case import CASE
from insieme_intake.case.commands import (
    AssessAutonomy,
    AssessFragility,
    DeclareOtherMeasure,
    FactCommand,
    RecordEmploymentStatus,
    RecordResidence,
)
from insieme_intake.testing import (
    BAZZANO,
    IMOLA,
    MODENA,
    TOMORROW,
    applied,
    circumstances,
    closed,
    enrolled,
    in_charge,
    interviewed,
    of_case,
    suspended,
    voiding,
)

given = scenario(CASE, circumstances())
DAY = date(2021, 5, 4)
STATUS = RecordEmploymentStatus(
    on=DAY, status=EmploymentStatus.INOCCUPATO, evidence=StatusEvidence.DID, evidence_on=date(2021, 5, 3)
)
MOVE = RecordResidence(on=DAY, comune=IMOLA, basis=AddressBasis.DOMICILE)
MEASURE = DeclareOtherMeasure(on=DAY, kind=MeasureKind.GOL)
BAND = AssessFragility(on=DAY, band=FragilityBand.HIGH, instrument_version="isf.2")
LEVEL = AssessAutonomy(on=DAY, level=AutonomyLevel.PARTIAL)
EVERY: list[tuple[FactCommand, DomainEvent]] = [
    (
        STATUS,
        of_case(
            EmploymentStatusRecorded,
            DAY,
            status=EmploymentStatus.INOCCUPATO,
            evidence=StatusEvidence.DID,
            evidence_on=date(2021, 5, 3),
        ),
    ),
    (MOVE, of_case(ResidenceRecorded, DAY, comune=IMOLA, quartiere=None, basis=AddressBasis.DOMICILE)),
    (MEASURE, of_case(OtherMeasureDeclared, DAY, kind=MeasureKind.GOL)),
    (BAND, of_case(FragilityAssessed, DAY, band=FragilityBand.HIGH, instrument_version="isf.2")),
    (LEVEL, of_case(AutonomyAssessed, DAY, level=AutonomyLevel.PARTIAL)),
]


@pytest.mark.parametrize(("command", "event"), EVERY, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize(
    "history",
    [applied(), enrolled(), interviewed(), in_charge(), suspended()],
    ids=["applied", "enrolled", "interviewed", "in charge", "suspended"],
)
@pytest.mark.clause("P10", "P15", "P27", "P28", "P29")
def test_a_running_case_takes_every_fact(
    history: tuple[DomainEvent, ...], command: FactCommand, event: DomainEvent
) -> None:
    given(*history).when(command).then(event)


@pytest.mark.parametrize("command", [command for command, _ in EVERY], ids=lambda command: type(command).__name__)
def test_a_case_that_does_not_run_takes_none(command: FactCommand) -> None:
    given().when(command).then_refused("intake.case_unknown")
    given(*closed()).when(command).then_refused("intake.case_closed", clause="P24")
    given(*enrolled(), voiding()).when(command).then_refused("intake.enrolment_voided")


@pytest.mark.parametrize("command", [command for command, _ in EVERY], ids=lambda command: type(command).__name__)
def test_no_fact_is_of_the_future(command: FactCommand) -> None:
    given(*enrolled()).when(command.model_copy(update={"on": TOMORROW})).then_refused("intake.date_in_future")


def test_the_same_fact_is_recorded_again_under_its_date_to_correct_it() -> None:
    for command, event in EVERY:
        given(*enrolled(), event).when(command).then(event)


def test_who_moves_out_of_the_territory_is_recorded_where_they_live_now() -> None:
    moved = MOVE.model_copy(update={"comune": MODENA})
    given(*enrolled()).when(moved).then_types(ResidenceRecorded)


@pytest.mark.parametrize(("comune", "code"), [(BAZZANO, "intake.comune_ceased"), ("037999", "intake.comune_unknown")])
def test_nobody_moves_to_a_place_that_is_none(comune: str, code: str) -> None:
    given(*enrolled()).when(MOVE.model_copy(update={"comune": comune})).then_refused(code, clause="P29")


def test_a_move_before_a_comune_ceased_is_a_move_to_it() -> None:
    long_ago = MOVE.model_copy(update={"comune": BAZZANO, "on": date(2013, 12, 31)})
    given(*enrolled()).when(long_ago).then_types(ResidenceRecorded)


@pytest.mark.clause("P17")
def test_the_quartiere_is_kept() -> None:
    moved = MOVE.model_copy(update={"comune": "037006", "quartiere": Quartiere.SAVENA})
    (event,) = given(*enrolled()).when(moved).then_types(ResidenceRecorded)
    assert isinstance(event, ResidenceRecorded)
    assert event.quartiere is Quartiere.SAVENA


def test_only_bologna_has_quartieri() -> None:
    moved = MOVE.model_copy(update={"quartiere": Quartiere.SAVENA})
    given(*enrolled()).when(moved).then_refused("intake.quartiere_elsewhere", clause="P29")


def test_evidence_is_not_later_than_the_status() -> None:
    late = STATUS.model_copy(update={"evidence_on": date(2021, 5, 5)})
    given(*enrolled()).when(late).then_refused("intake.evidence_later", clause="P27")


def test_nobody_is_assessed_before_applying() -> None:
    for command in (BAND, LEVEL):
        early = command.model_copy(update={"on": date(2021, 3, 31)})
        given(*enrolled()).when(early).then_refused("intake.date_too_early")
