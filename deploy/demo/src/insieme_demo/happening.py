"""A happening: what one unit of commands is made from. Pure data, ordered by the instant of its recording."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from uuid import UUID

from insieme_events.decider import Command


class Kind(StrEnum):
    """The aggregates, by the head of their stream names."""

    PERSON = "person"
    CASE = "case"
    REFERRAL = "referral"
    COMPANY = "company"
    NEED = "need"
    VACANCY = "vacancy"
    CANDIDACY = "candidacy"
    EMPLOYMENT = "employment"
    INTERNSHIP = "internship"
    BOARD = "board_membership"
    BODY = "body"
    MEETING = "meeting"
    PLAN_YEAR = "plan_year"
    PROTOCOL = "protocol"
    STUDY = "study"
    PRESENTATION = "annual_presentation"
    ENTRY = "register_entry"
    LEDGER = "ledger"
    COURSE = "course"
    COURSE_PARTICIPATION = "participation"
    COMMITTEE = "committee"
    CALL = "call"
    BUDGET = "budget"
    PROJECT = "project"
    FUNDING_DECISION = "funding_decision"

    @property
    def service(self) -> str:
        """The service whose aggregate it is."""
        return SERVICE_OF[self]


SERVICE_OF = {
    **dict.fromkeys((Kind.PERSON, Kind.CASE, Kind.REFERRAL, Kind.LEDGER), "intake"),
    **dict.fromkeys((Kind.COMPANY, Kind.NEED, Kind.VACANCY, Kind.CANDIDACY, Kind.EMPLOYMENT), "matching"),
    Kind.INTERNSHIP: "matching",
    **dict.fromkeys((Kind.BOARD, Kind.BODY, Kind.MEETING, Kind.PLAN_YEAR, Kind.PROTOCOL), "governance"),
    **dict.fromkeys((Kind.STUDY, Kind.PRESENTATION, Kind.ENTRY), "governance"),
    **dict.fromkeys((Kind.COURSE, Kind.COURSE_PARTICIPATION), "training"),
    **dict.fromkeys((Kind.COMMITTEE, Kind.CALL, Kind.BUDGET, Kind.PROJECT, Kind.FUNDING_DECISION), "funding"),
}
MATCHING_PARTY = "fondazione"
"""Who brings persons and companies together."""
TRAINING_PARTY = "fondazione_san_petronio"
"""Who holds the courses."""


class Phase(IntEnum):
    """A batch is decided on what the store held before it, so a month is written in this order (matching's bulk rule).

    Of intake are the first two phases and the last two: an application may name a referral that arrived, and a merge
    of persons is written by itself, because its case has to be closed before the two ids are one.
    """

    ARRIVALS = 0
    CASES = 1
    VACANCIES = 2
    CANDIDACIES = 3
    PLACEMENTS = 4
    AMENDMENTS = 5
    MERGES = 6


class CoursePhase(IntEnum):
    """The order in which a month of training is written, for the same reason."""

    PLANS = 0
    REQUESTS = 1
    RANKINGS = 2
    STARTS = 3
    LESSONS = 4


class GovernancePhase(IntEnum):
    """The order in which a month of governance is written: a plan rests on a decision that stands in the store."""

    CONVENED = 0
    HELD = 1
    RESOURCES = 2
    DECIDED = 3
    CARRIED_OUT = 4


class FundingPhase(IntEnum):
    """The order in which a month of funding is written: who judges and what is called for stand in the store first."""

    SEATS = 0
    BUDGETS = 1
    SUBMISSIONS = 2
    CONFLICTS = 3
    JUDGEMENTS = 4
    PAYMENTS = 5
    FOLLOWING = 6


@dataclass(frozen=True, slots=True)
class Refers:
    """The command's `field` takes the id of the first event of that type in the stream of its step."""

    field: str
    event_type: str


@dataclass(frozen=True, slots=True)
class Order:
    """One command to one stream. With `refers` the event id in it is found when it is written."""

    kind: Kind
    stream_id: UUID
    command: Command
    refers: Refers | None = None

    @property
    def stream(self) -> str:
        return f"{self.kind}-{self.stream_id}"


@dataclass(frozen=True, slots=True)
class Happening:
    """Orders that happen together or not at all. `key` is the idempotency key and the correlation id of its events.

    `person` is the number of the person whose identity is written beside it, `company` that of the company. `needs` are
    streams of other services that this one must have heard of, `of_persons` whose erasure must not come between,
    `locks` what is locked besides. `erases` is whose identity goes with it, `compared` the numbers of two persons whose
    identities were looked at.
    """

    recorded_at: datetime
    key: UUID
    orders: tuple[Order, ...]
    phase: Phase | CoursePhase | GovernancePhase | FundingPhase = Phase.ARRIVALS
    person: int | None = None
    company: int | None = None
    needs: tuple[str, ...] = ()
    of_persons: tuple[UUID, ...] = ()
    locks: tuple[str, ...] = ()
    erases: UUID | None = None
    compared: tuple[int, int] | None = None
