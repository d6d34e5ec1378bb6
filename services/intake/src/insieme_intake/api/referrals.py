"""Referrals, in and out (P11, P12): objects with a state and a date by which an answer is due."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict

from insieme_events import reading
from insieme_events.commands import Step
from insieme_events.contracts.vocabulary import ChannelClass
from insieme_events.decider import Command
from insieme_events.http import CommandAnswer, Incoming, Limit
from insieme_events.problems import RESPONSES
from insieme_events.reading import Row, equals
from insieme_intake import views
from insieme_intake.aggregates import REFERRALS
from insieme_intake.referral import (
    REFERRAL_UNKNOWN,
    AcceptReferral,
    DeclineReferral,
    ExpireReferral,
    ReceiveReferral,
    SendReferral,
)

router = APIRouter(prefix="/v1/referrals", tags=["referrals"], responses=RESPONSES)

ANSWERS: dict[str, type[Command]] = {"accept": AcceptReferral, "decline": DeclineReferral, "expire": ExpireReferral}


class NewReferral(BaseModel):
    """`other_class` is the class of the service at the other end; which one it is never leaves that service."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "person_id": "3f6c1d5e-8f0a-4e0e-9f0b-3f2f7a9d2c11",
                    "direction": "received",
                    "other_class": "third_sector",
                    "on": "2026-11-02",
                }
            ]
        },
    )

    person_id: UUID
    direction: Literal["received", "sent"]
    other_class: ChannelClass
    on: date


@router.post("", status_code=201)
async def open_referral(referral: NewReferral, incoming: Incoming) -> CommandAnswer:
    """Receive a referral from another service, or send one."""
    referral_id = uuid4()
    command: Command
    if referral.direction == "received":
        command = ReceiveReferral(
            referral_id=referral_id, person_id=referral.person_id, channel_class=referral.other_class, on=referral.on
        )
    else:
        command = SendReferral(
            referral_id=referral_id, person_id=referral.person_id, receiver_class=referral.other_class, on=referral.on
        )
    return await incoming.send(Step(REFERRALS, referral_id, command))


def _route(kind: type[Command]) -> Callable[..., Awaitable[CommandAnswer]]:
    async def send(referral_id: UUID, command: Any, incoming: Incoming) -> CommandAnswer:
        return await incoming.send(Step(REFERRALS, referral_id, command))

    send.__annotations__["command"] = kind
    send.__doc__ = kind.__doc__
    send.__name__ = kind.__name__
    return send


for path, answer in ANSWERS.items():
    router.add_api_route(f"/{{referral_id}}/{path}", _route(answer), methods=["POST"], name=answer.__name__)


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


@router.get("/{referral_id}")
async def referral(referral_id: UUID, request: Request, response: Response) -> Row:
    """One referral; its version is the ETag."""
    statement = sa.select(views.REFERRALS).where(views.REFERRALS.c.referral_id == referral_id)
    return await reading.one(request, response, statement, REFERRAL_UNKNOWN)
