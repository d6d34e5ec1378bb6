"""Companies, what they look for, who is put forward: built around the placements, and as many more without one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from uuid import UUID

from insieme_demo import lists
from insieme_demo.chains import Chain
from insieme_demo.days import between, later, seasonal
from insieme_demo.funnel import Way
from insieme_demo.ids import made
from insieme_demo.quotas import FIRST_DAY, LAST_DAY, Quotas
from insieme_events.contracts.matching import RefusalReason, RefusedBy, WithdrawalReason
from insieme_events.contracts.vocabulary import CompanySize

SECTIONS = ("C", "F", "G", "H", "I", "J", "N", "Q", "S", "T")
PROFILES = (
    "8.1.4.3.0", "8.1.4.1.0", "8.1.3.1.0", "5.2.2.1.0", "5.2.2.3.2", "5.1.2.2.0", "4.1.1.2.0", "4.3.1.2.0",
    "7.4.2.3.0", "7.2.7.1.0", "6.1.2.1.0", "5.3.1.1.0", "5.4.4.3.0", "8.4.3.1.0",
)  # fmt: skip
HARD_TIMES = (date(2020, 3, 1), date(2020, 5, 31))
"""In the lock-down candidates refused more often (domain.md)."""


@dataclass(frozen=True, slots=True)
class Company:
    company_id: UUID
    number: int
    name: str
    partita_iva: str
    registered_on: date
    size: CompanySize
    section: str
    comune: str
    introduced: bool


@dataclass
class Vacancy:
    """`chains` are the placements that take a position; `closed_on` is None for one that is filled or still open."""

    vacancy_id: UUID
    number: int
    company: Company
    opened_on: date
    positions: int
    profile: str
    from_need: bool
    chains: list[Chain] = field(default_factory=list)
    closed_on: date | None = None

    @property
    def until(self) -> date:
        """The last day on which somebody may be put forward."""
        if len(self.chains) == self.positions:
            return max(chain.starts_on for chain in self.chains) - timedelta(days=1)
        return (self.closed_on or LAST_DAY) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Need:
    """A need that no vacancy came out of."""

    need_id: UUID
    company: Company
    declared_on: date
    horizon: date
    profile: str
    positions: int


@dataclass(frozen=True, slots=True)
class Candidacy:
    """`steps` are the days of the shortlist, presentation, interview and acceptance, as far as it came.

    `over` is the refusal or withdrawal that ended it, None while it is live or led to a placement.
    """

    candidacy_id: UUID
    vacancy: Vacancy
    way: Way
    steps: tuple[date, ...]
    over: tuple[date, RefusedBy | None, RefusalReason | WithdrawalReason] | None = None


@dataclass(frozen=True)
class Offers:
    """`employers` is the company of each chain, by the chain's number; `vacancy_of` its vacancy, where it has one."""

    companies: list[Company]
    needs: list[Need]
    vacancies: list[Vacancy]
    candidacies: list[Candidacy]
    employers: dict[int, Company]
    vacancy_of: dict[int, Vacancy]


def make(chance: Random, seed: int, quotas: Quotas, ways: list[Way], chains: list[Chain]) -> Offers:
    companies = _companies(chance, seed, quotas.companies)
    vacancies, employers = _taken(chance, seed, companies, chains)
    while len(vacancies) < quotas.vacancies:
        vacancies.append(_vacancy(chance, seed, companies, len(vacancies), _any_day(chance)))
    for vacancy in vacancies:
        _close(chance, vacancy)
    vacancy_of = {chain.number: vacancy for vacancy in vacancies for chain in vacancy.chains}
    candidacies = _candidacies(chance, seed, quotas, ways, vacancies)
    needs = [_need(chance, made(seed, "expired need", n), companies) for n in range(quotas.expired_needs)]
    return Offers(companies, needs, vacancies, candidacies, employers, vacancy_of)


