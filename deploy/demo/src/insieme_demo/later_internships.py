"""Internships of 2022 to 2026 at companies of the Board: three months and more, one a person (P34, P35). Invented.

A host has two at a time at the most, as the law lets one with a staff of its size; some hire their intern at the end or
before it. Nothing is asked for once the term is over: what began before is finished.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from insieme_demo.board import Membership
from insieme_demo.days import LATER_DAY, between, later
from insieme_demo.diary import Diary
from insieme_demo.funnel import Way
from insieme_demo.internships import ASKED_BEFORE, Internship, internship
from insieme_demo.offers import Company
from insieme_events.days import add_months

COUNTS = {2022: 17, 2023: 19, 2024: 20, 2025: 18, 2026: 5}
FIRST, LAST = date(2022, 5, 9), date(2026, 3, 2)
"""First days. The last one is the last Monday of the term."""
LAST_END = LATER_DAY - timedelta(days=20)
MONTHS = (3, 3, 3, 4, 5, 6)
AT_A_TIME = 2
HIRED, HIRED_EARLY, PUT_RIGHT = 0.45, 0.3, 0.12
"""How often a host hires an intern who has no work yet, how often before the last day, and how often the hours of the
first month are put right.
"""
NUMBERED_FROM = 1_000


@dataclass
class Makers:
    chance: Random
    seed: int
    ways: Sequence[Way]
    diary: Diary
    hosts: Sequence[Membership]
    interns: set[int] = field(default_factory=set)
    stays: dict[int, list[tuple[date, date]]] = field(default_factory=dict)
    """By the number of the company."""


def make(
    chance: Random, seed: int, scale: float, ways: Sequence[Way], diary: Diary, hosts: Sequence[Membership]
) -> list[Internship]:
    """As many as the counts say at that scale, or fewer where nobody is free. `hosts` are companies of the Board."""
    makers = Makers(chance, seed, ways, diary, hosts)
    found: list[Internship] = []
    for starts_on in sorted(_first_days(chance, scale)):
        made = _internship(makers, NUMBERED_FROM + len(found), starts_on)
        if made is not None:
            found.append(made)
    return found


def _first_days(chance: Random, scale: float) -> Iterator[date]:
    for year, count in COUNTS.items():
        first, last = max(date(year, 1, 10), FIRST), min(date(year, 12, 5), LAST)
        yield from (between(chance, first, last) for _ in range(max(round(count * scale), 1)))


def _internship(makers: Makers, number: int, starts_on: date) -> Internship | None:
    chance, asked_on = makers.chance, starts_on - ASKED_BEFORE
    ends_on = _end(starts_on, chance.choice(MONTHS))
    able = [
        way
        for way in makers.ways
        if way.person.number not in makers.interns and makers.diary.free(way, asked_on, ends_on)
    ]
    inside = [one.company for one in makers.hosts if one.holds(asked_on)]
    hosts = [company for company in inside if _room(makers, company, starts_on, ends_on)]
    if not able or not hosts:
        return None
    way, host = chance.choice(able), chance.choice(hosts)
    ended_on, length = ends_on, (ends_on - starts_on).days
    if chance.random() < HIRED_EARLY:
        ended_on = later(chance, starts_on, length * 2 // 3, length - 1, ends_on)
    hired = chance.random() < HIRED and makers.diary.hire(
        chance, way, host, ended_on + timedelta(days=chance.randint(1, 20))
    )
    one = internship(chance, makers.seed, number, way, host, (starts_on, ends_on), hired=hired)
    if hired:
        one = replace(one, ended_on=ended_on)
    if chance.random() < PUT_RIGHT:
        one = replace(one, corrected_on=min(add_months(starts_on.replace(day=1), 2) + timedelta(days=9), LATER_DAY))
    makers.interns.add(way.person.number)
    makers.diary.take(way, asked_on, one.ended_on)
    makers.stays.setdefault(host.number, []).append((starts_on, ends_on))
    return one


def _end(starts_on: date, months: int) -> date:
    """The last of so many calendar months, or of three where that would be too late."""
    ends_on = add_months(starts_on, months) - timedelta(days=1)
    return ends_on if ends_on <= LAST_END else add_months(starts_on, 3) - timedelta(days=1)


def _room(makers: Makers, host: Company, starts_on: date, ends_on: date) -> bool:
    """Whether it has one place more on all of these days: counted as if all were there on the same one."""
    at_once = sum(since <= ends_on and starts_on <= until for since, until in makers.stays.get(host.number, []))
    return at_once < AT_A_TIME
