"""Applications: the person becomes known, the application is recorded and, where admissible, the person enrolled."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from insieme_events.clock import business_date
from insieme_events.commands import Done, Step
from insieme_events.contracts import Code
from insieme_events.contracts.intake import AddressBasis, EmploymentStatus, StatusEvidence
from insieme_events.contracts.vocabulary import ChannelClass, CitizenshipClass, Comune, Gender, Isced, Quartiere
from insieme_events.decider import Refused
from insieme_events.http import Incoming
from insieme_events.problems import RESPONSES, ProblemError
from insieme_events.service import Running
from insieme_intake import codice_fiscale, erasure, vault
from insieme_intake.aggregates import CASES, PERSONS
from insieme_intake.case.commands import Enrol, OtherMeasureAnswer, SubmitApplication
from insieme_intake.circumstances import ERASED_PERSON
from insieme_intake.codice_fiscale import TaxCode
from insieme_intake.person import GiveNotice, RegisterPerson
from insieme_intake.vault import Identity

router = APIRouter(prefix="/v1/applications", tags=["applications"], responses=RESPONSES)

TRIES = 5
LOOK_AGAIN = frozenset({vault.SOMEBODY_WAS_QUICKER.code, ERASED_PERSON.code})
"""Somebody registered or erased the same person between our look and our write."""

EXAMPLE: JsonDict = {
    "identity": {
        "first_name": "Anna",
        "last_name": "Esempio",
        "codice_fiscale": "SMPNNA80A41A944O",
        "birth_date": "1980-01-01",
        "address": {"street": "via dell'Esempio 1", "postal_code": "40100", "town": "Bologna"},
        "telephone": "+39 051 0000000",
    },
    "channel_class": "self",
    "received_on": "2026-11-02",
    "notice_version": "2026.1",
    "status": "disoccupato",
    "other_measure": {"kind": None},
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

    The same person is recognised by the codice fiscale in any spelling; one person has one open case (P25).
    """
    service: Running = incoming.http.app.state.service
    assert service.keys is not None
    code = _checked(application, service)
    code_hash = vault.tax_code_hash(service.master_key, code)
    for _ in range(TRIES):
        async with service.pool.connection() as connection:
            known = await vault.find(connection, code_hash)
        person_id = known or uuid4()
        # Whoever is known has a key. Where it is not there it must be restored: a new one would open nothing of old.
        keys = await (
            service.keys.ensure({person_id}, service.clock()) if known is None else service.keys.read({known})
        )
        if keys[person_id] is None:  # erased since our look
            continue
        done = await incoming.attempt(
            *steps(application, person_id, uuid4(), code),
            also=(vault.put(person_id, code_hash, application.identity, keys),),
            unique=vault.UNIQUE,
            locks=(erasure.lock(person_id),),
        )
        if isinstance(done, Refused) and done.code in LOOK_AGAIN:
            continue
        if isinstance(done, Refused):
            raise ProblemError(done)
        return _answer(done, incoming)
    raise ProblemError(vault.SOMEBODY_WAS_QUICKER)


def steps(application: Application, person_id: UUID, case_id: UUID, code: TaxCode) -> tuple[Step, ...]:
    """The person's stream first, the case's last: the answer speaks of the case."""
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
    return (
        Step(PERSONS, person_id, RegisterPerson(person_id=person_id, identity_kind=code.kind, on=on)),
        Step(PERSONS, person_id, GiveNotice(notice_version=application.notice_version, on=on)),
        Step(CASES, case_id, submit),
        *enrol,
    )


def _checked(application: Application, service: Running) -> TaxCode:
    """The codice fiscale in its one spelling. Raises ProblemError where it contradicts itself or the rest."""
    today = business_date(service.clock())
    identity = application.identity
    code = codice_fiscale.parse(identity.codice_fiscale, today)
    if isinstance(code, Refused):
        raise ProblemError(code)
    wrong = codice_fiscale.contradiction(
        code, identity.birth_date, application.gender, today, gender_confirmed=application.gender_confirmed
    )
    if wrong is not None:
        raise ProblemError(wrong)
    return code


def _answer(done: Done, incoming: Incoming) -> ApplicationAnswer:
    last = incoming.answer(done)
    events = [event_id for r in done.results if r.stream == last.stream for event_id in r.event_ids]
    person_id = UUID(done.results[0].stream.removeprefix("person-"))
    return ApplicationAnswer(
        person_id=person_id, case_id=last.id, stream=last.stream, sequence=last.sequence, event_ids=events
    )
