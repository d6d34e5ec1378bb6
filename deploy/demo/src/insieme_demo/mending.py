"""What was put right: persons and companies that stood there twice, a merge taken back, renewals keyed by mistake, and
persons who were erased (P21, P25; GDPR art. 17).

Nothing of it moves a total: who stood there twice is counted once, a voided renewal never, an erased person as before.
Breakdowns show an erased person as unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from insieme_demo.board import Membership
from insieme_demo.chains import EXTENDED, Chain
from insieme_demo.courses import Course
from insieme_demo.days import between
from insieme_demo.funnel import Fate, Way
from insieme_demo.grants import Money
from insieme_demo.ids import made
from insieme_demo.internships import Internship
from insieme_demo.offers import Company, Offers, partita_iva
from insieme_demo.people import Person, tax_code
from insieme_demo.quotas import LAST_DAY, Quotas

RECORDED_BY = timedelta(days=45)
"""So long after the last day of a case everything of it is surely recorded, answers of other services too."""
LAST_MENDING = LAST_DAY - timedelta(days=20)


@dataclass(frozen=True, slots=True)
class Twice:
    """A person of the case `of` applied again under a codice fiscale that was keyed wrongly."""

    person: Person
    way: Way
    of: Way
    merged_on: date


@dataclass(frozen=True, slots=True)
class Mistaken:
    """Two persons of one name that were merged, and set apart again."""

    kept: Way
    merged: Way
    merged_on: date
    reverted_on: date


@dataclass(frozen=True, slots=True)
class SameCompany:
    """`company` is `of` under another partita IVA; `joined_on` where it joined the Board too."""

    company: Company
    of: Company
    merged_on: date
    joined_on: date | None


@dataclass(frozen=True, slots=True)
class Renewal:
    """A renewal of a contract that had ended, keyed by mistake, and the day on which it was voided."""

    chain: Chain
    ends_on: date
    voided_on: date


@dataclass(frozen=True, slots=True)
class Mending:
    """`known_as` is the company under which a placement was entered, by the chain's number."""

    twice: tuple[Twice, ...]
    mistaken: tuple[Mistaken, ...]
    companies: tuple[SameCompany, ...]
    known_as: dict[int, Company]
    renewals: tuple[Renewal, ...]
    erased: tuple[tuple[Way, date], ...]


def make(
    chance: Random,
    seed: int,
    quotas: Quotas,
    people: list[Person],
    ways: list[Way],
    chains: list[Chain],
    offers: Offers,
    board: list[Membership],
    courses: list[Course],
    internships: list[Internship],
    money: Money,
) -> Mending:
    """So many of each as the quotas say, or fewer where the history has no room."""
    busy = {pupil.way.person.number for course in courses for pupil in course.pupils}
    busy |= {one.way.person.number for one in internships} | {way.person.number for way in ways if way.second}
    busy |= {one.way.person.number for one in money.projects if one.way is not None}
    placed = {chain.way.person.number for chain in chains}
    free = [way for way in ways if way.person.number not in busy and way.reopened is None]
    twice = tuple(_twice(chance, seed, quotas.merged_persons, people, free, len(ways)))
    over = [way for way in free if way.person.number not in placed and _over(way) is not None]
    over = chance.sample(over, len(over))
    erased = tuple(_erased(chance, quotas.erased_persons, over))
    gone = {way.case_id for way, _ in erased}
    mistaken = tuple(_mistaken(chance, quotas.mistaken_merges, [way for way in over if way.case_id not in gone]))
    entered = _entered(chains, offers, internships)
    same = list(_companies(chance, seed, quotas.merged_companies, offers.companies, board, entered))
    known_as = {chain.number: one.company for one, chain in same if chain is not None}
    companies = tuple(one for one, _ in same)
    return Mending(twice, mistaken, companies, known_as, tuple(_renewals(chance, quotas, chains)), erased)


def _twice(chance: Random, seed: int, count: int, people: list[Person], free: list[Way], first: int) -> Iterable[Twice]:
    """Of persons in charge: some weeks after, at another desk, and found some weeks later."""
    taken = {person.identity.codice_fiscale for person in people}
    found = 0
    for way in chance.sample(free, len(free)):
        if found == count:
            return
        if way.taken_on is None or way.corrected_on is not None or way.suspended is not None:
            continue
        again_on = between(chance, way.taken_on + timedelta(days=10), way.taken_on + timedelta(days=60))
        merged_on = between(chance, again_on + timedelta(days=15), again_on + timedelta(days=70))
        if merged_on > LAST_MENDING or (way.closed_on is not None and way.closed_on <= merged_on + RECORDED_BY):
            continue
        person = _keyed_wrongly(way.person, len(people) + found, again_on)
        if person is None or person.identity.codice_fiscale in taken:
            continue
        taken.add(person.identity.codice_fiscale)
        again = Way(made(seed, "case again", found), person, again_on, Fate.WAITING, way.status)
        found += 1
        yield Twice(person, again, way, merged_on)


