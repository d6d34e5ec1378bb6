"""A person sent to the programme or by it, and the answer (P11, P12, P74)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts.intake_referrals import (
    ReferralAccepted,
    ReferralDeclined,
    ReferralEvent,
    ReferralExpired,
    ReferralReceived,
    ReferralSent,
)
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow
from insieme_reporting.v1.facts.changes import changed

EVENTS = (ReferralEvent,)


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class ReferralVersion(FactRow):
    """Of the other service only the class is known: the channel itself may tell of health or belief (P12, P74)."""

    context: ClassVar[str] = "intake"
    stream_name: ClassVar[str] = "referral"
    table: ClassVar[str] = "referral_versions"
    key: ClassVar[tuple[str, ...]] = ("referral_id",)
    sealed: ClassVar[tuple[str, ...]] = ()

    referral_id: UUID
    person_id: UUID
    direction: str
    channel_class: str
    sent_on: date
    due_on: date
    accepted_on: date | None = None
    declined_on: date | None = None
    decline_reason: str | None = None
    expired_on: date | None = None


def apply(latest: Mapping[tuple[Any, ...], ReferralVersion], stored: Stored) -> Sequence[ReferralVersion]:
    event = stored.event
    match event:
        case ReferralReceived(channel_class=channel):
            direction = Direction.IN
        case ReferralSent(receiver_class=channel):
            direction = Direction.OUT
        case ReferralEvent():
            before = latest[(event.referral_id,)]
            return changed(before, _answered(before, event))
        case _:
            return ()
    return (
        ReferralVersion(
            event.referral_id,
            event.person_id,
            direction.value,
            channel.value,
            event.occurred_on,
            event.reply_due_on,
        ),
    )


def _answered(referral: ReferralVersion, event: ReferralEvent) -> ReferralVersion:
    match event:
        case ReferralAccepted():
            return replace(referral, accepted_on=event.occurred_on)
        case ReferralDeclined():
            return replace(referral, declined_on=event.occurred_on, decline_reason=event.reason.value)
        case ReferralExpired():
            return replace(referral, expired_on=event.occurred_on)
        case _:
            return referral
