"""The persons: who they are, where from, how old, with the shares of the published case exactly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from random import Random

from codicefiscale import codicefiscale as tables

from insieme_demo import lists
from insieme_demo.days import seasonal
from insieme_demo.quotas import FIRST_DAY, LAST_DAY, Quotas, parts, shuffled
from insieme_events.contracts.vocabulary import ChannelClass, CitizenshipClass, Gender, Isced, Quartiere
from insieme_events.territory import memberships
from insieme_intake.vault import Address, Identity

OVER = 50
MONTHS = "ABCDEHLMPRST"
ENROLLED_PER_YEAR = (640, 950, 1290, 960, 1457)


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person with the day on which the first application was received."""

    number: int
    gender: Gender
    birth_date: date = field(repr=False)
    citizenship: CitizenshipClass
    isced: Isced
    comune: str
    quartiere: Quartiere | None
    channel: ChannelClass
    received_on: date
    identity: Identity

    @property
    def birth_month(self) -> str:
        return f"{self.birth_date:%Y-%m}"

    @property
    def over_50(self) -> bool:
        """On the day of receipt, by year and month of birth."""
        months = (self.received_on.year - self.birth_date.year) * 12 + self.received_on.month - self.birth_date.month
        return months >= OVER * 12


def make(chance: Random, quotas: Quotas) -> list[Person]:
    """First those who are enrolled, in the order of receipt; then those turned away or voided, in theirs."""
    taken: set[str] = set()
    others = quotas.turned_away + quotas.voided_enrolments
    return [
        *_group(chance, taken, 0, quotas.enrolled, quotas.men, quotas.over_50),
        *_group(chance, taken, quotas.enrolled, others, others // 2, others * 2 // 5),
    ]


def later(chance: Random, known: Iterable[Person], first: int, received: Iterable[date]) -> list[Person]:
    """More persons, numbered from `first` on, one for each of these days of receipt."""
    taken = {person.identity.codice_fiscale for person in known}
    genders, comuni = list(Gender)[:2], list(lists.POPULATION)
    weights = list(lists.POPULATION.values())
    return [
        _person(
            chance,
            taken,
            first + n,
            chance.choice(genders),
            chance.random() < 0.4,
            chance.choices(comuni, weights)[0],
            on,
        )
        for n, on in enumerate(received)
    ]


def _group(chance: Random, taken: set[str], first: int, count: int, men: int, over_50: int) -> list[Person]:
    genders = shuffled(chance, (Gender.MALE, men), (Gender.FEMALE, count - men))
    olds = shuffled(chance, (True, over_50), (False, count - over_50))
    comuni = list(lists.POPULATION) if count >= len(lists.POPULATION) else []
    comuni += chance.choices(list(lists.POPULATION), list(lists.POPULATION.values()), k=count - len(comuni))
    chance.shuffle(comuni)
    received = sorted(
        day
        for year, share in zip(range(2017, 2022), parts(count, ENROLLED_PER_YEAR), strict=True)
        for day in (
            seasonal(chance, max(FIRST_DAY, date(year, 1, 1)), min(LAST_DAY - timedelta(days=11), date(year, 12, 31)))
            for _ in range(share)
        )
    )
    return [_person(chance, taken, first + n, genders[n], olds[n], comuni[n], received[n]) for n in range(count)]


def _person(
    chance: Random, taken: set[str], number: int, gender: Gender, old: bool, comune: str, received_on: date
) -> Person:
    citizenship = chance.choices(
        [CitizenshipClass.ITALIAN, CitizenshipClass.THIRD_COUNTRY, CitizenshipClass.EU, CitizenshipClass.STATELESS],
        [66, 25, 8.8, 0.2],
    )[0]
    place = chance.choice(
        {CitizenshipClass.ITALIAN: lists.BIRTHPLACES, CitizenshipClass.EU: lists.FROM_EU}.get(
            citizenship, lists.FROM_ELSEWHERE
        )
    )
    identity = _identity(chance, number, gender, _birth_date(chance, old, received_on), place, comune)
    while identity.codice_fiscale in taken:
        identity = _identity(chance, number, gender, _birth_date(chance, old, received_on), place, comune)
    taken.add(identity.codice_fiscale)
    return Person(
        number=number,
        gender=gender,
        birth_date=identity.birth_date,
        citizenship=citizenship,
        isced=chance.choices(list(Isced), [1, 5, 36, 38, 3, 2, 7, 7.5, 0.5])[0],
        comune=comune,
        quartiere=chance.choice(list(Quartiere)) if comune == lists.BOLOGNA else None,
        channel=chance.choices(list(ChannelClass), [55, 14, 24, 5, 2])[0],
        received_on=received_on,
        identity=identity,
    )


def _birth_date(chance: Random, old: bool, on: date) -> date:
    """An age of 50 to 64 or of 18 to 49, as full months tell it: nobody reaches 50 in the month of receipt."""
    months = chance.randint(OVER * 12 + 1, 64 * 12) if old else int(chance.triangular(18 * 12, OVER * 12 - 2, 40 * 12))
    total = on.year * 12 + on.month - 1 - months
    return date(total // 12, total % 12 + 1, chance.randint(1, 28))


def _identity(chance: Random, number: int, gender: Gender, born: date, place: str, comune: str) -> Identity:
    firsts = lists.WOMEN if gender is Gender.FEMALE else lists.MEN
    first = firsts[number % len(firsts)]
    surnames = _surnames()
    last = surnames[number // len(firsts) % len(surnames)]
    town = _towns()[comune]
    return Identity(
        first_name=first,
        last_name=last,
        codice_fiscale=tax_code(first, last, gender, born, place),
        birth_date=born,
        address=Address(
            street=f"via {chance.choice(lists.STREETS)} {chance.randint(1, 180)}", postal_code="40100", town=town
        ),
        telephone=f"+39 051 00{number:05d}",
        email=f"persona{number:05d}@example.org" if chance.random() < 0.8 else None,
    )


@cache
def _surnames() -> tuple[str, ...]:
    return tuple(f"{head}{tail}" for tail in lists.TAILS for head in lists.HEADS)


@cache
def _towns() -> dict[str, str]:
    return {each.istat: each.name for each in memberships()}


def tax_code(first: str, last: str, gender: Gender, born: date, place: str) -> str:
    """The codice fiscale of these data, with its check letter (decree of 23 December 1976)."""
    day = born.day + (40 if gender is Gender.FEMALE else 0)
    head = f"{_last(last)}{_first(first)}{born:%y}{MONTHS[born.month - 1]}{day:02d}{place}"
    return head + str(tables.encode_cin(head))


@cache
def _last(name: str) -> str:
    return str(tables.encode_lastname(name))


@cache
def _first(name: str) -> str:
    return str(tables.encode_firstname(name))
