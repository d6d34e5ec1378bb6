"""What can be asked of a vacancy, the refusals, and what its decisions are told of the world (P31, P32, P39)."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from insieme_events.agreement import Agreement
from insieme_events.contracts.matching import (
    HoursClass,
    LanguageSkill,
    LicenceClass,
    Positions,
    VacancyCloseReason,
    VacancyWithdrawReason,
)
from insieme_events.contracts.vocabulary import Comune, ProfileCode, Strand
from insieme_events.days import Day
from insieme_events.decider import Circumstances, Command, RefusalKind, Refused
from insieme_matching.reservations import Reservation, ReservePositions, ReturnPositions

VACANCY_UNKNOWN = Refused(
    code="matching.vacancy_unknown",
    sentence="There is no vacancy with this id: open it first.",
    clause="P31",
    kind=RefusalKind.NOT_FOUND,
)
ALREADY_OPENED = Refused(
    code="matching.vacancy_already_opened",
    sentence="This vacancy is open already: open another one under an id of its own.",
    clause="P31",
)
VACANCY_FULL = Refused(
    code="matching.vacancy_full",
    sentence="Every position of this vacancy is taken: open a new vacancy, or record the placement without one.",
    clause="P31",
)
VACANCY_OVER = Refused(
    code="matching.vacancy_over",
    sentence="This vacancy was closed or withdrawn: open a new one.",
    clause="P31",
)
BEFORE_OPENING = Refused(
    code="matching.before_opening",
    sentence="The vacancy was opened on {opened_on}: nothing of it can be dated earlier.",
    clause="P31",
)
SELECTION_OPEN = Refused(
    code="matching.selection_open",
    sentence="Selection {number} of this vacancy is still open: close it before the next one.",
    clause="P32",
)
NO_SELECTION_OPEN = Refused(
    code="matching.no_selection_open",
    sentence="No selection is open on this vacancy: open one first.",
    clause="P32",
)
BEFORE_SELECTION = Refused(
    code="matching.before_selection",
    sentence="The selection was opened on {opened_on}: it cannot be closed earlier.",
    clause="P32",
)
OTHER_COMPANY = Refused(
    code="matching.other_company",
    sentence="The vacancy belongs to another company than the placement: check both ids.",
    clause="P31",
)


RESERVED_FOR_COURSES = Refused(
    code="matching.reserved_for_courses",
    sentence="Courses count on {reserved} positions of this need: open the vacancy with at least so many.",
    clause="P39",
)


class NewVacancy(Command):
    """What is told of a vacancy that is to be opened; `need_id` is the need that it comes out of."""

    company_id: UUID
    need_id: UUID | None = None
    profile: ProfileCode
    positions: Positions
    comune: Comune
    strand: Strand = Strand.MATCHING
    on: Day


class OpenVacancy(NewVacancy):
    """With `need_id`, the unit also holds ConvertNeed on that need, and its reservations are taken over."""

    vacancy_id: UUID


class StateRequirements(Command):
    """What the company asks for beside the profile; the whole of it, each time (P31)."""

    hours: HoursClass | None = None
    licence: LicenceClass | None = None
    languages: tuple[LanguageSkill, ...] = ()
    on: Day


class OpenSelection(Command):
    on: Day


class CloseSelection(Command):
    on: Day


class FillPosition(Command):
    """A placement takes a position: part of the same unit as StartPlacement; `on` is the placement's first day.

    `reservation_id` where the person comes out of the course that the position is kept for; without it no position
    that is kept for a course can be taken (P39).
    """

    employment_id: UUID
    company_id: UUID
    reservation_id: UUID | None = None
    on: Day


class FreePosition(Command):
    """A placement was voided as a whole: part of the same unit as VoidPlacement."""

    employment_id: UUID
    on: Day


class CloseVacancy(Command):
    reason: VacancyCloseReason
    on: Day


class WithdrawVacancy(Command):
    reason: VacancyWithdrawReason
    on: Day


VacancyCommand = (
    OpenVacancy
    | StateRequirements
    | OpenSelection
    | CloseSelection
    | FillPosition
    | FreePosition
    | ReservePositions
    | ReturnPositions
    | CloseVacancy
    | WithdrawVacancy
)


@dataclass(frozen=True, slots=True)
class VacancyCircumstances(Circumstances):
    """`company_known`: whether the company of an OpenVacancy is registered, `kept_by_need` what its need keeps.

    `alike` are the ids of companies that are one with the company of a FillPosition, `last_known` the latest agreement
    that had begun by the day of a ReservePositions.
    """

    company_known: bool
    kept_by_need: tuple[Reservation, ...] = ()
    alike: frozenset[UUID] = field(default_factory=frozenset)
    last_known: Agreement | None = None
