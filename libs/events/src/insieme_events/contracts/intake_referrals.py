"""Events of referrals, in and out (P11, P12, P74)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from insieme_events.contracts.intake import IntakeEvent
from insieme_events.contracts.vocabulary import ChannelClass


class ReferralEvent(IntakeEvent):
    """A person sent by another service, or sent to one (P11, P12). Italian: segnalazione; invio."""

    referral_id: UUID


class ReferralReceived(ReferralEvent):
    """Somebody sent a person to the programme; of the sender only the class travels (P12, P74)."""

    person_id: UUID
    channel_class: ChannelClass
    reply_due_on: date


class ReferralSent(ReferralEvent):
    """The programme sent a person to another service (P11)."""

    person_id: UUID
    receiver_class: ChannelClass
    reply_due_on: date


class ReferralAccepted(ReferralEvent):
    pass


class DeclineReason(StrEnum):
    NOT_IN_TARGET = "not_in_target"
    ALREADY_FOLLOWED = "already_followed"
    NO_CAPACITY = "no_capacity"
    NOT_REACHABLE = "not_reachable"
    PERSON_DECLINED = "person_declined"


class ReferralDeclined(ReferralEvent):
    reason: DeclineReason


class ReferralExpired(ReferralEvent):
    """No answer by the date it was due."""
