"""Internships at companies of the network: some lead to a contract of the history at the same company (P34, P35).

As with the courses nobody is placed for it: who is hired by the host has that contract anyway. A host has one intern at
a time, and a person is an intern once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from uuid import UUID

from insieme_demo.chains import Chain
from insieme_demo.courses import Course
from insieme_demo.days import between, later
from insieme_demo.funnel import Way
from insieme_demo.ids import made
from insieme_demo.offers import Company, Offers
from insieme_demo.quotas import LAST_DAY, Quotas
from insieme_events.contracts.matching import EvaluationResult, InternshipOutcome, TargetClass
from insieme_events.days import add_months

FIRST_START, LAST_END = date(2018, 1, 15), LAST_DAY - timedelta(days=40)
ASKED_BEFORE = timedelta(days=20)
ONE_DAY = timedelta(days=1)
MONTHS = (2, 3, 3, 4, 6)
"""Calendar months of an internship: the law wants two at the least from July 2019 on, and six at the most."""
ALLOWANCES = (45_000, 50_000, 60_000)
"""Euro cents a month; the least by law is 450 euro."""


@dataclass(frozen=True, slots=True)
class Internship:
    """`ends_on` is the last day that was agreed, `ended_on` the last one that it had. `corrected_on` is when the hours
    of the first month, of which none had been entered as missed, were put right.
    """

    internship_id: UUID
    way: Way
    host: Company
    starts_on: date
    ends_on: date
    ended_on: date
    outcome: InternshipOutcome
    target: TargetClass
    monthly_allowance: int
    evaluations: tuple[EvaluationResult | None, EvaluationResult | None]
    """What the person says of it and what the company, None where nobody asked."""
    corrected_on: date | None = None

    @property
    def asked_on(self) -> date:
        return self.starts_on - ASKED_BEFORE


def make(
    chance: Random, seed: int, quotas: Quotas, ways: list[Way], chains: list[Chain], offers: Offers, held: list[Course]
) -> list[Internship]:
    """So many as the quota says, of which so many lead to a contract, or fewer where the history has no room."""
    work: dict[int, list[Chain]] = {}
    for chain in chains:
        work.setdefault(chain.way.person.number, []).append(chain)
    several = {way.person.number for way in ways if way.second}
    pupils = {pupil.way.person.number for course in held for pupil in course.pupils}
    free = {
        way.person.number: way
        for way in ways
        if way.taken_on is not None
        and way.suspended is None
        and way.reopened is None
        and way.person.number not in several | pupils
    }
    found: list[Internship] = []
    hosts: set[int] = set()
    hired = [chain for chain in chains if chain.voided is None and chain.way.person.number in free]
    for chain in chance.sample(hired, len(hired)):
        if len(found) == quotas.hired_interns:
            break
        number, host = chain.way.person.number, offers.employers[chain.number]
        if number in free and host.number not in hosts and (days := _before(chance, chain, work[number], host)):
            found.append(internship(chance, seed, len(found), free.pop(number), host, days, hired=True))
            hosts.add(host.number)
    idle = [way for number, way in free.items() if number not in work]
    for way in chance.sample(idle, len(idle)):
        if len(found) == quotas.internships:
            break
        if days := _some_days(chance, way):
            asked_on = days[0] - ASKED_BEFORE
            known = [each for each in offers.companies if each.registered_on < asked_on and each.number not in hosts]
            if known:
                host = chance.choice(known)
                found.append(internship(chance, seed, len(found), way, host, days, hired=False))
                hosts.add(host.number)
    return sorted(found, key=lambda one: (one.starts_on, one.internship_id))


def _before(chance: Random, chain: Chain, work: Iterable[Chain], host: Company) -> tuple[date, date] | None:
    """Days that end shortly before the contract begins, if the person was free for them and the host known."""
    starts_on, ends_on = _months(chain.starts_on - timedelta(days=chance.randint(1, 20)), chance.choice(MONTHS[:3]))
    asked_on = starts_on - ASKED_BEFORE
    busy = any(one.starts_on <= ends_on and one.busy_until >= asked_on for one in work)
    known = chain.way.available_from <= asked_on and host.registered_on < asked_on
    return (starts_on, ends_on) if known and not busy and _within(starts_on, ends_on) else None


def _some_days(chance: Random, way: Way) -> tuple[date, date] | None:
    first = max(way.available_from + ASKED_BEFORE + timedelta(days=1), FIRST_START)
    last = min(way.closed_on or LAST_END, LAST_END) - timedelta(days=10)
    if (last - first).days < 200:
        return None
    return _months(between(chance, first + timedelta(days=190), last), chance.choice(MONTHS))


def _within(starts_on: date, ends_on: date) -> bool:
    return starts_on >= FIRST_START and ends_on <= LAST_END


def _months(until: date, months: int) -> tuple[date, date]:
    """The first and the last day of so many calendar months that end by that day, no day more: the law counts so."""
    starts_on = add_months(until + ONE_DAY, -months)
    return starts_on, add_months(starts_on, months) - ONE_DAY


def internship(
    chance: Random, seed: int, number: int, way: Way, host: Company, days: tuple[date, date], *, hired: bool
) -> Internship:
    starts_on, ends_on = days
    outcome, ended_on = InternshipOutcome.HIRED_BY_HOST if hired else InternshipOutcome.COMPLETED, ends_on
    if not hired and chance.random() < 0.2:
        outcome = chance.choice((InternshipOutcome.LEFT_BY_PERSON, InternshipOutcome.LEFT_BY_HOST))
        ended_on = later(chance, starts_on, 20, (ends_on - starts_on).days - 1, ends_on)
    results = [EvaluationResult.GOALS_REACHED, EvaluationResult.PARTLY_REACHED, EvaluationResult.NOT_REACHED]
    weights = [70, 25, 5] if ended_on == ends_on else [10, 40, 50]
    said = [chance.choices(results, weights)[0] if chance.random() < 0.85 else None for _ in range(2)]
    return Internship(
        internship_id=made(seed, "internship", number),
        way=way,
        host=host,
        starts_on=starts_on,
        ends_on=ends_on,
        ended_on=ended_on,
        outcome=outcome,
        target=chance.choices(list(TargetClass), [78, 19, 3])[0],
        monthly_allowance=chance.choice(ALLOWANCES),
        evaluations=(said[0], said[1]),
    )
