"""What the figures must be: counted from the plan's own records, never from what the services stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from insieme_demo import ledger_money
from insieme_demo.courses import Course
from insieme_demo.later import Later
from insieme_demo.ledger_money import MoneyLedger
from insieme_demo.people import Person
from insieme_demo.plan import Plan
from insieme_demo.quotas import YEARS
from insieme_events.contracts.intake import SuitabilityOutcome

UNKNOWN = "unknown"
"""How a breakdown shows who was erased."""
YES_NO = ("no", "yes")
ENDS = (*(date(year, 12, 31) for year in range(2022, 2026)), date(2026, 6, 30))


@dataclass(frozen=True)
class Ledger:
    """Persons and contract links; by gender, comune and age those who were erased stand under `UNKNOWN`.

    `over_50` is by year and month of birth on the day of enrolment.

    `board_by_year` counts the companies in the Board on each 31 December; `courses` who started each course, who
    completed it, and for whom a contract began on or after its first day. Amounts are euro cents, those of the
    plans as amended.
    """

    enrolled: int
    enrolled_by_gender: dict[str, int]
    enrolled_by_year: dict[int, int]
    enrolled_by_comune: dict[str, int]
    enrolled_over_50: dict[str, int]
    interviewed: int
    interviewed_by_year: dict[int, int]
    interviews_by_year: dict[int, int]
    in_target_by_year: dict[int, int]
    taken_in_charge: int
    placements: int
    placements_by_year: dict[int, int]
    placements_by_gender: dict[str, int]
    placed_persons: int
    placed_persons_by_year: dict[int, int]
    newcomers_by_year: dict[int, int]
    renewals_by_year: dict[int, int]
    hiring_companies_by_year: dict[int, int]
    board_by_year: dict[int, int]
    courses: dict[str, tuple[int, int, int]]
    internships_by_year: dict[int, int]
    internships_ended_by_year: dict[int, int]
    meetings_by_year: dict[int, int]
    committed_by_year: dict[int, int]
    planned_by_year: dict[int, int]
    money: MoneyLedger


@dataclass(frozen=True)
class LaterLedger:
    """The years after 2021: everybody enrolled in them was interviewed and taken in charge.

    `board` counts the companies at the end of each year, and on the last day of the history. `courses` are as in the
    ledger of the years before; of those that nobody began there is none. Of `money`, what is spent is also that of
    grants of the years before.
    """

    enrolled: dict[int, int]
    placements: dict[int, int]
    meetings: dict[int, int]
    committed: dict[int, int]
    board: dict[date, int]
    courses: dict[str, tuple[int, int, int]]
    internships: dict[int, int]
    internships_ended: dict[int, int]
    money: MoneyLedger


def count_later(later: Later) -> LaterLedger:
    money = ledger_money.count(later.money, [chain for chain, _ in later.placements])
    links = [(chain.way.person, day) for chain, _ in later.placements for day in chain.starts]
    spent = Counter(money.spent)
    spent.update(ledger_money.spent_later(later.rests))
    return LaterLedger(
        enrolled=_by_year(way.received_on for way in later.ways),
        placements=_by_year(chain.starts_on for chain, _ in later.placements),
        meetings=_by_year(one.meets_on for one in later.tables.meetings if one.cancelled is None),
        committed={each.year: sum(each.last.committed.values()) for each in later.tables.years},
        money=replace(money, spent=dict(spent)),
        board={day: sum(each.holds(day) for each in later.board) for day in ENDS},
        courses={course.days.code: _of_course(course, links) for course in later.courses if course.pupils},
        internships=_by_year(one.starts_on for one in later.internships),
        internships_ended=_by_year(one.ended_on for one in later.internships),
    )


def count(plan: Plan) -> Ledger:
    """Enrolled are the persons of a first case that was admitted and not voided; links are those not voided."""
    first = plan.ways[: len(plan.people)]
    enrolled = [way for way in first if way.fate not in ("rejected", "withdrawn", "voided")]
    held = [day for way in enrolled if (day := way.interviewed_on) is not None]
    again = [day for way in plan.ways[len(first) :] if (day := way.interviewed_on) is not None]
    chains = [chain for chain in plan.chains if chain.voided is None]
    links = [(chain.way.person, day) for chain in chains for day in chain.starts]
    hirings = {(day.year, plan.offers.employers[chain.number].number) for chain in chains for day in chain.starts}
    erased = {way.case_id for way, _ in plan.mending.erased}
    in_target = [w.assessed_on for w in enrolled if w.suitability is SuitabilityOutcome.IN_TARGET and w.assessed_on]
    first_years: dict[int, int] = {}
    for person, day in links:
        first_years[person.number] = min(first_years.get(person.number, day.year), day.year)
    return Ledger(
        enrolled=len(enrolled),
        enrolled_by_gender=dict(
            Counter(UNKNOWN if way.case_id in erased else way.person.gender.value for way in enrolled)
        ),
        enrolled_by_year=dict(Counter(way.received_on.year for way in enrolled)),
        enrolled_by_comune=dict(Counter(UNKNOWN if way.case_id in erased else way.person.comune for way in enrolled)),
        enrolled_over_50=dict(
            Counter(UNKNOWN if way.case_id in erased else YES_NO[way.person.over_50] for way in enrolled)
        ),
        interviewed=len(held),
        interviewed_by_year=_by_year(held),
        interviews_by_year=_by_year([*held, *again, *(day for way in plan.ways for day in way.follow_ups)]),
        in_target_by_year=_by_year(in_target),
        taken_in_charge=sum(way.taken_on is not None for way in enrolled),
        placements=len(links),
        placements_by_year=dict(Counter(day.year for _, day in links)),
        placements_by_gender=dict(Counter(person.gender.value for person, _ in links)),
        placed_persons=len(first_years),
        placed_persons_by_year=dict(Counter(year for year, _ in {(day.year, person.number) for person, day in links})),
        newcomers_by_year=dict(Counter(first_years.values())),
        renewals_by_year=_by_year(day for chain in chains for day in chain.starts[1:]),
        hiring_companies_by_year=dict(Counter(year for year, _ in hirings)),
        courses={course.days.code: _of_course(course, links) for course in plan.courses},
        internships_by_year=_by_year(one.starts_on for one in plan.internships),
        internships_ended_by_year=_by_year(one.ended_on for one in plan.internships),
        meetings_by_year=_by_year(one.meets_on for one in plan.tables.meetings if one.cancelled is None),
        committed_by_year={each.year: sum(each.last.committed.values()) for each in plan.tables.years},
        planned_by_year={each.year: sum(c.amount for c in each.last.ceilings) for each in plan.tables.years},
        board_by_year={year: sum(each.holds(date(year, 12, 31)) for each in plan.board) for year in YEARS},
        money=ledger_money.count(plan.money, plan.chains, () if plan.later is None else plan.later.rests),
    )


def _of_course(course: Course, links: list[tuple[Person, date]]) -> tuple[int, int, int]:
    pupils = {pupil.way.person.number for pupil in course.pupils}
    placed = {person.number for person, day in links if person.number in pupils and day >= course.days.starts_on}
    return len(course.pupils), len(course.completed), len(placed)


def _by_year(days: Iterable[date]) -> dict[int, int]:
    return dict(Counter(day.year for day in days))
