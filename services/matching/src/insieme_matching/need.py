"""Need (fabbisogno): persons a company expects to look for, before there is a vacancy (P60)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from insieme_events.agreement import Agreement
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.matching import (
    NeedConverted,
    NeedDeclared,
    NeedExpired,
    NeedSigned,
    Positions,
    ReservationEvent,
    ReservationRefusal,
)
from insieme_events.contracts.training import PositionSourceKind
from insieme_events.contracts.vocabulary import ProfileCode
from insieme_events.days import Day
from insieme_events.decider import Circumstances, Command, Decider, Decision, RefusalKind, Refused
from insieme_matching import reservations
from insieme_matching.gates import COMPANY_UNKNOWN, not_after
from insieme_matching.reservations import (
    NO_AGREEMENT,
    RESERVATION_UNKNOWN,
    Kept,
    ReservePositions,
    ReturnPositions,
    Source,
)

NEED_UNKNOWN = Refused(
    code="matching.need_unknown",
    sentence="There is no need with this id: declare it first.",
    clause="P60",
    kind=RefusalKind.NOT_FOUND,
)
ALREADY_DECLARED = Refused(
    code="matching.need_already_declared",
    sentence="This need is declared already: declare another one under an id of its own.",
    clause="P60",
)
HORIZON_PASSED = Refused(
    code="matching.horizon_passed",
    sentence="A need looks ahead: give a horizon on or after the day it is declared.",
    clause="P60",
    kind=RefusalKind.INVALID,
)
BEFORE_DECLARATION = Refused(
    code="matching.before_declaration",
    sentence="The need was declared on {declared_on}: nothing of it can be dated earlier.",
    clause="P60",
)
NEED_CONVERTED = Refused(
    code="matching.need_converted",
    sentence="A vacancy came out of this need already: work on that vacancy, or declare a new need.",
    clause="P60",
)
NEED_EXPIRED = Refused(
    code="matching.need_expired",
    sentence="This need has expired: open the vacancy without it, or declare a new need.",
    clause="P60",
)
HORIZON_AHEAD = Refused(
    code="matching.horizon_ahead",
    sentence="The need runs until {horizon}: it can only expire after that day.",
    clause="P60",
)


RESERVATION_MOVED = Refused(
    code="matching.reservation_moved",
    sentence="The reservation went along to the vacancy that came out of this need: return it there.",
    clause="P39",
    kind=RefusalKind.RETRY,
)
SIGNED_TOO_LATE = Refused(
    code="matching.signed_after_declaration",
    sentence="A need that is being declared cannot have been signed after that day: sign it later.",
    clause="P60",
    kind=RefusalKind.INVALID,
)


class NewNeed(Command):
    """What is told of a need that is to be declared; `horizon` is the day by which the persons are looked for.

    `signed_on` where the company has signed it already.
    """

    company_id: UUID
    profile: ProfileCode
    positions: Positions
    horizon: Day
    signed_on: Day | None = None
    on: Day


class DeclareNeed(NewNeed):
    need_id: UUID


class SignNeed(Command):
    """The company signs: from then on courses may count on the positions (P39)."""

    on: Day


class ConvertNeed(Command):
    """A vacancy came out of the need: part of the same unit as OpenVacancy, which takes its reservations over."""

    vacancy_id: UUID
    on: Day


class ExpireNeed(Command):
    on: Day


NeedCommand = DeclareNeed | SignNeed | ConvertNeed | ExpireNeed | ReservePositions | ReturnPositions


@dataclass(frozen=True, slots=True)
class NeedCircumstances(Circumstances):
    """`company_known`: whether the company of a DeclareNeed is registered.

    `last_known` is the latest agreement that had begun by the day of a ReservePositions.
    """

    company_known: bool
    last_known: Agreement | None = None


@dataclass(frozen=True, slots=True)
class NotDeclared:
    """`kept` remembers courses that asked for a need that there is not."""

    kept: Kept = field(default_factory=Kept)


@dataclass(frozen=True, slots=True)
class Declared:
    need_id: UUID
    company_id: UUID
    positions: int
    declared_on: date
    horizon: date
    signed_on: date | None = None
    kept: Kept = field(default_factory=Kept)


@dataclass(frozen=True, slots=True)
class Converted:
    """`kept` are the reservations that went along to the vacancy."""

    need_id: UUID
    vacancy_id: UUID
    kept: Kept


@dataclass(frozen=True, slots=True)
class Expired:
    need_id: UUID
    kept: Kept


Need = NotDeclared | Declared | Converted | Expired


def decide(command: NeedCommand, state: Need, circumstances: NeedCircumstances) -> Decision:
    if future := not_after(circumstances.today, command.on):
        return future
    match command:
        case DeclareNeed():
            return declare(command, state, circumstances)
        case SignNeed(on=on):
            return sign(state, on)
        case ReservePositions():
            return reserve(command, state, circumstances)
        case ReturnPositions():
            return give_back(command, state)
        case ConvertNeed(vacancy_id=vacancy_id, on=on):
            return convert(state, vacancy_id, on)
        case ExpireNeed(on=on):
            return expire(state, on)
        case _:
            assert_never(command)


def declare(command: DeclareNeed, need: Need, circumstances: NeedCircumstances) -> Decision:
    match need:
        case NotDeclared() if not circumstances.company_known:
            return COMPANY_UNKNOWN
        case NotDeclared() if command.horizon < command.on:
            return HORIZON_PASSED
        case NotDeclared() if command.signed_on is not None and command.signed_on > command.on:
            return SIGNED_TOO_LATE
        case NotDeclared():
            declared = NeedDeclared(
                need_id=command.need_id,
                company_id=command.company_id,
                profile=command.profile,
                positions=command.positions,
                horizon=command.horizon,
                occurred_on=command.on,
            )
            if command.signed_on is None:
                return [declared]
            return [declared, NeedSigned(need_id=command.need_id, occurred_on=command.signed_on)]
        case Declared() | Converted() | Expired():
            return ALREADY_DECLARED
        case _:
            assert_never(need)


def sign(need: Need, on: date) -> Decision:
    match need:
        case NotDeclared():
            return NEED_UNKNOWN
        case Declared(signed_on=date()):
            return []
        case Declared(declared_on=declared_on) if on < declared_on:
            return BEFORE_DECLARATION.about(declared_on=declared_on)
        case Declared(need_id=need_id):
            return [NeedSigned(need_id=need_id, occurred_on=on)]
        case Converted():
            return NEED_CONVERTED
        case Expired():
            return NEED_EXPIRED
        case _:
            assert_never(need)


def reserve(command: ReservePositions, need: Need, circumstances: NeedCircumstances) -> Decision:
    """Answers a course that asks for positions: only a need that the company signed counts (P39)."""
    if command.reservation_id in need.kept.answered:
        return []
    agreement = circumstances.agreement or circumstances.last_known
    kind = PositionSourceKind.NEED
    match need:
        case NotDeclared():
            return reservations.refuse(command, kind, ReservationRefusal.UNKNOWN_SOURCE)
        case _ if agreement is None:
            return NO_AGREEMENT.about(on=command.on)
        case _ if not reservations.admitted(kind, agreement):
            return reservations.refuse(command, kind, ReservationRefusal.NOT_ADMITTED)
        case Declared(signed_on=signed_on) if signed_on is None or signed_on > command.on:
            return reservations.refuse(command, kind, ReservationRefusal.NOT_SIGNED)
        case Declared() if command.on > need.horizon:
            return reservations.refuse(command, kind, ReservationRefusal.NOT_OPEN)
        case Declared(kept=kept):
            return reservations.reserve(command, kept, source_of(need), need.positions - kept.reserved)
        case Converted() | Expired():
            return reservations.refuse(command, kind, ReservationRefusal.NOT_OPEN)
        case _:
            assert_never(need)


def give_back(command: ReturnPositions, need: Need) -> Decision:
    match need:
        case Declared(kept=kept):
            return reservations.give_back(command, kept, source_of(need))
        case Converted(kept=kept) if kept.of(command.reservation_id) is not None:
            return RESERVATION_MOVED
        case NotDeclared(kept=kept) | Converted(kept=kept) | Expired(kept=kept):
            return [] if command.reservation_id in kept.answered else RESERVATION_UNKNOWN
        case _:
            assert_never(need)


def source_of(need: Declared) -> Source:
    return Source(PositionSourceKind.NEED, need.need_id, need.company_id)


def convert(need: Need, vacancy_id: UUID, on: date) -> Decision:
    match need:
        case NotDeclared():
            return NEED_UNKNOWN
        case Declared(declared_on=declared_on) if on < declared_on:
            return BEFORE_DECLARATION.about(declared_on=declared_on)
        case Declared(need_id=need_id):
            return [NeedConverted(need_id=need_id, vacancy_id=vacancy_id, occurred_on=on)]
        case Converted(vacancy_id=same) if same == vacancy_id:
            return []
        case Converted():
            return NEED_CONVERTED
        case Expired():
            return NEED_EXPIRED
        case _:
            assert_never(need)


def expire(need: Need, on: date) -> Decision:
    match need:
        case NotDeclared():
            return NEED_UNKNOWN
        case Declared(horizon=horizon) if on <= horizon:
            return HORIZON_AHEAD.about(horizon=horizon)
        case Declared(need_id=need_id, kept=kept):
            released = reservations.release_all(kept, source_of(need), on)
            return [*released, NeedExpired(need_id=need_id, occurred_on=on)]
        case Converted():
            return NEED_CONVERTED
        case Expired():
            return []
        case _:
            assert_never(need)


def evolve(state: Need, event: DomainEvent) -> Need:
    match state, event:
        case _, ReservationEvent():
            return replace(state, kept=reservations.after(state.kept, event))
        case NotDeclared(kept=kept), NeedDeclared():
            return Declared(
                need_id=event.need_id,
                company_id=event.company_id,
                positions=event.positions,
                declared_on=event.occurred_on,
                horizon=event.horizon,
                kept=kept,
            )
        case Declared(), NeedSigned():
            return replace(state, signed_on=event.occurred_on)
        case Declared(kept=kept), NeedConverted():
            return Converted(need_id=event.need_id, vacancy_id=event.vacancy_id, kept=kept)
        case Declared(kept=kept), NeedExpired():
            return Expired(need_id=event.need_id, kept=kept)
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__} on a need's stream")


NEED: Decider[Need, NeedCommand, NeedCircumstances] = Decider(
    context="matching", name="need", initial=NotDeclared(), decide=decide, evolve=evolve
)
