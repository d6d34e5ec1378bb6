"""The limits that the law sets, as dated versions: internships, unemployment, communications (P27, P34)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import assert_never
from uuid import UUID

from insieme_events.agreement import Limits as Version
from insieme_events.contracts import Code, DomainEvent
from insieme_events.contracts.agreement import LegalLimits
from insieme_events.contracts.governance import LegalLimitsPublished
from insieme_events.days import Day
from insieme_events.decider import Circumstances, Command, Decider, Decision, RefusalKind, Refused
from insieme_governance.gates import not_after

LIMITS_UNKNOWN = Refused(
    code="governance.legal_limits_unknown",
    sentence="There is no version of the legal limits with this id.",
    clause="P34",
    kind=RefusalKind.NOT_FOUND,
)
ALREADY_PUBLISHED = Refused(
    code="governance.legal_limits_published",
    sentence="Under this id a version was published already: publish the next one under an id of its own.",
    clause="P34",
)
LIMITS_TAKEN = Refused(
    code="governance.legal_limits_version_taken",
    sentence="A version of this name was published already: give it another name.",
    clause="P34",
)
BACK_DATED = Refused(
    code="governance.legal_limits_back_dated",
    sentence="The newest version begins on {newest}: the next one begins later.",
    clause="P34",
)


class NewLegalLimits(Command):
    version: Code
    valid_from: Day
    limits: LegalLimits
    on: Day


class PublishLegalLimits(NewLegalLimits):
    """What the law says from `valid_from` on; a law may be entered here after it began (P34)."""

    limits_id: UUID


@dataclass(frozen=True, slots=True)
class LimitsCircumstances(Circumstances):
    """Every version that was published so far."""

    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class NotPublished:
    pass


@dataclass(frozen=True, slots=True)
class Published:
    limits_id: UUID
    version: str
    valid_from: date
    limits: LegalLimits


Limits = NotPublished | Published


def decide(command: PublishLegalLimits, state: Limits, circumstances: LimitsCircumstances) -> Decision:
    match state:
        case Published(version=version, valid_from=valid_from, limits=limits):
            same = (version, valid_from, limits) == (command.version, command.valid_from, command.limits)
            return [] if same else ALREADY_PUBLISHED
        case NotPublished():
            newest = max((one.valid_from for one in circumstances.versions), default=date.min)
            if refused := not_after(circumstances.today, command.on):
                return refused
            if any(one.version == command.version for one in circumstances.versions):
                return LIMITS_TAKEN
            if command.valid_from <= newest:
                return BACK_DATED.about(newest=newest)
            return [
                LegalLimitsPublished(
                    limits_id=command.limits_id,
                    version=command.version,
                    valid_from=command.valid_from,
                    limits=command.limits,
                    occurred_on=command.on,
                )
            ]
        case _:
            assert_never(state)


def evolve(state: Limits, event: DomainEvent) -> Limits:
    match state, event:
        case NotPublished(), LegalLimitsPublished():
            return Published(event.limits_id, event.version, event.valid_from, event.limits)
        case _:
            raise TypeError(
                f"{type(event).__name__} cannot follow {type(state).__name__} on the stream of legal limits"
            )


LEGAL_LIMITS: Decider[Limits, PublishLegalLimits, LimitsCircumstances] = Decider(
    context="governance", name="legal_limits", initial=NotPublished(), decide=decide, evolve=evolve
)
