"""Each year's budgets with what is spent straight out of them, and the activities beside projects that they fund.

A budget has the lines of the plan of its year; what a grant or an activity takes is kept in `Funds`, so that nothing is
granted twice (I3; P64, P66).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from uuid import UUID

from insieme_demo import tables
from insieme_demo.courses import Course
from insieme_demo.ids import made
from insieme_demo.internships import Internship
from insieme_demo.quotas import LAST_DAY
from insieme_events.contracts.funding import ActivityKind
from insieme_events.contracts.funding_committees import RefusalGround
from insieme_events.contracts.vocabulary import Strand

QUARTERS = ((3, 29), (6, 28), (9, 27), (12, 13))
SPENT_PERCENT = {Strand.TRANSVERSAL: 23, Strand.MATCHING: 14}
"""Of a line in each quarter without a commitment: the people and the desks."""
BASIC_PERCENT = 60
"""Of the line of strand 2.a: the workshops that each source funds in spring."""
COST = {Strand.TRAINING_TARGETED: 3_800_000, Strand.TRAINING_EXPERIMENTAL: 600_000}
"""Euro cents of a course."""
COURSES_FROM = "comune_bologna"


@dataclass(frozen=True, slots=True)
class Era:
    """A part of the history of money: who decides when, up to when calls are opened, and the last day of anything.

    What is numbered is numbered from `first` on.
    """

    mandates: tuple[tuple[date, date], ...]
    calls_until: date = LAST_DAY
    last: date = LAST_DAY
    first: int = 0


@dataclass(frozen=True, slots=True)
class Budget:
    """Of a source in a year, in euro cents. `amended` is the day and the lines that it had from then on."""

    year: int
    source: str
    set_on: date
    lines: Mapping[Strand, int]
    amended: tuple[date, Mapping[Strand, int]] | None
    spending: tuple[tuple[date, Strand, int], ...]
    closed_on: date | None

    @property
    def last(self) -> Mapping[Strand, int]:
        return self.lines if self.amended is None else self.amended[1]


@dataclass(frozen=True, slots=True)
class Activity:
    """`approved_on` or `refused` is what the Comitato di gestione said; `ended_on` is None while it goes on."""

    decision_id: UUID
    kind: ActivityKind
    activity_id: UUID
    strand: Strand
    source: str
    amount: int
    proposed_on: date
    approved_on: date | None
    refused: tuple[date, RefusalGround] | None
    payments: tuple[tuple[date, int], ...]
    ended_on: date | None

    @property
    def year(self) -> int:
        return self.proposed_on.year


@dataclass
class Funds:
    """What is left of each line."""

    left: dict[tuple[int, str, Strand], int]

    @classmethod
    def of(cls, budgets: Iterable[Budget]) -> Funds:
        left = {(b.year, b.source, strand): amount for b in budgets for strand, amount in b.last.items()}
        for budget in budgets:
            for _, strand, amount in budget.spending:
                left[budget.year, budget.source, strand] -= amount
        return cls(left)

    def source_of(self, year: int, strand: Strand, amount: int) -> str | None:
        """The source with most left, if that is enough."""
        lines = [(left, source) for (y, source, s), left in self.left.items() if (y, s) == (year, strand)]
        most, source = max(lines, default=(0, ""))
        return source if most >= amount else None

    def take(self, year: int, source: str, strand: Strand, amount: int) -> None:
        self.left[year, source, strand] -= amount


def budgets(years: Iterable[tables.Year], last: date = LAST_DAY) -> tuple[Budget, ...]:
    """One of every source in every year, set some days after the plan; nothing of it lies after `last`."""
    return tuple(_budget(year, source, last) for year in years for source in year.budget.committed)


def closing_day(year: int) -> date:
    """When the budgets of a year are closed: after the last bills of it, and before its plan."""
    return date(year + 1, 3, 27)


def _budget(year: tables.Year, source: str, last: date) -> Budget:
    before, after = (_lines(budget, source) for budget in (year.budget, year.last))
    amended = None
    if year.amended is not None and before != after:
        amended = year.amended[2].meets_on + timedelta(days=12), after
    spending = tuple(
        (on, strand, (before if amended is None or on < amended[0] else after)[strand] * percent // 100)
        for on in (date(year.year, *quarter) for quarter in QUARTERS)
        if on <= last
        for strand, percent in SPENT_PERCENT.items()
    )
    closed_on = closing_day(year.year)
    return Budget(
        year=year.year,
        source=source,
        set_on=year.approved_at.meets_on + timedelta(days=9),
        lines=before,
        amended=amended,
        spending=spending,
        closed_on=closed_on if closed_on <= last else None,
    )


def _lines(budget: tables.Budget, source: str) -> dict[Strand, int]:
    return {ceiling.strand: ceiling.amount for ceiling in budget.ceilings if ceiling.source == source}


def activities(
    chance: Random, seed: int, funds: Funds, courses: Iterable[Course], internships: Iterable[Internship], era: Era
) -> tuple[Activity, ...]:
    """Workshops of every year, the courses, and the allowances of interns: what no budget has money for is refused."""
    found = [*_workshops(chance, seed, funds, era), *_courses(seed, funds, courses)]
    found += _allowances(seed, funds, internships, era)
    return tuple(sorted(found, key=lambda one: (one.proposed_on, one.decision_id)))


def _workshops(chance: Random, seed: int, funds: Funds, era: Era) -> Iterator[Activity]:
    lines = [(y, source, left) for (y, source, s), left in funds.left.items() if s is Strand.TRAINING_BASIC]
    for n, (year, source, left) in enumerate(lines, start=era.first):
        amount = left * BASIC_PERCENT // 100
        proposed_on = date(year, 3, 5) + timedelta(days=chance.randint(0, 10))
        decided_on = proposed_on + timedelta(days=chance.randint(4, 14))
        first = made(seed, "workshops", n), made(seed, "decision on workshops", n)
        funds.take(year, source, Strand.TRAINING_BASIC, amount)
        ended_on = date(year, 11, 27)
        payments = (date(year, 6, 14), amount * 2 // 5), (date(year, 11, 20), amount // 2)
        yield Activity(
            decision_id=first[1],
            kind=ActivityKind.OTHER,
            activity_id=first[0],
            strand=Strand.TRAINING_BASIC,
            source=source,
            amount=amount,
            proposed_on=proposed_on,
            approved_on=decided_on,
            refused=None,
            payments=tuple(one for one in payments if one[0] <= era.last),
            ended_on=ended_on if ended_on <= era.last else None,
        )
        if n % 4 == 1:
            yield Activity(
                decision_id=made(seed, "refused workshops", n),
                kind=ActivityKind.OTHER,
                activity_id=made(seed, "more workshops", n),
                strand=Strand.TRAINING_BASIC,
                source=source,
                amount=amount,
                proposed_on=proposed_on + timedelta(days=60),
                approved_on=None,
                refused=(proposed_on + timedelta(days=75), RefusalGround.NOT_USEFUL),
                payments=(),
                ended_on=None,
            )


def _courses(seed: int, funds: Funds, courses: Iterable[Course]) -> Iterator[Activity]:
    """Decided before the course is activated; half is paid at its start, the rest when it is over. Those of strand 2a
    are among the workshops. Raises ValueError where no source has enough for one.
    """
    for course in courses:
        days = course.days
        if days.strand not in COST:
            continue
        amount = COST[days.strand]
        approved_on = days.activated_on - timedelta(days=10)
        source = funds.source_of(approved_on.year, days.strand, amount)
        if source is None:
            raise ValueError(f"no budget of {approved_on.year} has enough for the course {days.code}")
        funds.take(approved_on.year, source, days.strand, amount)
        first_paid, last_paid = days.starts_on + timedelta(days=7), days.ends_on + timedelta(days=20)
        held = course.cancelled_on is None
        yield Activity(
            decision_id=made(seed, f"decision on {days.code}", 0),
            kind=ActivityKind.COURSE,
            activity_id=course.course_id,
            strand=days.strand,
            source=source,
            amount=amount,
            proposed_on=days.planned_on + timedelta(days=2),
            approved_on=approved_on,
            refused=None,
            payments=((first_paid, amount // 2), (last_paid, amount - amount // 2)) if held else (),
            ended_on=(course.cancelled_on or days.ends_on + timedelta(days=30)) + timedelta(days=10),
        )


def _allowances(seed: int, funds: Funds, internships: Iterable[Internship], era: Era) -> Iterator[Activity]:
    """From March on, when the budgets are set: what is due for the days that were, the rest is released."""
    for n, one in enumerate(internships, start=era.first):
        if one.asked_on.month < 3 or one.asked_on.month > 11:
            continue
        days = (one.ends_on - one.starts_on).days + 1
        amount = one.monthly_allowance * round(days / 30.4)
        due = amount * ((one.ended_on - one.starts_on).days + 1) // days
        decided_on, paid_on = one.asked_on + timedelta(days=8), one.ended_on + timedelta(days=10)
        source = funds.source_of(one.asked_on.year, Strand.MATCHING, amount)
        if source is not None:
            funds.take(one.asked_on.year, source, Strand.MATCHING, amount)
        yield Activity(
            decision_id=made(seed, "decision on allowance", n),
            kind=ActivityKind.INTERNSHIP_ALLOWANCE,
            activity_id=one.internship_id,
            strand=Strand.MATCHING,
            source=source or COURSES_FROM,
            amount=amount,
            proposed_on=one.asked_on,
            approved_on=None if source is None else decided_on,
            refused=(decided_on, RefusalGround.NO_BUDGET) if source is None else None,
            payments=() if source is None else ((paid_on, due),),
            ended_on=None if source is None else paid_on + timedelta(days=5),
        )
