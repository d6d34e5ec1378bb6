"""Need (fabbisogno): persons a company expects to look for, before there is a vacancy (P60)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import assert_never
from uuid import UUID

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.matching import NeedConverted, NeedDeclared, NeedExpired, Positions
from insieme_events.contracts.vocabulary import ProfileCode
from insieme_events.days import Day
from insieme_events.decider import Circumstances, Command, Decider, Decision, RefusalKind, Refused
from insieme_matching.gates import COMPANY_UNKNOWN, not_after

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


class NewNeed(Command):
    """What is told of a need that is to be declared; `horizon` is the day by which the persons are looked for."""

    company_id: UUID
    profile: ProfileCode
    positions: Positions
    horizon: Day
    on: Day


class DeclareNeed(NewNeed):
    need_id: UUID


class ConvertNeed(Command):
    """A vacancy came out of the need: part of the same unit as OpenVacancy."""

    vacancy_id: UUID
    on: Day


class ExpireNeed(Command):
    on: Day


NeedCommand = DeclareNeed | ConvertNeed | ExpireNeed


@dataclass(frozen=True, slots=True)
class NeedCircumstances(Circumstances):
    """`company_known`: whether the company of a DeclareNeed is registered."""

    company_known: bool


@dataclass(frozen=True, slots=True)
class NotDeclared:
    pass


@dataclass(frozen=True, slots=True)
class Declared:
    need_id: UUID
    declared_on: date
    horizon: date


@dataclass(frozen=True, slots=True)
class Converted:
    need_id: UUID
    vacancy_id: UUID


@dataclass(frozen=True, slots=True)
class Expired:
    need_id: UUID


Need = NotDeclared | Declared | Converted | Expired


def decide(command: NeedCommand, state: Need, circumstances: NeedCircumstances) -> Decision:
    if future := not_after(circumstances.today, command.on):
        return future
    match command:
        case DeclareNeed():
            return declare(command, state, circumstances)
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
        case NotDeclared():
            return [
                NeedDeclared(
                    need_id=command.need_id,
                    company_id=command.company_id,
                    profile=command.profile,
                    positions=command.positions,
                    horizon=command.horizon,
                    occurred_on=command.on,
                )
            ]
        case Declared() | Converted() | Expired():
            return ALREADY_DECLARED
        case _:
            assert_never(need)


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
        case Declared(need_id=need_id):
            return [NeedExpired(need_id=need_id, occurred_on=on)]
        case Converted():
            return NEED_CONVERTED
        case Expired():
            return []
        case _:
            assert_never(need)


def evolve(state: Need, event: DomainEvent) -> Need:
    match event:
        case NeedDeclared():
            return Declared(need_id=event.need_id, declared_on=event.occurred_on, horizon=event.horizon)
        case NeedConverted():
            return Converted(need_id=event.need_id, vacancy_id=event.vacancy_id)
        case NeedExpired():
            return Expired(need_id=event.need_id)
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__} on a need's stream")


NEED: Decider[Need, NeedCommand, NeedCircumstances] = Decider(
    context="matching", name="need", initial=NotDeclared(), decide=decide, evolve=evolve
)
