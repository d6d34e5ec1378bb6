"""Applications: the person becomes known, the application is recorded and, where admissible, the person enrolled."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from insieme_events.commands import Done, Step
from insieme_events.contracts import Code
from insieme_events.contracts.intake import AddressBasis, EmploymentStatus, StatusEvidence
from insieme_events.contracts.vocabulary import ChannelClass, CitizenshipClass, Comune, Gender, Isced, Quartiere
from insieme_events.http import Incoming
from insieme_events.problems import RESPONSES
from insieme_intake import registration
from insieme_intake.aggregates import CASES
from insieme_intake.case.commands import Enrol, OtherMeasureAnswer, SubmitApplication
from insieme_intake.vault import Identity

router = APIRouter(prefix="/v1/applications", tags=["applications"], responses=RESPONSES)

# Recorded and decided on later: "no other measure" is a null, which FastAPI leaves out of what it documents.
EXAMPLE: JsonDict = {
    "enrol": False,
    "identity": {
        "first_name": "Anna",
        "last_name": "Esempio",
        "codice_fiscale": "SMPNNA80A41A944O",
        "birth_date": "1980-01-01",
        "address": {"street": "via dell'Esempio 1", "postal_code": "40100", "town": "Bologna"},
        "telephone": "+39 051 0000000",
    },
    "channel_class": "self",
    "received_on": "2024-11-04",
    "notice_version": "2024.1",
    "status": "disoccupato",
    "other_measure": {"kind": "training"},
    "comune": "037006",
    "quartiere": "navile",
    "basis": "residence",
    "gender": "female",
    "citizenship": "italian",
    "isced": "3",
}


class Application(BaseModel):
    """An application as it is keyed. With `enrol` the person is enrolled in the same act, or nothing is stored and
    the refusal says which condition is not met; without it the application is recorded and decided on later.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    identity: Identity
    gender_confirmed: bool = False
    channel_class: ChannelClass
    referral_id: UUID | None = None
    received_on: date
    notice_version: Code
    status: EmploymentStatus
    evidence: StatusEvidence = StatusEvidence.DECLARED
    evidence_on: date | None = None
    other_measure: OtherMeasureAnswer | None = None
    comune: Comune
    quartiere: Quartiere | None = None
    basis: AddressBasis
    gender: Gender
    citizenship: CitizenshipClass
    isced: Isced
    enrol: bool = True


class ApplicationAnswer(BaseModel):
    """`sequence` is that of the case's stream."""

    person_id: UUID
    case_id: UUID
    stream: str
    sequence: int
    event_ids: Annotated[list[UUID], Field(description="Events of the case, in order")]


@router.post("", status_code=201)
async def apply(application: Application, incoming: Incoming, response: Response) -> ApplicationAnswer:
    """Record an application (candidatura) and enrol the person (iscrizione; I7a: P10, P25, P27, P29, P79).

    The same person is recognised by the codice fiscale in any spelling; one person has one open case (P25). With
    `referral_id` it follows a referral that was received for this very person and is neither declined nor expired
    (P11, P12). A pending referral stays pending: its answer is a command of its own.
    """
    code = registration.checked(
        application.identity,
        incoming.http.app.state.service,
        gender=application.gender,
        gender_confirmed=application.gender_confirmed,
    )
    done = await registration.register(
        incoming,
        application.identity,
        code,
        notice_version=application.notice_version,
        on=application.received_on,
        follow=lambda person_id: steps(application, person_id, incoming.new_id()),
        replaces=True,
    )
    return _answer(done, incoming)


def steps(application: Application, person_id: UUID, case_id: UUID) -> tuple[Step, ...]:
    """What is recorded of the case; the last step is the case's, so the answer speaks of it."""
    on = application.received_on
    submit = SubmitApplication(
        on=on,
        case_id=case_id,
        person_id=person_id,
        channel_class=application.channel_class,
        referral_id=application.referral_id,
        notice_version=application.notice_version,
        status=application.status,
        evidence=application.evidence,
        evidence_on=application.evidence_on,
        other_measure=application.other_measure,
        comune=application.comune,
        quartiere=application.quartiere,
        basis=application.basis,
        gender=application.gender,
        birth_month=f"{application.identity.birth_date:%Y-%m}",
        citizenship=application.citizenship,
        isced=application.isced,
    )
    enrol = (Step(CASES, case_id, Enrol(on=on)),) if application.enrol else ()
    return (Step(CASES, case_id, submit), *enrol)


def _answer(done: Done, incoming: Incoming) -> ApplicationAnswer:
    last = incoming.answer(done)
    events = [event_id for r in done.results if r.stream == last.stream for event_id in r.event_ids]
    return ApplicationAnswer(
        person_id=registration.registered(done),
        case_id=last.id,
        stream=last.stream,
        sequence=last.sequence,
        event_ids=events,
    )
