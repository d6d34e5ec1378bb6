"""Who can be placed: persons in charge, and what is left of the quotas of each year and gender."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from insieme_demo.days import seasonal
from insieme_demo.funnel import Way
from insieme_demo.quotas import YEARS, Quotas
from insieme_events.contracts.vocabulary import Gender

FIRST_START = date(2017, 8, 21)
AFTER_CHARGE = 14
"""Days from the taking in charge to the first contract at the least."""
WAIT = 36.0
"""Days beyond it in the mean, so that half of the persons start within about 52 days of their interview (published)."""
BREAK = timedelta(days=8)


@dataclass
class Cell:
    """What is left of a year and gender: links, persons who have at least one, persons never placed before.

    Links are never fewer than persons, nor these than newcomers.
    """

    links: int
    persons: int
    newcomers: int


class Market:
    """`cells` by year and gender. A person who is placed is `known` from then on, and busy until a day."""

    def __init__(self, quotas: Quotas, ways: Iterable[Way]) -> None:
        self.cells = _cells(quotas)
        self._fresh: dict[Gender, list[Way]] = {Gender.MALE: [], Gender.FEMALE: []}
        for way in sorted((way for way in ways if way.taken_on is not None), key=_taken_on):
            self._fresh[way.person.gender].append(way)
        self._known: dict[Gender, list[Way]] = {Gender.MALE: [], Gender.FEMALE: []}
        self._busy: dict[int, date] = {}
        self._placed_in: defaultdict[int, set[int]] = defaultdict(set)

    def seek(self, chance: Random, gender: Gender, year: int) -> tuple[Way, date]:
        """A case and a first day in that year: newcomers first, then who was placed before, then who is placed again.

        Raises ValueError when nobody is free.
        """
        cell, last = self.cells[year, gender], date(year, 12, 31)
        free = [way for way in self._known[gender] if self._busy[way.person.number] + BREAK <= last]
        again = [way for way in free if way.person.number in self._placed_in[year]]
        back = [way for way in free if way.person.number not in self._placed_in[year]]
        wanted = [] if cell.newcomers else back if cell.persons else again or back
        if not wanted:
            return self.newcomer(chance, gender, year)
        way = chance.choice(wanted)
        earliest = max(self._busy[way.person.number] + BREAK, date(year, 1, 1))
        return way, seasonal(chance, earliest, min(last, earliest + timedelta(days=250)))

    def newcomer(self, chance: Random, gender: Gender, year: int) -> tuple[Way, date]:
        """Somebody never placed, some weeks after the taking in charge. Raises ValueError when there is nobody."""
        fresh = self._fresh[gender]
        for _ in range(400):
            day = seasonal(chance, max(date(year, 1, 1), FIRST_START), date(year, 12, 31))
            wait = timedelta(days=AFTER_CHARGE + int(chance.expovariate(1 / WAIT)))
            place = bisect_right(fresh, day - wait, key=_taken_on)
            if place and day - _taken_on(fresh[place - 1]) < timedelta(days=330):
                return fresh.pop(place - 1), day
        raise ValueError(f"nobody is free for a placement in {year}: take a larger scale or another seed")

    def may_extend(self, year: int, way: Way) -> bool:
        """Whether the quotas leave room for a renewal that begins in that year."""
        cell = self.cells.get((year, way.person.gender))
        if cell is None or cell.links == 0:
            return False
        if way.person.number in self._placed_in[year]:
            return cell.links > cell.persons
        return cell.persons > cell.newcomers

    def take(self, year: int, way: Way) -> None:
        """One link of that person begins in that year."""
        cell, number = self.cells[year, way.person.gender], way.person.number
        cell.links -= 1
        if number not in self._placed_in[year]:
            self._placed_in[year].add(number)
            cell.persons = max(cell.persons - 1, 0)
        if number not in self._busy:
            self._known[way.person.gender].append(way)
            self._busy[number] = FIRST_START
            cell.newcomers = max(cell.newcomers - 1, 0)

    def busy(self, way: Way, until: date) -> None:
        self._busy[way.person.number] = until


def _taken_on(way: Way) -> date:
    assert way.taken_on is not None, "only who is in charge is on the market"
    return way.taken_on


def _cells(quotas: Quotas) -> dict[tuple[int, Gender], Cell]:
    cells = {}
    for year, links, men, placed, newcomers in zip(
        YEARS, quotas.placements, quotas.links_of_men, quotas.placed, quotas.newcomers, strict=True
    ):
        placed_men = min(round(placed * men / links), men) if links else 0
        placed_men = max(placed_men, placed - (links - men))
        new_men = min(round(newcomers * placed_men / placed), placed_men) if placed else 0
        new_men = max(new_men, newcomers - (placed - placed_men))
        cells[year, Gender.MALE] = Cell(men, placed_men, new_men)
        cells[year, Gender.FEMALE] = Cell(links - men, placed - placed_men, newcomers - new_men)
    return cells
