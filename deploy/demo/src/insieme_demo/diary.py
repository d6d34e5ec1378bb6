"""When each person of the later years is busy, and the contracts that came of a course or an internship.

One thing at a time: nobody works, takes part in a course or is an intern on the same days.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from insieme_demo.chains import Chain, fixed_term
from insieme_demo.funnel import Way
from insieme_demo.offers import Company

RECENT = timedelta(days=540)
"""So long after the taking in charge somebody still begins something."""


@dataclass
class Diary:
    """`days` are the first and the last day of what each person does, `works` the first days of the contracts, both by
    the person's number; `hired` the contracts that are added here, numbered from `first` on.
    """

    seed: int
    first: int
    days: dict[int, list[tuple[date, date]]] = field(default_factory=dict)
    works: dict[int, list[date]] = field(default_factory=dict)
    hired: list[tuple[Chain, Company]] = field(default_factory=list)

    @classmethod
    def of(cls, seed: int, contracts: Iterable[tuple[Chain, Company]], first: int) -> Diary:
        made = cls(seed, first)
        for chain, _ in contracts:
            made._enter(chain)
        return made

    def free(self, way: Way, first: date, last: date) -> bool:
        """Whether the person came in charge by the first of these days, not long ago, and does nothing else on them."""
        known = way.available_from <= first <= way.available_from + RECENT
        return known and not self._busy(way, first, last)

    def take(self, way: Way, first: date, last: date) -> None:
        self.days.setdefault(way.person.number, []).append((first, last))

    def worked(self, way: Way) -> bool:
        """Whether the person has a contract, on whatever day."""
        return way.person.number in self.works

    def works_from(self, way: Way, day: date) -> bool:
        """Whether a contract begins on that day or later."""
        return any(start >= day for start in self.works.get(way.person.number, []))

    def hire(self, chance: Random, way: Way, company: Company, starts_on: date) -> bool:
        """Whether the person takes a contract there: it is their first one, and they do nothing else on its days."""
        chain = fixed_term(chance, self.seed, self.first + len(self.hired), way, starts_on)
        if chain is None or self.worked(way) or self._busy(way, chain.starts_on, chain.busy_until):
            return False
        self._enter(chain)
        self.hired.append((chain, company))
        return True

    def _busy(self, way: Way, first: date, last: date) -> bool:
        return any(since <= last and first <= until for since, until in self.days.get(way.person.number, []))

    def _enter(self, chain: Chain) -> None:
        self.take(chain.way, chain.starts_on, chain.busy_until)
        self.works.setdefault(chain.way.person.number, []).append(chain.starts_on)
