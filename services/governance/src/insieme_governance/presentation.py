"""AnnualPresentation: the Tavolo presents the year's results in public, once, out of a frozen set (P56, I6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import assert_never
from uuid import UUID, uuid5

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.governance_plan import (
    AnnualPresentationOverdue,
    AnnualResultsPresented,
    PresentationKind,
    Sha256,
    Year,
)
from insieme_events.contracts.vocabulary import Comune
from insieme_events.days import Day
from insieme_events.decider import Circumstances, Command, Decider, Decision, RefusalKind, Refused
from insieme_governance.gates import not_after

SNAPSHOT_UNKNOWN = Refused(
    code="governance.snapshot_unknown",
    sentence="No frozen set with this id is known here: freeze one, or send this again in a moment.",
    clause="P56",
    kind=RefusalKind.RETRY,
)
SNAPSHOT_DIFFERS = Refused(
    code="governance.snapshot_differs",
    sentence="The frozen set with this id has another hash: present exactly what was frozen.",
    clause="P56",
)
PRESENTED_ALREADY = Refused(
    code="governance.presented_already",
    sentence="The results of this year were presented already: there is one presentation a year.",
    clause="P56",
)
BEFORE_THE_YEAR = Refused(
    code="governance.before_the_year",
    sentence="The results of {year} cannot be presented before that year.",
    clause="P56",
    kind=RefusalKind.INVALID,
)
NOT_OVERDUE = Refused(
    code="governance.presentation_not_overdue",
    sentence="The presentation of {year} is due by {due_on}: it is not late before that day is over.",
    clause="P56",
)
NOT_OWED = Refused(
    code="governance.presentation_not_owed",
    sentence="No protocol was in force at the end of {year}: nobody owed a presentation.",
    clause="P56",
)
PRESENTATION_UNKNOWN = Refused(
    code="governance.presentation_unknown",
    sentence="Nothing is known of a presentation of this year.",
    clause="P56",
    kind=RefusalKind.NOT_FOUND,
)
YEARS = UUID("5d2c1d35-98f4-5c3c-8d0a-8f0d6f1c2b77")


def presentation_id(year: int) -> UUID:
    """The stream of a year's presentation."""
    return uuid5(YEARS, str(year))


def due_on(year: int) -> date:
    """«Annualmente»: within the year (P56)."""
    return date(year, 12, 31)


class Presentation(Command):
    """`snapshot_hash` is what the frozen set was published under; `comune` is where it was presented (P56)."""

    snapshot_id: UUID
    snapshot_hash: Sha256
    comune: Comune
    kind: PresentationKind
    on: Day


class PresentAnnualResults(Presentation):
    year: Year


class NotePresentationOverdue(Command):
    """The year has ended without its presentation: a timer's command (P56)."""

    year: Year
    on: Day


PresentationCommand = PresentAnnualResults | NotePresentationOverdue


@dataclass(frozen=True, slots=True)
class PresentationCircumstances(Circumstances):
    """`snapshot_hash` is that of the frozen set that the command names, None where nobody has heard of one;
    `in_force` says whether a protocol was in force at the end of the year.
    """

    snapshot_hash: str | None = None
    in_force: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    pass


@dataclass(frozen=True, slots=True)
class Overdue:
    year: int


@dataclass(frozen=True, slots=True)
class Presented:
    year: int
    on: date
    snapshot_id: UUID


AnnualPresentation = Due | Overdue | Presented


def decide(
    command: PresentationCommand, state: AnnualPresentation, circumstances: PresentationCircumstances
) -> Decision:
    if future := not_after(circumstances.today, command.on):
        return future
    match command:
        case PresentAnnualResults():
            return present(command, state, circumstances)
        case NotePresentationOverdue():
            return note_overdue(command, state, circumstances)
        case _:
            assert_never(command)


def present(
    command: PresentAnnualResults, presentation: AnnualPresentation, circumstances: PresentationCircumstances
) -> Decision:
    match presentation:
        case Presented(snapshot_id=snapshot_id, on=on) if (snapshot_id, on) == (command.snapshot_id, command.on):
            return []
        case Presented():
            return PRESENTED_ALREADY
        case Due() | Overdue() if command.on.year < command.year:
            return BEFORE_THE_YEAR.about(year=command.year)
        case Due() | Overdue() if circumstances.snapshot_hash is None:
            return SNAPSHOT_UNKNOWN
        case Due() | Overdue() if circumstances.snapshot_hash != command.snapshot_hash:
            return SNAPSHOT_DIFFERS
        case Due() | Overdue():
            return [
                AnnualResultsPresented(
                    year=command.year,
                    snapshot_id=command.snapshot_id,
                    snapshot_hash=command.snapshot_hash,
                    comune=command.comune,
                    kind=command.kind,
                    late=command.on > due_on(command.year),
                    occurred_on=command.on,
                )
            ]
        case _:
            assert_never(presentation)


def note_overdue(
    command: NotePresentationOverdue, presentation: AnnualPresentation, circumstances: PresentationCircumstances
) -> Decision:
    due = due_on(command.year)
    match presentation:
        case Overdue() | Presented():
            return []
        case Due() if command.on <= due:
            return NOT_OVERDUE.about(year=command.year, due_on=due)
        case Due() if not circumstances.in_force:
            return NOT_OWED.about(year=command.year)
        case Due():
            return [AnnualPresentationOverdue(year=command.year, due_on=due, occurred_on=command.on)]
        case _:
            assert_never(presentation)


def evolve(state: AnnualPresentation, event: DomainEvent) -> AnnualPresentation:
    match event:
        case AnnualResultsPresented():
            return Presented(event.year, event.occurred_on, event.snapshot_id)
        case AnnualPresentationOverdue():
            return Overdue(event.year)
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__} on a presentation's stream")


ANNUAL_PRESENTATION: Decider[AnnualPresentation, PresentationCommand, PresentationCircumstances] = Decider(
    context="governance", name="annual_presentation", initial=Due(), decide=decide, evolve=evolve
)
