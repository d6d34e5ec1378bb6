"""HTTP of the protocol: what its parties do (P01-P05, P50, P57, P65, P79-P81, P84)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Body
from pydantic import Field

from insieme_events.contracts import Code
from insieme_events.contracts.vocabulary import NoticeKind
from insieme_events.days import Day
from insieme_events.decider import Command, Refused
from insieme_events.http import CommandAnswer, Incoming
from insieme_events.problems import RESPONSES, ProblemError
from insieme_events.reading import pool_of
from insieme_events.units import Step
from insieme_governance import steps
from insieme_governance.aggregates import PROTOCOLS
from insieme_governance.api import sending
from insieme_governance.protocol import commands as c
from insieme_governance.protocol.refusals import INVITATIONS_MOVED
from insieme_governance.steps import REGISTER

router = APIRouter(prefix="/v1/protocols", tags=["protocols"], responses=RESPONSES)

LOOKS = 5
PARTY = {"party": "comune_bologna", "role": "promoter", "on": "2021-03-03"}
SIGNATURE = {"ends_on": "2026-03-03", "predecessor_id": None, "on": "2021-03-03"}
LINK = {
    "party": "arcidiocesi",
    "delegate": "fondazione_san_petronio",
    "scope": "agreement",
    "on": "2021-03-03",
}
AMENDMENT = {"party": "cisl", "kind": "amendment", "effective_on": "2024-01-01", "on": "2023-09-01"}
WITHDRAWAL = {"party": "confesercenti", "effective_on": "2024-01-01", "on": "2023-09-01"}
RENEWAL = {"party": "comune_bologna", "ends_on": "2031-03-03", "on": "2025-10-01"}
CONSENT = {"party": "cna", "on": "2025-11-03"}
OWNERSHIP = {
    "from_owner": "citta_metropolitana",
    "to_owner": "fondazione_insieme",
    "effective_on": "2025-01-01",
    "on": "2024-12-01",
}
ROLE = {
    "role": "operational_coordinator",
    "party": "citta_metropolitana",
    "unit": "area_sviluppo_economico",
    "on": "2021-03-03",
}
NOMINATION = {
    "party": "uil",
    "nominee_id": "0b8a1a52-5a0e-4b0c-8f2b-2f1b8f3f9b11",
    "until": None,
    "on": "2021-04-01",
}
ENDING = {
    "party": "uil",
    "seat": "representative",
    "nominee_id": "0b8a1a52-5a0e-4b0c-8f2b-2f1b8f3f9b11",
    "on": "2023-06-30",
}


class NewProtocol(Command):
    """A protocol that is prepared, with its parties."""

    parties: Annotated[list[c.NewParty], Field(min_length=1, max_length=100)]


class NewNotice(Command):
    party: Code
    kind: NoticeKind
    effective_on: Day
    on: Day


@router.post("", status_code=201)
async def prepare(
    request: Incoming, body: Annotated[NewProtocol, Body(examples=[{"parties": [PARTY]}])]
) -> CommandAnswer:
    """Prepares a protocol with its parties by role (P01, P02, P03, P04, P05)."""
    protocol_id = uuid4()
    parties = [c.RegisterParty(protocol_id=protocol_id, **party.model_dump()) for party in body.parties]
    return await request.send(*[Step(PROTOCOLS, protocol_id, party) for party in parties], locks=REGISTER)


@router.post("/{protocol_id}/parties", status_code=201)
async def register(
    request: Incoming, protocol_id: UUID, body: Annotated[c.NewParty, Body(examples=[PARTY])]
) -> CommandAnswer:
    """A party in its role, before the signature or joining later (P01, P02, P03, P04, P05)."""
    party = c.RegisterParty(protocol_id=protocol_id, **body.model_dump())
    return await request.send(Step(PROTOCOLS, protocol_id, party), locks=REGISTER)


@router.post("/{protocol_id}/delegates", status_code=201)
async def link(
    request: Incoming, protocol_id: UUID, body: Annotated[c.LinkDelegate, Body(examples=[LINK])]
) -> CommandAnswer:
    """One party acts for another in a scope: the Fondazione for the Arcidiocesi (P02, P74)."""
    return await request.send(Step(PROTOCOLS, protocol_id, body), locks=REGISTER)


@router.post("/{protocol_id}/signature")
async def sign(
    request: Incoming, protocol_id: UUID, body: Annotated[c.Signature, Body(examples=[SIGNATURE])]
) -> CommandAnswer:
    """Signed: in force from that day for five years; a predecessor ends the day before (P79, P80)."""
    return await sending.send(request, steps.signing(protocol_id, body), REGISTER)


@router.post("/{protocol_id}/amendments", status_code=201)
async def amend(
    request: Incoming, protocol_id: UUID, body: Annotated[NewNotice, Body(examples=[AMENDMENT])]
) -> CommandAnswer:
    """Notice of an amendment or an update (P81)."""
    notice = c.NoticeAmendment(notice_id=uuid4(), **body.model_dump())
    return await request.send(Step(PROTOCOLS, protocol_id, notice), locks=REGISTER)


@router.post("/{protocol_id}/withdrawals", status_code=201)
async def withdraw(
    request: Incoming, protocol_id: UUID, body: Annotated[c.Withdrawal, Body(examples=[WITHDRAWAL])]
) -> CommandAnswer:
    """Notice of withdrawal; invitations to meetings from its effective date on lapse with it (P81)."""
    for _ in range(LOOKS):
        async with pool_of(request.http).connection() as connection:
            unit = await steps.withdrawing(connection, protocol_id, body)
        done = await request.attempt(*unit, locks=REGISTER)
        if not isinstance(done, Refused):
            return sending.first(request, done)
        if done.code != INVITATIONS_MOVED.code:
            raise ProblemError(done)
    raise ProblemError(INVITATIONS_MOVED)


@router.post("/{protocol_id}/renewal", status_code=201)
async def propose(
    request: Incoming, protocol_id: UUID, body: Annotated[c.ProposeRenewal, Body(examples=[RENEWAL])]
) -> CommandAnswer:
    """A renewal is proposed (P80)."""
    return await request.send(Step(PROTOCOLS, protocol_id, body), locks=REGISTER)


@router.post("/{protocol_id}/consents", status_code=201)
async def consent(
    request: Incoming, protocol_id: UUID, body: Annotated[c.ConsentToRenewal, Body(examples=[CONSENT])]
) -> CommandAnswer:
    """A party consents; with the last consent that it takes the protocol is renewed (P80)."""
    return await request.send(Step(PROTOCOLS, protocol_id, body), locks=REGISTER)


@router.post("/{protocol_id}/refusals", status_code=201)
async def refuse(
    request: Incoming, protocol_id: UUID, body: Annotated[c.RefuseConsent, Body(examples=[CONSENT])]
) -> CommandAnswer:
    """A party refuses its consent (P80)."""
    return await request.send(Step(PROTOCOLS, protocol_id, body), locks=REGISTER)


@router.post("/{protocol_id}/ownership", status_code=201)
async def transfer(
    request: Incoming, protocol_id: UUID, body: Annotated[c.TransferOwnership, Body(examples=[OWNERSHIP])]
) -> CommandAnswer:
    """To whom the programme belongs from a day on, such as a new legal entity (P84)."""
    return await request.send(Step(PROTOCOLS, protocol_id, body), locks=REGISTER)


@router.post("/{protocol_id}/roles", status_code=201)
async def assign(
    request: Incoming, protocol_id: UUID, body: Annotated[c.AssignRole, Body(examples=[ROLE])]
) -> CommandAnswer:
    """Who holds a role, such as the operational coordination (P65)."""
    return await request.send(Step(PROTOCOLS, protocol_id, body), locks=REGISTER)


@router.post("/{protocol_id}/representatives", status_code=201)
async def represent(
    request: Incoming, protocol_id: UUID, body: Annotated[c.NominateRepresentative, Body(examples=[NOMINATION])]
) -> CommandAnswer:
    """Who represents a party at the Tavolo di coordinamento (P50)."""
    return await request.send(Step(PROTOCOLS, protocol_id, body), locks=REGISTER)


@router.post("/{protocol_id}/technical-referents", status_code=201)
async def refer(
    request: Incoming, protocol_id: UUID, body: Annotated[c.NominateTechnicalReferent, Body(examples=[NOMINATION])]
) -> CommandAnswer:
    """A party's technical referent (P57)."""
    return await request.send(Step(PROTOCOLS, protocol_id, body), locks=REGISTER)


@router.post("/{protocol_id}/ended-nominations", status_code=201)
async def end_nomination(
    request: Incoming, protocol_id: UUID, body: Annotated[c.EndNomination, Body(examples=[ENDING])]
) -> CommandAnswer:
    """The last day of somebody who sits for a party (P50, P57)."""
    return await request.send(Step(PROTOCOLS, protocol_id, body), locks=REGISTER)
