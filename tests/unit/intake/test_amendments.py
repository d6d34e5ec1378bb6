"""What was recorded wrongly: an enrolment is voided, characteristics at entry are corrected, each by name (P25)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from insieme_events.contracts.intake import (
    ApplicationRejected,
    EnrolmentVoided,
    EntryCharacteristicsRecorded,
    RejectionReason,
    VoidReason,
)
from insieme_events.contracts.vocabulary import CitizenshipClass, Gender, Isced
from insieme_events.testing import scenario
from insieme_intake.case import CASE
from insieme_intake.case.commands import (
    CorrectCharacteristics,
    Enrol,
    VoidEnrolment,
)
from insieme_intake.testing import (
    BAZZANO,
    CHARACTERISTICS,
    ENROLMENT,
    IMOLA,
    MODENA,
    RECEIVED,
    applied,
    characteristics,
    circumstances,
    closed,
    closing,
    enrolled,
    in_charge,
    interviewed,
    of_case,
    suspended,
    voiding,
)

given = scenario(CASE, circumstances())
LATER = date(2021, 4, 6)
VOID = VoidEnrolment(on=date(2021, 5, 3), voids=ENROLMENT, reason=VoidReason.KEYED_TWICE)


def correct(**changes: Any) -> CorrectCharacteristics:
    values: dict[str, Any] = {
        "on": LATER,
        "corrects": CHARACTERISTICS,
        "gender": Gender.FEMALE,
        "birth_month": "1980-02",
        "citizenship": CitizenshipClass.EU,
        "isced": Isced.BACHELOR,
        "comune": IMOLA,
    }
    return CorrectCharacteristics(**{**values, **changes})


@pytest.mark.parametrize("history", [enrolled(), interviewed(), in_charge(), suspended(), closed()])
def test_an_enrolment_is_voided_wherever_the_case_stands(history: tuple[Any, ...]) -> None:
    given(*history).when(VOID).then(
        of_case(EnrolmentVoided, date(2021, 5, 3), voids=ENROLMENT, reason=VoidReason.KEYED_TWICE)
    )


def test_a_voided_enrolment_is_voided_once_and_takes_nothing_more() -> None:
    given(*enrolled(), voiding()).when(VOID).then_nothing()
    for command in (Enrol(on=RECEIVED), correct()):
        given(*enrolled(), voiding()).when(command).then_refused("intake.enrolment_voided", clause="P25")


def test_only_the_enrolment_of_this_case_is_voided() -> None:
    other = VOID.model_copy(update={"voids": UUID(int=99)})
    given(*enrolled()).when(other).then_refused("intake.other_event")
    given(*applied()).when(VOID).then_refused("intake.not_enrolled")
    rejected = of_case(ApplicationRejected, LATER, reason=RejectionReason.NOT_UNEMPLOYED)
    given(*applied(), rejected).when(VOID).then_refused("intake.application_rejected")
    for command in (VOID, correct()):
        given().when(command).then_refused("intake.case_unknown")
    early = VOID.model_copy(update={"on": date(2021, 3, 31)})
    given(*enrolled()).when(early).then_refused("intake.date_too_early")


@pytest.mark.parametrize("history", [applied(), enrolled(), in_charge(), (*in_charge(), closing())])
def test_characteristics_are_corrected_naming_what_is_corrected(history: tuple[Any, ...]) -> None:
    corrected = characteristics(
        on=LATER,
        birth_month="1980-02",
        citizenship=CitizenshipClass.EU,
        isced=Isced.BACHELOR,
        comune=IMOLA,
        corrects=CHARACTERISTICS,
    )
    assert isinstance(corrected, EntryCharacteristicsRecorded)
    given(*history).when(correct()).then(corrected)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"corrects": UUID(int=99)}, "intake.other_event"),
        ({"comune": BAZZANO}, "intake.comune_ceased"),
        ({"comune": MODENA}, "intake.comune_unknown"),
        ({"birth_month": "2021-05"}, "intake.birth_date"),
        ({"on": date(2021, 3, 31)}, "intake.date_too_early"),
    ],
)
def test_a_correction_is_checked_as_the_application_was(changes: dict[str, Any], code: str) -> None:
    given(*enrolled()).when(correct(**changes)).then_refused(code)
