"""The Board: which companies are members from when until when, so many at each end of a year as was published (P59).

After 2021 nothing is published: the sizes of those years are invented.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from insieme_demo.days import between, seasonal
from insieme_demo.offers import Company
from insieme_demo.quotas import FIRST_DAY, LAST_DAY, YEARS, Quotas

KNOWN = timedelta(days=20)
"""So long after its registration a company joins at the earliest: it was visited, and thought about it."""
LEAVING = {2018: 0.2, 2019: 0.12, 2020: 0.14, 2021: 0.1, 2022: 0.08, 2023: 0.12, 2024: 0.08, 2025: 0.09, 2026: 0.03}
"""Share of the members at the start of a year that leave in it."""
BACK = 0.08
"""How often who joins is a company that had left."""


@dataclass(frozen=True, slots=True)
class Membership:
    """`left_on` is the first day on which the company is no member, None while it is one."""

    company: Company
    adhesion_on: date
    joined_on: date
    left_on: date | None = None

    def holds(self, on: date) -> bool:
        return self.joined_on <= on and (self.left_on is None or self.left_on > on)


def make(chance: Random, quotas: Quotas, companies: list[Company]) -> list[Membership]:
    """Every membership in the order of joining. Raises ValueError where too few companies are known in time."""
    return going_on(chance, zip(YEARS, quotas.board, strict=True), companies, (), LAST_DAY)


def going_on(
    chance: Random,
    sizes: Iterable[tuple[int, int]],
    companies: list[Company],
    before: Sequence[Membership],
    until: date,
) -> list[Membership]:
    """The memberships of `before`, each with the day on which it ended since, and those that began: so many companies
    are members at the end of each year. Nobody joins or leaves after `until`. Raises as `make` does.
    """
    found = list(before)
    for year, size in sizes:
        inside = [n for n, each in enumerate(found) if each.left_on is None]
        leaving = min(round(len(inside) * LEAVING.get(year, 0)), max(len(inside) - 1, 0))
        first, last = date(year, 3, 15), min(date(year, 11, 30), until)
        for n in chance.sample(inside, max(leaving, len(inside) - size)):
            found[n] = replace(found[n], left_on=seasonal(chance, min(first, date(year, last.month, 1)), last))
        joining = size - sum(each.left_on is None for each in found)
        found += _joining(chance, year, joining, companies, found, min(date(year, 12, 15), until))
    return sorted(found, key=lambda each: (each.joined_on, each.company.number))


def _joining(
    chance: Random, year: int, count: int, companies: list[Company], before: list[Membership], last: date
) -> list[Membership]:
    """So many that join in that year: those that never did, and now and then one that left an earlier year."""
    in_it = {each.company.number for each in before if each.left_on is None}
    left = {each.company.number: each.left_on for each in before if each.left_on is not None}
    fresh = [c for c in companies if c.number not in in_it | left.keys() and c.registered_on + KNOWN < last]
    back = [c for c in companies if c.number in left and c.number not in in_it and left[c.number].year < year]
    returning = min(sum(chance.random() < BACK for _ in range(count)), len(back))
    if count - returning > len(fresh):
        raise ValueError(f"only {len(fresh)} companies could join the Board in {year}: take a larger scale")
    chosen = [*chance.sample(fresh, count - returning), *chance.sample(back, returning)]
    return [_joined(chance, company, date(year, 1, 8), last) for company in chosen]


def _joined(chance: Random, company: Company, first: date, last: date) -> Membership:
    """The adhesion is signed up to three weeks before the day from which it holds."""
    first = max(first, company.registered_on + KNOWN, FIRST_DAY)
    joined_on = seasonal(chance, first, last)
    signed_first = max(company.registered_on, joined_on - timedelta(days=21))
    return Membership(company, between(chance, signed_first, joined_on), joined_on)
