"""Referrals, in and out (P11, P12): objects with a state and a date by which an answer is due."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID, uuid4

import sqlalchemy as sa
from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from insieme_events import parameters, reading, telemetry
from insieme_events.access import CurrentActor
from insieme_events.agreement import last_known
from insieme_events.clock import business_date
from insieme_events.commands import Step
from insieme_events.contracts import Code
from insieme_events.contracts.vocabulary import ChannelClass
from insieme_events.decider import Command, RefusalKind, Refused
from insieme_events.http import CommandAnswer, Incoming, Limit
from insieme_events.problems import RESPONSES, ProblemError, RefusedValue
from insieme_events.reading import Row, equals
from insieme_events.service import Running
from insieme_events.units import Write
from insieme_events.vault import Keys
from insieme_intake import erasure, lookups, registration, vault, views
from insieme_intake.aggregates import REFERRALS, REFERRALS_OF_REGISTERED
from insieme_intake.api.examples import REFERRAL_COMMANDS
from insieme_intake.case.admission import NOTICE_MISSING
from insieme_intake.circumstances import AGREEMENT_UNKNOWN
from insieme_intake.referral import (
    REFERRAL_UNKNOWN,
    AcceptReferral,
    DeclineReferral,
    ExpireReferral,
    ReceiveReferral,
    SendReferral,
)
from insieme_intake.vault import Channel, Identity, ReferralDetail

router = APIRouter(prefix="/v1/referrals", tags=["referrals"], responses=RESPONSES)

ANSWERS: dict[str, type[Command]] = {"accept": AcceptReferral, "decline": DeclineReferral, "expire": ExpireReferral}


WHO_IS_REFERRED = Refused(
    "intake.referral_of_whom",
    "Say who is referred in one way: person_id alone, or identity with notice_version for whoever may be new.",
    clause="P25",
    kind=RefusalKind.INVALID,
)
DETAIL_UNKNOWN = Refused(
    "intake.referral_detail_unknown",
    "Nothing is kept of which service this referral came from or went to.",
    clause="P12",
    kind=RefusalKind.NOT_FOUND,
)
YEAR_RUNS = Refused(
    "intake.year_not_over",
    "The year {year} is not over: ask for it in the year after, when the count does not grow by one person any more.",
    clause="P74",
    kind=RefusalKind.INVALID,
)
KNOWN_PERSON: JsonDict = {
    "person_id": "3f6c1d5e-8f0a-4e0e-9f0b-3f2f7a9d2c11",
    "direction": "received",
    "other_class": "third_sector",
    "detail": {"channel": "caritas", "distretto": "citta_di_bologna"},
    "on": "2024-11-04",
}
NEW_PERSON: JsonDict = {
    "identity": {
        "first_name": "Anna",
        "last_name": "Esempio",
        "codice_fiscale": "SMPNNA80A41A944O",
        "birth_date": "1980-01-01",
    },
    "notice_version": "2024.1",
    "direction": "received",
    "other_class": "third_sector",
    "on": "2024-11-04",
}


class NewReferral(BaseModel):
    """`other_class` is the class of the service at the other end; which one it is never leaves that service.

    `detail`, which service and distretto that is, is kept in the vault under the person's key (P12, P74).

    The person is named by `person_id`, or by `identity` and the privacy notice handed over: then whoever has that
    codice fiscale is taken, or registered. What the vault has of a known person stays as it is.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [KNOWN_PERSON, NEW_PERSON]})

    person_id: UUID | None = None
    identity: Identity | None = None
    notice_version: Code | None = None
    detail: ReferralDetail | None = None
    direction: Literal["received", "sent"]
    other_class: ChannelClass
    on: date

    @model_validator(mode="after")
    def says_who(self) -> Self:
        if (self.person_id is None) == (self.identity is None):
            raise RefusedValue(WHO_IS_REFERRED)
        if self.identity is None and self.notice_version is not None:
            raise RefusedValue(WHO_IS_REFERRED)
        if self.identity is not None and self.notice_version is None:
            raise RefusedValue(NOTICE_MISSING)
        return self


class ReferralAnswer(BaseModel):
    """`sequence` is that of the referral's stream."""

    person_id: UUID
    referral_id: UUID
    stream: str
    sequence: int
    event_ids: Annotated[list[UUID], Field(description="Events of the referral, in order")]


@router.post("", status_code=201)
async def open_referral(referral: NewReferral, incoming: Incoming) -> ReferralAnswer:
    """Receive a referral from another service, or send one; whoever is new becomes known with it (P11, P12, P25)."""
    referral_id = uuid4()
    service: Running = incoming.http.app.state.service
    assert service.keys is not None
    if referral.identity is None or referral.notice_version is None:
        assert referral.person_id is not None
        async with service.pool.connection() as connection:
            person_id = await lookups.root_of(connection, referral.person_id)
            known = await lookups.persons(connection, {person_id})
        keeps: tuple[Write, ...] = ()
        if referral.detail is not None and person_id in known and not known[person_id].erased:
            keys = await service.keys.read({person_id})
            keeps = (vault.put_referral(referral_id, person_id, referral.detail, keys),)
        command = _command(referral, referral_id, person_id)
        told = await incoming.send(Step(REFERRALS, referral_id, command), also=keeps, locks=(erasure.lock(person_id),))
        return _answer(told, person_id)
    done = await registration.register(
        incoming,
        referral.identity,
        registration.checked(referral.identity, service),
        notice_version=referral.notice_version,
        on=referral.on,
        follow=lambda person_id: (
            Step(REFERRALS_OF_REGISTERED, referral_id, _command(referral, referral_id, person_id)),
        ),
        replaces=False,
        keep=None if (detail := referral.detail) is None else _kept(referral_id, detail),
    )
    return _answer(incoming.answer(done), registration.registered(done))


