"""Referrals: persons whom other services send to the programme, and those it sends on (P11, P12, P74)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from random import Random
from uuid import UUID

from insieme_demo.days import between, later
from insieme_demo.quotas import FIRST_DAY, LAST_DAY
from insieme_events.contracts.vocabulary import ChannelClass

REPLY = timedelta(days=15)
"""As in the agreements of those years."""


class Answer(StrEnum):
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Referral:
    """`answered` is how it ended and when, None while an answer may still come."""

    referral_id: UUID
    sent_on: date
    other: ChannelClass
    answered: tuple[date, Answer] | None

    @property
    def led_to_case(self) -> bool:
        """Of one received: whether the application names it; after an expiry the person comes alone."""
        return self.answered is not None and self.answered[1] is not Answer.EXPIRED


def received(
    chance: Random, referral_id: UUID, channel: ChannelClass, applied_on: date, rejected_on: date | None
) -> Referral | None:
    """What led to an application of that day, if others sent the person. It is answered as the application is."""
    sent_by_others = channel in (ChannelClass.PUBLIC_SERVICE, ChannelClass.THIRD_SECTOR, ChannelClass.ASSOCIATION)
    if not sent_by_others or applied_on < FIRST_DAY + timedelta(days=70) or chance.random() > 0.55:
        return None
    if chance.random() < 0.1:
        expired_on = between(chance, applied_on - timedelta(days=20), applied_on)
        sent_on = expired_on - REPLY - timedelta(days=chance.randint(1, 4))
        return Referral(referral_id, sent_on, channel, (expired_on, Answer.EXPIRED))
    sent_on = between(chance, applied_on - timedelta(days=12), applied_on)
    if rejected_on is not None:
        return Referral(referral_id, sent_on, channel, (min(rejected_on, sent_on + REPLY), Answer.DECLINED))
    return Referral(referral_id, sent_on, channel, (applied_on, Answer.ACCEPTED))


def sent(chance: Random, referral_id: UUID, receiver: ChannelClass, on: date) -> Referral:
    """Somebody handed to another service, which mostly answers in time."""
    how = chance.choices(list(Answer), [68, 12, 20])[0]
    day = on + REPLY + timedelta(days=1) if how is Answer.EXPIRED else later(chance, on, 2, REPLY.days, date.max)
    return Referral(referral_id, on, receiver, (day, how) if day <= LAST_DAY else None)
