"""Referral: a person sent to the programme or by it, with a date by which an answer is due (P11, P12, P74).

Of the other service only its class is known here. An answer is in time by its own date, whether or not the expiry
was recorded yet; once the expiry is recorded, it is final.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import assert_never
from uuid import UUID

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.intake_referrals import (
    DeclineReason,
    ReferralAccepted,
    ReferralDeclined,
    ReferralExpired,
    ReferralReceived,
    ReferralSent,
)
from insieme_events.contracts.vocabulary import ChannelClass
from insieme_events.decider import Command, Decider, Decision, RefusalKind, Refused
from insieme_intake.circumstances import OUT_OF_TERM, RESTRICTED, IntakeCircumstances, misdated
from insieme_intake.person import PERSON_UNKNOWN


class ReceiveReferral(Command):
    """Another service sent a person to the programme (segnalazione in entrata)."""

    referral_id: UUID
    person_id: UUID
    channel_class: ChannelClass
    on: date


class SendReferral(Command):
    """The programme sent a person to another service (segnalazione in uscita)."""

    referral_id: UUID
    person_id: UUID
    receiver_class: ChannelClass
    on: date


class AcceptReferral(Command):
    """Whoever received the person takes them on (P11)."""

    on: date


class DeclineReferral(Command):
    """Whoever received the person does not take them on, for this reason (P11)."""

    reason: DeclineReason
    on: date


class ExpireReferral(Command):
    """No answer came; possible from the day after the one it was due."""

    on: date


ReferralCommand = ReceiveReferral | SendReferral | AcceptReferral | DeclineReferral | ExpireReferral


@dataclass(frozen=True, slots=True)
class NoReferral:
    pass


@dataclass(frozen=True, slots=True)
class Pending:
    """Sent or received, and not answered yet."""

    referral_id: UUID
    person_id: UUID
    sent_on: date
    reply_due_on: date


@dataclass(frozen=True, slots=True)
class Accepted:
    on: date


@dataclass(frozen=True, slots=True)
class Declined:
    on: date


@dataclass(frozen=True, slots=True)
class Expired:
    due: date


ReferralState = NoReferral | Pending | Accepted | Declined | Expired

REFERRAL_UNKNOWN = Refused(
    "intake.referral_unknown",
    "There is no referral with this id: look it up again.",
    clause="P11",
    kind=RefusalKind.NOT_FOUND,
)
REFERRAL_EXISTS = Refused("intake.referral_exists", "This id belongs to a referral already: use a new id.", "P11")
NOBODY_REFERS = Refused(
    "intake.referral_by_self",
    "A referral has a service at its other end; who comes by themselves sends an application instead.",
    clause="P12",
    kind=RefusalKind.INVALID,
)
ALREADY_ANSWERED = Refused(
    "intake.referral_answered", "The referral was answered on {day}: an answer is given once.", "P11"
)
REFERRAL_EXPIRED = Refused(
    "intake.referral_expired",
    "The answer was due by {due}; this referral has expired: it must be sent anew.",
    clause="P11",
)
NOT_YET_DUE = Refused(
    "intake.referral_not_due", "An answer may still come until {due}: a referral expires on the day after.", "P11"
)


def decide(command: ReferralCommand, state: ReferralState, found: IntakeCircumstances) -> Decision:
    if wrong := misdated(command.on, found.today):
        return wrong
    match command:
        case ReceiveReferral() | SendReferral():
            return open_referral(command, state, found)
        case AcceptReferral() | DeclineReferral():
            return answer(command, state)
        case ExpireReferral():
            return expire(command, state)
        case _:
            assert_never(command)


def open_referral(
    command: ReceiveReferral | SendReferral, state: ReferralState, found: IntakeCircumstances
) -> Decision:
    if not isinstance(state, NoReferral):
        return REFERRAL_EXISTS
    if found.person is not None and found.person.restricted_on is not None:
        return RESTRICTED.about(on=found.person.restricted_on)
    if not found.person_known:
        return PERSON_UNKNOWN
    if found.agreement is None:
        return OUT_OF_TERM.about(day=command.on)
    due = command.on + timedelta(days=found.agreement.referral_reply_days)
    match command:
        case ReceiveReferral(channel_class=ChannelClass.SELF) | SendReferral(receiver_class=ChannelClass.SELF):
            return NOBODY_REFERS
        case ReceiveReferral(referral_id=referral_id, person_id=person_id, channel_class=channel):
            return [
                ReferralReceived(
                    occurred_on=command.on,
                    referral_id=referral_id,
                    person_id=person_id,
                    channel_class=channel,
                    reply_due_on=due,
                )
            ]
        case SendReferral(referral_id=referral_id, person_id=person_id, receiver_class=receiver):
            return [
                ReferralSent(
                    occurred_on=command.on,
                    referral_id=referral_id,
                    person_id=person_id,
                    receiver_class=receiver,
                    reply_due_on=due,
                )
            ]
        case _:
            assert_never(command)


def answer(command: AcceptReferral | DeclineReferral, state: ReferralState) -> Decision:
    match state:
        case Pending(referral_id=referral_id, sent_on=sent_on, reply_due_on=due):
            if wrong := misdated(command.on, command.on, sent_on, "the referral"):
                return wrong
            if command.on > due:
                return REFERRAL_EXPIRED.about(due=due)
            match command:
                case AcceptReferral():
                    return [ReferralAccepted(occurred_on=command.on, referral_id=referral_id)]
                case DeclineReferral(reason=reason):
                    return [ReferralDeclined(occurred_on=command.on, referral_id=referral_id, reason=reason)]
                case _:
                    assert_never(command)
        case _:
            return not_pending(state)


def expire(command: ExpireReferral, state: ReferralState) -> Decision:
    match state:
        case Pending(reply_due_on=due) if command.on <= due:
            return NOT_YET_DUE.about(due=due)
        case Pending(referral_id=referral_id):
            return [ReferralExpired(occurred_on=command.on, referral_id=referral_id)]
        case Expired():
            return []
        case _:
            return not_pending(state)


def not_pending(state: NoReferral | Accepted | Declined | Expired) -> Refused:
    match state:
        case NoReferral():
            return REFERRAL_UNKNOWN
        case Accepted(on=day) | Declined(on=day):
            return ALREADY_ANSWERED.about(day=day)
        case Expired(due=due):
            return REFERRAL_EXPIRED.about(due=due)
        case _:
            assert_never(state)


def evolve(state: ReferralState, event: DomainEvent) -> ReferralState:
    match state, event:
        case NoReferral(), (ReferralReceived() | ReferralSent()) as opened:
            return Pending(opened.referral_id, opened.person_id, opened.occurred_on, opened.reply_due_on)
        case Pending(), ReferralAccepted(occurred_on=day):
            return Accepted(day)
        case Pending(), ReferralDeclined(occurred_on=day):
            return Declined(day)
        case Pending(reply_due_on=due), ReferralExpired():
            return Expired(due)
        case _:
            raise TypeError(f"a referral in state {type(state).__name__} has no {type(event).__name__}")


REFERRAL: Decider[ReferralState, ReferralCommand, IntakeCircumstances] = Decider(
    context="intake", name="referral", initial=NoReferral(), decide=decide, evolve=evolve
)
