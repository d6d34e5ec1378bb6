"""HTTP of the protocol: what its parties do (P01-P05, P50, P57, P65, P79-P81, P84)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
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
    parties = [c.RegisterParty(protocol_id=protocol_id, preparing=True, **party.model_dump()) for party in body.parties]
    return await request.send(*[Step(PROTOCOLS, protocol_id, party) for party in parties], locks=REGISTER)


@router.post("/{protocol_id}/parties", status_code=201)
async def register(
    request: Incoming, protocol_id: UUID, body: Annotated[c.NewParty, Body(examples=[PARTY])]
) -> CommandAnswer:
    """A party in its role, before the signature or joining later (P01, P02, P03, P04, P05)."""
    party = c.RegisterParty(protocol_id=protocol_id, **body.model_dump())
    return await request.send(Step(PROTOCOLS, protocol_id, party), locks=REGISTER)


@router.post("/{protocol_id}/signature")
async def sign(
    request: Incoming, protocol_id: UUID, body: Annotated[c.Signature, Body(examples=[SIGNATURE])]
) -> CommandAnswer:
    """Signed: in force from that day for five years; a predecessor ends the day before (P79, P80)."""
    return await request.send(*steps.signing(protocol_id, body), locks=REGISTER, first=True)


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
            return request.answer(done, first=True)
        if done.code != INVITATIONS_MOVED.code:
            raise ProblemError(done)
    raise ProblemError(INVITATIONS_MOVED)


COMMANDS: dict[str, tuple[type[Command], dict[str, Any]]] = {
    "delegates": (c.LinkDelegate, LINK),
    "renewal": (c.ProposeRenewal, RENEWAL),
    "consents": (c.ConsentToRenewal, CONSENT),
    "refusals": (c.RefuseConsent, CONSENT),
    "ownership": (c.TransferOwnership, OWNERSHIP),
    "roles": (c.AssignRole, ROLE),
    "representatives": (c.NominateRepresentative, NOMINATION),
    "technical-referents": (c.NominateTechnicalReferent, NOMINATION),
    "ended-nominations": (c.EndNomination, ENDING),
}
"""Path, below a protocol, of every command that is one step on its stream; what it does, the command says itself."""


def _route(kind: type[Command], example: dict[str, Any]) -> Callable[..., Awaitable[CommandAnswer]]:
    async def send(request: Incoming, protocol_id: UUID, body: Any) -> CommandAnswer:
        return await request.send(Step(PROTOCOLS, protocol_id, body), locks=REGISTER)

    send.__annotations__["body"] = Annotated[kind, Body(examples=[example])]
    send.__doc__ = kind.__doc__
    send.__name__ = kind.__name__
    return send


for path, (command, example) in COMMANDS.items():
    router.add_api_route(f"/{{protocol_id}}/{path}", _route(command, example), methods=["POST"], status_code=201)
