"""Reads of the register: protocols and their status, parties, delegates, roles, notices, ownership, gaps (P01-P05)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from insieme_events.contracts import Code
from insieme_events.contracts.agreement import ConsentOf
from insieme_events.contracts.vocabulary import DelegateScope, GovernanceRole, PartyRole, Seat
from insieme_events.http import Limit, Page
from insieme_events.problems import RESPONSES
from insieme_events.reading import equals, one, page, pool_of, today
from insieme_governance.protocol.refusals import PROTOCOL_UNKNOWN
from insieme_governance.protocol.state import Renewal
from insieme_governance.register import Register, Signed
from insieme_governance.views import register as view
from insieme_governance.views.protocols import NOTICES, PROTOCOLS

router = APIRouter(prefix="/v1", tags=["register"], responses=RESPONSES)

Notice = Literal["amendment", "update", "withdrawal"]

ProtocolState = Literal["prepared", "in_force", "expired", "succeeded"]

On = Annotated[date | None, Query(description="As it was on this day; today without it", examples=["2021-03-03"])]
CONSENTS = "select party, answer, answered_on from views.consents where protocol_id = %s and proposed_on = %s"


class ProtocolRow(BaseModel):
    protocol_id: UUID
    status: ProtocolState
    signed_on: date | None
    ends_on: date | None
    predecessor_id: UUID | None
    successor_id: UUID | None
    renewal_proposed_on: date | None
    renewal_ends_on: date | None
    consent_of: str | None
    renewed_on: date | None
    version: int


class ProtocolPage(Page):
    items: list[ProtocolRow]


class ProtocolStatus(ProtocolRow):
    """`days_left` counts to the last day of the term; consents are those of the renewal that is proposed."""

    days_left: int | None
    consents_given: list[str]
    consents_refused: list[str]
    consents_missing: list[str]


class PartyRow(BaseModel):
    protocol_id: UUID
    party: str
    role: PartyRole
    since: date
    until: date | None


class DelegateRow(BaseModel):
    party: str
    delegate: str
    scope: DelegateScope
    since: date


class RoleRow(BaseModel):
    role: GovernanceRole
    party: str
    unit: str | None
    since: date


class SeatRow(BaseModel):
    party: str
    seat: Seat
    nominee_ids: list[UUID]


class OwnerRow(BaseModel):
    on: date
    owner: str | None


class NoticeRow(BaseModel):
    notice_id: UUID
    protocol_id: UUID
    party: str
    kind: Notice
    noticed_on: date
    effective_on: date


class NoticePage(Page):
    items: list[NoticeRow]


async def signed_on(request: Request, day: date | None) -> tuple[Signed | None, Register, date]:
    """The protocol in force on that day, the whole register, and the day."""
    async with pool_of(request).connection() as connection:
        known = await view.load(connection)
    asked = day or today(request)
    return known.on(asked), known, asked


@router.get("/protocols")
async def search(
    request: Request,
    status: ProtocolState | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> ProtocolPage:
    """Protocols by id, filtered (P79)."""
    filters = [equals(PROTOCOLS.c.status, status)]
    wanted = sa.select(PROTOCOLS)
    return ProtocolPage.model_validate(await page(request, wanted, PROTOCOLS.c.protocol_id, filters, limit, after))


@router.get("/protocols/{protocol_id}")
async def detail(request: Request, response: Response, protocol_id: UUID) -> ProtocolStatus:
    """The status of a protocol: days left, consents given and missing (P79, P80)."""
    statement = sa.select(PROTOCOLS).where(PROTOCOLS.c.protocol_id == protocol_id)
    row = await one(request, response, statement, PROTOCOL_UNKNOWN)
    _, known, day = await signed_on(request, None)
    signed = next((each for each in known.protocols if each.roll.protocol_id == protocol_id), None)
    answers: Mapping[str, str] = {}
    missing: frozenset[str] = frozenset()
    if row["renewal_proposed_on"] is not None and signed is not None:
        async with pool_of(request).connection() as connection:
            found = await connection.execute(CONSENTS, (protocol_id, row["renewal_proposed_on"]))
            answers = {party: answer for party, answer, _ in await found.fetchall()}
        renewal = Renewal(row["renewal_proposed_on"], row["renewal_ends_on"], ConsentOf(row["consent_of"]))
        given = {party for party, answer in answers.items() if answer == "given"}
        missing = renewal.needed_on(signed.roll, min(day, signed.ends_on)) - given
    return ProtocolStatus(
        **row,
        days_left=None if signed is None else max((signed.ends_on - day).days, 0),
        consents_given=sorted(party for party, answer in answers.items() if answer == "given"),
        consents_refused=sorted(party for party, answer in answers.items() if answer == "refused"),
        consents_missing=sorted(missing),
    )


@router.get("/parties")
async def parties(request: Request, on: On = None, role: PartyRole | None = None) -> list[PartyRow]:
    """The signatory register as of a day: the parties in force by role (P01, P02, P03, P04, P05, P81)."""
    signed, _, day = await signed_on(request, on)
    members = () if signed is None else signed.roll.members
    return [
        PartyRow(protocol_id=signed.roll.protocol_id, **fields(member))
        for member in sorted(members, key=lambda each: each.party)
        if signed is not None and member.on(day) and role in (None, member.role)
    ]


def fields(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__slots__}


@router.get("/delegates")
async def delegates(request: Request, on: On = None) -> list[DelegateRow]:
    """Who acts for whom, and in what (P02, P74)."""
    signed, _, day = await signed_on(request, on)
    links = () if signed is None else signed.roll.links
    return [
        DelegateRow(**fields(link))
        for link in links
        if signed is not None and link.party in signed.roll.acts_for(link.delegate, link.scope, day)
    ]


@router.get("/roles")
async def roles(request: Request, on: On = None) -> list[RoleRow]:
    """Who holds the roles of the governance, as of a day (P65)."""
    signed, _, day = await signed_on(request, on)
    held = [] if signed is None else [signed.roll.holder_on(role, day) for role in GovernanceRole]
    return [RoleRow(**fields(holder)) for holder in held if holder is not None]


@router.get("/seats")
async def seats(
    request: Request,
    on: On = None,
    seat: Seat | None = None,
    empty: Annotated[bool | None, Query(description="true: only parties that nominated nobody")] = None,
) -> list[SeatRow]:
    """Who sits for each party at the two tables, and which parties have named nobody (P50, P57)."""
    signed, _, day = await signed_on(request, on)
    if signed is None:
        return []
    found = [
        SeatRow(party=party, seat=each, nominee_ids=sorted(signed.roll.seated_on(party, each, day)))
        for party in sorted(signed.roll.parties_on(day))
        for each in Seat
        if seat in (None, each)
    ]
    return [row for row in found if empty is None or empty is (not row.nominee_ids)]


@router.get("/ownership")
async def ownership(request: Request, on: On = None) -> OwnerRow:
    """To whom the programme belonged on a day; null where no transfer tells of it (P84)."""
    _, known, day = await signed_on(request, on)
    return OwnerRow(on=day, owner=known.owner_on(day))


@router.get("/notices")
async def notices(
    request: Request,
    party: Code | None = None,
    kind: Notice | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> NoticePage:
    """Notices of amendment, update and withdrawal (P81)."""
    filters = [equals(NOTICES.c.party, party), equals(NOTICES.c.kind, kind)]
    return NoticePage.model_validate(
        await page(request, sa.select(NOTICES), NOTICES.c.notice_id, filters, limit, after)
    )
