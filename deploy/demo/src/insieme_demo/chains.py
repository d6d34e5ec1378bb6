"""Contract chains: starts and extensions by year and gender exactly as the quotas say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

from insieme_demo.days import LATER_DAY, later
from insieme_demo.funnel import Way
from insieme_demo.ids import made
from insieme_demo.market import Market
from insieme_demo.quotas import LAST_DAY, YEARS, Quotas
from insieme_events.contracts.matching import EndReason, PlacementVoidReason, TransformationCode
from insieme_events.contracts.vocabulary import Gender, WorkingTime

CONTRACTS = (
    ("A.02.00", 55.0), ("A.02.01", 5.0), ("A.01.00", 23.5), ("A.03.09", 3.0), ("A.06.01", 6.5), ("A.05.02", 3.0),
    ("A.04.01", 2.0), ("A.04.00", 1.5), ("B.03.00", 0.5),
)  # fmt: skip
"""Contract types at the start of a chain. Only fixed-term chains are extended, so of the links fewer are permanent."""

EXTENDED = frozenset({"A.02.00", "A.02.01", "A.06.01"})
LAST_CORRECTED = LAST_DAY - timedelta(days=40)
OPEN_ENDED = frozenset({"A.01.00", "A.04.00"})


@dataclass(frozen=True, slots=True)
class Chain:
    """One employment. `ends` holds the last day of each link, None for a contract without term.

    Links follow one another: link n begins on the day after link n-1 ended.
    """

    employment_id: UUID
    number: int
    way: Way
    starts_on: date
    ends: tuple[date | None, ...]
    contract_type: str
    working_time: WorkingTime
    transformed: tuple[date, TransformationCode] | None = None
    ended: tuple[date, EndReason] | None = None
    voided: tuple[date, PlacementVoidReason] | None = None
    corrected: tuple[date, str] | None = None
    """Day of the correction, and which term of link 1 was keyed wrongly."""

    @property
    def starts(self) -> tuple[date, ...]:
        """The first day of each link."""
        return (self.starts_on, *(end + timedelta(days=1) for end in self.ends[:-1] if end is not None))

    @property
    def told_late(self) -> bool:
        """Whether the office may hear of it weeks later; not of one that it put right afterwards."""
        return self.number % 9 == 4 and self.voided is None and self.corrected is None

    @property
    def busy_until(self) -> date:
        """The last day on which the person works under it, the horizon of the history where it has no term."""
        if self.voided is not None:
            return self.starts_on
        return self.ended[0] if self.ended is not None else self.ends[-1] or LAST_DAY


def fixed_term(chance: Random, seed: int, number: int, way: Way, starts_on: date) -> Chain | None:
    """A contract of some months as those after 2021 are, None where it would begin too late."""
    if starts_on > LATER_DAY - timedelta(days=10):
        return None
    ends_on = starts_on + timedelta(days=chance.choice((89, 121, 182, 364)))
    ended = (ends_on, EndReason.TERM_REACHED) if ends_on <= LATER_DAY - timedelta(days=10) else None
    hours = WorkingTime.FULL if chance.random() < 0.6 else WorkingTime.HORIZONTAL
    employment_id = made(seed, "employment", number)
    return Chain(employment_id, number, way, starts_on, (ends_on,), "A.02.00", hours, ended=ended)


def make(chance: Random, seed: int, quotas: Quotas, ways: list[Way]) -> list[Chain]:
    """Every chain that counts and those that will be voided, by their first day."""
    market = Market(quotas, ways)
    found: list[Chain] = []
    for year, gender in market.cells:
        while market.cells[year, gender].links > 0:
            found.append(_chain(chance, made(seed, "employment", len(found)), len(found), market, year, gender))
    found = _amended(chance, quotas, found)
    for n in range(quotas.voided_placements):
        number = len(found)
        year = YEARS[n % len(YEARS)] if n else YEARS[-1]
        found.append(_voided(chance, made(seed, "employment", number), number, market, max(year, 2018)))
    return sorted(found, key=lambda chain: (chain.starts_on, chain.number))


def _chain(chance: Random, employment_id: UUID, number: int, market: Market, year: int, gender: Gender) -> Chain:
    way, starts_on = market.seek(chance, gender, year)
    contract = chance.choices([c for c, _ in CONTRACTS], [w for _, w in CONTRACTS])[0]
    market.take(year, way)
    ends: list[date | None] = [None if contract in OPEN_ENDED else _end(chance, starts_on)]
    while contract in EXTENDED and len(ends) < 5 and chance.random() < 0.46:
        last = ends[-1]
        assert last is not None
        begins = last + timedelta(days=1)
        if begins > LAST_DAY or not market.may_extend(begins.year, way):
            break
        market.take(begins.year, way)
        ends.append(_end(chance, begins))
    hours = chance.choices(list(WorkingTime), [52, 40, 4, 4])[0]
    chain = Chain(employment_id, number, way, starts_on, tuple(ends), contract, hours)
    chain = replace(chain, ended=_ended(chance, chain))
    market.busy(way, chain.busy_until)
    return chain


def _end(chance: Random, begins: date) -> date:
    days = chance.choices([30, 61, 91, 122, 183, 365], [12, 16, 26, 14, 22, 10])[0]
    return begins + timedelta(days=days + chance.randint(-6, 6) - 1)


def _ended(chance: Random, chain: Chain) -> tuple[date, EndReason] | None:
    """Most contracts with a term reach it; some end before."""
    begins, ends_on = chain.starts[-1], chain.ends[-1]
    until = min(ends_on or LAST_DAY, LAST_DAY)
    early = 0.14 if ends_on is not None else 0.25
    if chance.random() < early and (until - begins).days > 20:
        reason = chance.choices(
            [EndReason.RESIGNATION, EndReason.DISMISSAL, EndReason.TRIAL_NOT_PASSED, EndReason.AGREED], [50, 20, 20, 10]
        )[0]
        return later(chance, begins, 10, (until - begins).days - 1, until), reason
    if ends_on is not None and ends_on <= LAST_DAY and chance.random() < 0.96:
        return ends_on, EndReason.TERM_REACHED
    return None


def _amended(chance: Random, quotas: Quotas, chains: list[Chain]) -> list[Chain]:
    """Some chains are transformed in their last link, some others corrected in their first."""
    amended = list(chains)
    last = {chain.way.person.number: chain.starts_on for chain in sorted(chains, key=lambda each: each.starts_on)}
    order = list(range(len(chains)))
    chance.shuffle(order)
    transformed = corrected = 0
    for n in order:
        chain = amended[n]
        begins, ends_on = chain.starts[-1], chain.ends[-1]
        is_last = last[chain.way.person.number] == chain.starts_on
        long_enough = is_last and ends_on is not None and (min(ends_on, LAST_DAY) - begins).days > 30
        if transformed < quotas.transformed_placements and chain.contract_type in EXTENDED and long_enough:
            assert ends_on is not None
            on = later(chance, begins, 20, 200, min(ends_on - timedelta(days=2), LAST_DAY))
            amended[n] = replace(chain, transformed=(on, _code(chance, chain)), ended=None)
            transformed += 1
        elif corrected < quotas.corrected_placements and len(chain.ends) == 1 and chain.starts_on < LAST_CORRECTED:
            term = chance.choice(("working_time", "comune"))
            amended[n] = replace(chain, corrected=(later(chance, chain.starts_on, 8, 120), term))
            corrected += 1
    return amended


def _code(chance: Random, chain: Chain) -> TransformationCode:
    if chain.working_time is not WorkingTime.FULL and chance.random() < 0.4:
        return TransformationCode.PART_TO_FULL_TIME
    return TransformationCode.FIXED_TO_PERMANENT


def _voided(chance: Random, employment_id: UUID, number: int, market: Market, year: int) -> Chain:
    way, starts_on = market.newcomer(chance, chance.choice((Gender.MALE, Gender.FEMALE)), year)
    day = later(chance, starts_on, 6, 40)
    reason = chance.choice(list(PlacementVoidReason))
    return Chain(
        employment_id, number, way, starts_on, (_end(chance, starts_on),), "A.02.00", WorkingTime.FULL,
        voided=(day, reason),
    )  # fmt: skip