def _kept(referral_id: UUID, detail: ReferralDetail) -> Callable[[UUID, Keys], Write]:
    return lambda person_id, keys: vault.put_referral(referral_id, person_id, detail, keys)


def _command(referral: NewReferral, referral_id: UUID, person_id: UUID) -> ReceiveReferral | SendReferral:
    if referral.direction == "received":
        return ReceiveReferral(
            referral_id=referral_id, person_id=person_id, channel_class=referral.other_class, on=referral.on
        )
    return SendReferral(
        referral_id=referral_id, person_id=person_id, receiver_class=referral.other_class, on=referral.on
    )


def _answer(told: CommandAnswer, person_id: UUID) -> ReferralAnswer:
    return ReferralAnswer(
        person_id=person_id,
        referral_id=told.id,
        stream=told.stream,
        sequence=told.sequence,
        event_ids=told.event_ids,
    )


def _route(path: str, kind: type[Command]) -> Callable[..., Awaitable[CommandAnswer]]:
    async def send(referral_id: UUID, command: Any, incoming: Incoming) -> CommandAnswer:
        return await incoming.send(Step(REFERRALS, referral_id, command))

    send.__annotations__["command"] = Annotated[kind, Body(examples=[REFERRAL_COMMANDS[path]])]
    send.__doc__ = kind.__doc__
    send.__name__ = kind.__name__
    return send


for path, answer in ANSWERS.items():
    router.add_api_route(f"/{{referral_id}}/{path}", _route(path, answer), methods=["POST"], name=answer.__name__)


@router.get("")
async def referrals(
    request: Request,
    status: Literal["pending", "accepted", "declined", "expired"] | None = None,
    person_id: UUID | None = None,
    overdue_on: date | None = None,
    limit: Limit = 50,
    after: UUID | None = None,
) -> dict[str, Any]:
    """Referrals by id. `overdue_on` lists those without an answer after their due date."""
    table = views.REFERRALS
    overdue = None
    if overdue_on is not None:
        overdue = sa.and_(table.c.status == "pending", table.c.reply_due_on < overdue_on)
    filters = [equals(table.c.status, status), equals(table.c.person_id, person_id), overdue]
    return await reading.page(request, sa.select(table), table.c.referral_id, filters, limit, after)


class ChannelCount(BaseModel):
    """Referrals of one class of channel; of a smaller unit than the class only Caritas is counted, apart (P74)."""

    direction: str
    channel_class: str
    pending: int
    accepted: int
    declined: int
    expired: int


@router.get("/by-channel")
async def by_channel(request: Request, since: date, until: date) -> list[ChannelCount]:
    """Referrals of a period by direction, class of channel and state (referral_flow; P11, P12, P74)."""
    table = views.REFERRALS
    states = ("pending", "accepted", "declined", "expired")
    counted = (
        sa.select(
            table.c.direction,
            table.c.other_class.label("channel_class"),
            *[sa.func.count().filter(table.c.status == state).label(state) for state in states],
        )
        .where(table.c.sent_on.between(since, until))
        .group_by(table.c.direction, table.c.other_class)
        .order_by(table.c.direction, table.c.other_class)
    )
    async with reading.pool_of(request).connection() as connection:
        return [ChannelCount(**row) for row in await reading.rows(connection, counted)]


class FromCaritas(BaseModel):
    """Persons that Caritas referred in a year: at least so many, in steps of `least`; None where there are fewer."""

    year: int
    least: int
    persons_at_least: int | None


@router.get("/from-caritas")
async def from_caritas(
    request: Request, actor: CurrentActor, year: Annotated[int, Query(ge=2017, le=2999)]
) -> FromCaritas:
    """How many persons Caritas referred in a year that is over (P74); who comes by Caritas may tell a belief.

    Never fewer than the agreement allows, and in steps of that, so that no two answers tell of one person. Each look
    is logged.
    """
    service: Running = request.app.state.service
    assert service.keys is not None
    today = business_date(service.clock())
    if today.year <= year:
        raise ProblemError(YEAR_RUNS.about(year=year))
    async with service.pool.connection() as connection:
        agreement = last_known(await parameters.agreements(connection), today)
        if agreement is None:
            raise ProblemError(AGREEMENT_UNKNOWN)
        days = date(year, 1, 1), date(year, 12, 31)
        found = await vault.received_from(connection, service.keys, Channel.CARITAS, *days)
    least = agreement.sensitive_count_least
    shown = found // least * least
    telemetry.log.info("caritas_counted", year=year, shown=shown > 0, **actor.model_dump())
    return FromCaritas(year=year, least=least, persons_at_least=shown or None)


@router.get("/{referral_id}/detail")
async def referral_detail(referral_id: UUID, request: Request, actor: CurrentActor) -> ReferralDetail:
    """Which service a referral came from or went to, from the vault (P12). Each look is logged."""
    service: Running = request.app.state.service
    assert service.keys is not None
    async with service.pool.connection() as connection:
        found = await vault.referral_detail(connection, service.keys, referral_id)
    telemetry.log.info(
        "referral_detail_read", referral_id=str(referral_id), found=found is not None, **actor.model_dump()
    )
    if found is None:
        raise ProblemError(DETAIL_UNKNOWN)
    return found


@router.get("/{referral_id}")
async def referral(referral_id: UUID, request: Request, response: Response) -> Row:
    """One referral; its version is the ETag."""
    statement = sa.select(views.REFERRALS).where(views.REFERRALS.c.referral_id == referral_id)
    return await reading.one(request, response, statement, REFERRAL_UNKNOWN)