def _companies(chance: Random, seed: int, count: int) -> list[Company]:
    """In the order of their registration; a good part of them at the beginning."""
    early = [between(chance, FIRST_DAY + timedelta(days=3), date(2017, 7, 14)) for _ in range(max(count // 9, 3))]
    days = sorted(early + [_any_day(chance) for _ in range(count - len(early))])
    return [
        Company(
            company_id=made(seed, "company", n),
            number=n,
            name=f"{chance.choice(lists.COMPANY_HEADS)} {chance.choice(lists.COMPANY_TAILS)} {n + 1}",
            partita_iva=partita_iva(n + 1),
            registered_on=day,
            size=chance.choices(list(CompanySize), [38, 34, 18, 10])[0],
            section=chance.choice(SECTIONS),
            comune=chance.choices(list(lists.POPULATION), list(lists.POPULATION.values()))[0],
            introduced=chance.random() < 0.3,
        )
        for n, day in enumerate(days)
    ]


def partita_iva(number: int) -> str:
    """Seven digits, an office that does not exist (000), and the digit that checks them."""
    digits = [int(digit) for digit in f"{number:07d}000"]
    total = sum(digits[0::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return "".join(map(str, digits)) + str(-total % 10)


def _any_day(chance: Random) -> date:
    return seasonal(chance, date(2017, 7, 1), LAST_DAY - timedelta(days=12))


def _employer(chance: Random, companies: list[Company], on: date) -> Company:
    """One that was registered before; some ask often, most seldom."""
    known = sum(company.registered_on < on for company in companies)
    return companies[min(int(known * chance.random() ** 2.4), known - 1)]


def _vacancy(chance: Random, seed: int, companies: list[Company], number: int, opened_on: date) -> Vacancy:
    company = _employer(chance, companies, opened_on)
    opened_on = max(opened_on, company.registered_on + timedelta(days=1))
    positions = chance.choices([1, 2, 3, 5], [70, 18, 8, 4])[0]
    profile = chance.choice(PROFILES)
    return Vacancy(made(seed, "vacancy", number), number, company, opened_on, positions, profile, chance.random() < 0.1)


def _need(chance: Random, need_id: UUID, companies: list[Company]) -> Need:
    on = _any_day(chance)
    company = _employer(chance, companies, on)
    horizon = on + timedelta(days=chance.choice((60, 90, 120, 180)))
    positions = chance.choices([1, 2, 4, 8], [45, 30, 18, 7])[0]
    return Need(need_id, company, on, horizon, chance.choice(PROFILES), positions)


def _taken(
    chance: Random, seed: int, companies: list[Company], chains: list[Chain]
) -> tuple[list[Vacancy], dict[int, Company]]:
    """Four of five placements take a position of a vacancy that was opened some weeks before."""
    vacancies: list[Vacancy] = []
    employers: dict[int, Company] = {}
    for chain in chains:
        day = chain.starts_on
        if chance.random() < 0.2:
            employers[chain.number] = _employer(chance, companies, day)
            continue
        spare = [v for v in vacancies[-60:] if len(v.chains) < v.positions and 10 <= (day - v.opened_on).days <= 120]
        if spare and chance.random() < 0.5:
            vacancy = chance.choice(spare)
        else:
            opened_on = later(chance, day - timedelta(days=60), 0, 45)
            vacancy = _vacancy(chance, seed, companies, len(vacancies), opened_on)
            vacancies.append(vacancy)
        vacancy.chains.append(chain)
        employers[chain.number] = vacancy.company
    return vacancies, employers


def _close(chance: Random, vacancy: Vacancy) -> None:
    """What is not filled is closed or withdrawn in the end, some of it is still open."""
    voided = [chain.voided[0] for chain in vacancy.chains if chain.voided is not None]
    if len(vacancy.chains) == vacancy.positions and not voided:
        return
    since = max([vacancy.opened_on, *voided, *(chain.starts_on for chain in vacancy.chains)])
    on = later(chance, since, 25, 120, date.max)
    if on < LAST_DAY - timedelta(days=3) and chance.random() < 0.93:
        vacancy.closed_on = on


def _candidacies(
    chance: Random, seed: int, quotas: Quotas, ways: list[Way], vacancies: list[Vacancy]
) -> list[Candidacy]:
    found: list[Candidacy] = []
    put_forward: set[tuple[int, int]] = set()
    for vacancy in vacancies:
        for chain in vacancy.chains:
            first = max(vacancy.opened_on, chain.way.available_from, chain.starts_on - timedelta(days=40))
            last = chain.starts_on - timedelta(days=1)
            steps = tuple(sorted(between(chance, first, last) for _ in range(4)))
            if (vacancy.number, chain.way.person.number) not in put_forward:
                found.append(Candidacy(made(seed, "candidacy", len(found)), vacancy, chain.way, steps))
                put_forward.add((vacancy.number, chain.way.person.number))
    in_charge = [way for way in ways if way.taken_on is not None and not way.second]
    tries = 0
    while len(found) < quotas.candidacies and tries < 60 * quotas.candidacies:
        tries += 1
        vacancy, way = chance.choice(vacancies), chance.choice(in_charge)
        first = max(vacancy.opened_on + timedelta(days=1), way.available_from)
        last = min(vacancy.until, way.closed_on or LAST_DAY, vacancy.opened_on + timedelta(days=90))
        if first < last and (vacancy.number, way.person.number) not in put_forward:
            found.append(
                _other(chance, made(seed, "candidacy", len(found)), vacancy, way, between(chance, first, last))
            )
            put_forward.add((vacancy.number, way.person.number))
    return found


def _other(chance: Random, candidacy_id: UUID, vacancy: Vacancy, way: Way, first: date) -> Candidacy:
    """A candidacy that comes to nothing, or is not decided yet."""
    steps = [first]
    for _ in range(chance.choices([0, 1, 2], [30, 40, 30])[0]):
        steps.append(later(chance, steps[-1], 1, 9))
    on = later(chance, steps[-1], 1, 12)
    hard = HARD_TIMES[0] <= first <= HARD_TIMES[1]
    if on >= LAST_DAY - timedelta(days=2) and chance.random() < 0.7:
        return Candidacy(candidacy_id, vacancy, way, tuple(steps))
    if chance.random() < 0.15 and not hard:
        reason: RefusalReason | WithdrawalReason = chance.choice(
            (WithdrawalReason.VACANCY_GONE, WithdrawalReason.PERSON_PLACED, WithdrawalReason.CASE_CLOSED)
        )
        return Candidacy(candidacy_id, vacancy, way, tuple(steps), (on, None, reason))
    by_person = chance.random() < (0.75 if hard else 0.35)
    reasons = _OF_PERSONS if by_person else _OF_COMPANIES
    by = RefusedBy.PERSON if by_person else RefusedBy.COMPANY
    return Candidacy(candidacy_id, vacancy, way, tuple(steps), (on, by, chance.choice(reasons)))


_OF_PERSONS = (
    RefusalReason.HOURS, RefusalReason.DISTANCE, RefusalReason.PAY, RefusalReason.CONTRACT,
    RefusalReason.FOUND_OTHER_JOB,
)  # fmt: skip
_OF_COMPANIES = (
    RefusalReason.PROFILE, RefusalReason.EXPERIENCE, RefusalReason.LANGUAGE, RefusalReason.LICENCE,
    RefusalReason.NO_SHOW, RefusalReason.POSITION_TAKEN,
)  # fmt: skip