def _keyed_wrongly(person: Person, number: int, on: date) -> Person | None:
    """With another day of birth; None where the month has no day more."""
    born = person.birth_date + timedelta(days=1)
    if born.month != person.birth_date.month:
        return None
    known = person.identity
    code = tax_code(known.first_name, known.last_name, person.gender, born, known.codice_fiscale[11:15])
    identity = known.model_copy(update={"codice_fiscale": code, "birth_date": born})
    return replace(person, number=number, birth_date=born, received_on=on, identity=identity)


def _over(way: Way) -> date | None:
    """The last day of a case of which nothing more is told, None where something may still come."""
    if way.fate in (Fate.REJECTED, Fate.WITHDRAWN):
        last = way.decided_on
    else:
        last = way.followed_up[0] if way.followed_up is not None else way.closed_on
    if last is None or (way.handed_over is not None and way.handed_over.answered is None):
        return None
    referrals = [one for one in (way.referred, way.handed_over) if one is not None]
    later = [one.answered[0] for one in referrals if one.answered is not None]
    later += [way.corrected_on] if way.corrected_on is not None else []
    return max([last, *later])


def _erased(chance: Random, count: int, over: list[Way]) -> Iterable[tuple[Way, date]]:
    for way in over[:count]:
        last = _over(way)
        assert last is not None
        if last + RECORDED_BY <= LAST_MENDING:
            yield way, between(chance, last + RECORDED_BY, min(last + timedelta(days=300), LAST_MENDING))


def _mistaken(chance: Random, count: int, over: list[Way]) -> Iterable[Mistaken]:
    for kept, merged in list(zip(over[0::2], over[1::2], strict=False))[:count]:
        last = max(day for way in (kept, merged) if (day := _over(way)) is not None)
        merged_on = last + RECORDED_BY
        if merged_on <= LAST_MENDING:
            yield Mistaken(kept, merged, merged_on, merged_on + timedelta(days=chance.randint(3, 12)))


def _companies(
    chance: Random,
    seed: int,
    count: int,
    companies: list[Company],
    board: list[Membership],
    entered: dict[int, list[Chain]],
) -> Iterable[tuple[SameCompany, Chain | None]]:
    """The first of them joins the Board, in which it is already, and is found in the same year. `entered` are the
    placements without a vacancy, by the number of their company: one of them was entered under the other id.
    """
    members = {one.company.number: one for one in board}
    inside = [one for one in board if one.left_on is None and one.joined_on.month <= 7 and one.joined_on.year >= 2018]
    others = [one for one in companies if one.number in entered and one.number not in members]
    chosen = [one.company for one in chance.sample(inside, min(1, len(inside), count))]
    chosen += chance.sample(others, min(count - len(chosen), len(others)))
    n = 0
    for of in chosen:
        member, chain = members.get(of.number), entered.get(of.number, [None])[0]
        if member is not None:
            again_on = max(of.registered_on, member.joined_on) + timedelta(days=chance.randint(20, 50))
            joined_on, merged_on, chain = again_on + timedelta(days=25), again_on + timedelta(days=60), None
        else:
            assert chain is not None, "chosen by the placement"
            again_on, joined_on = chain.starts_on - timedelta(days=chance.randint(8, 20)), None
            merged_on = chain.starts_on + timedelta(days=chance.randint(30, 150))
        number = len(companies) + n
        company = replace(
            of,
            company_id=made(seed, "company again", n),
            number=number,
            name=f"{of.name} srl",
            partita_iva=partita_iva(number + 1),
            registered_on=again_on,
            introduced=False,
        )
        if again_on > of.registered_on and merged_on <= LAST_MENDING:
            n += 1
            yield SameCompany(company, of, merged_on, joined_on), chain


def _entered(chains: list[Chain], offers: Offers, internships: list[Internship]) -> dict[int, list[Chain]]:
    """Placements without a vacancy at companies that have no intern, by the number of the company."""
    hosts = {one.host.number for one in internships}
    found: dict[int, list[Chain]] = {}
    for chain in chains:
        company = offers.employers[chain.number]
        late = (
            chain.voided is not None or chain.told_late or chain.starts_on - company.registered_on < timedelta(days=30)
        )
        if chain.number not in offers.vacancy_of and company.number not in hosts and not late:
            found.setdefault(company.number, []).append(chain)
    return found


def _renewals(chance: Random, quotas: Quotas, chains: list[Chain]) -> Iterable[Renewal]:
    """Of contracts whose end nobody recorded, and which nothing followed."""
    last = {chain.way.person.number: chain.starts_on for chain in sorted(chains, key=lambda one: one.starts_on)}
    may = [
        chain
        for chain in chains
        if chain.contract_type in EXTENDED
        and len(chain.ends) == 1
        and not chain.told_late
        and (chain.ends[0] or LAST_DAY) + timedelta(days=12) <= LAST_MENDING
        and (chain.ended, chain.voided, chain.transformed, chain.corrected) == (None, None, None, None)
        and last[chain.way.person.number] == chain.starts_on
    ]
    for chain in chance.sample(may, min(quotas.voided_renewals, len(may))):
        (end,) = chain.ends
        assert end is not None, "only a contract with a term is renewed"
        voided_on = between(chance, end + timedelta(days=12), min(end + timedelta(days=60), LAST_MENDING))
        yield Renewal(chain, end + timedelta(days=90), voided_on)
