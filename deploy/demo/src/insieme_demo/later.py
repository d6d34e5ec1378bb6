"""2022 to June 2026, with a lighter hand: meetings, plans, some persons and placements, and how the term ended.

Nothing of these years is published: every total after 2021 is invented. A party withdraws in 2023; the renewal that is
proposed in 2025 lacks one consent, so the protocol expires on the day after 3 March 2026, and who applies after that is
enrolled by the transitional rule of the agreement (P80, P81).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

from insieme_demo import board, duties, grants, later_courses, later_internships, people, rest, seats, tables
from insieme_demo.board import Membership
from insieme_demo.chains import Chain, fixed_term
from insieme_demo.courses import Course
from insieme_demo.days import LATER_DAY, between
from insieme_demo.diary import Diary
from insieme_demo.duties import Duties
from insieme_demo.funds import Era
from insieme_demo.funnel import Fate, Way
from insieme_demo.grants import Money
from insieme_demo.ids import made
from insieme_demo.internships import Internship
from insieme_demo.offers import Company
from insieme_demo.people import Person
from insieme_demo.quotas import LAST_DAY
from insieme_demo.rest import Rest
from insieme_demo.seats import Sitting
from insieme_demo.tables import Span, Tables, Year
from insieme_events.contracts.intake import EmploymentStatus
from insieme_events.contracts.vocabulary import BodyKind
from insieme_governance.founding import Founding

PERSONS = {2022: 90, 2023: 80, 2024: 80, 2025: 70, 2026: 30}
PLACED = 0.35
MEETINGS_FROM = 1_000
"""Their meetings are numbered from here on."""
LAST_MEETING = date(2026, 2, 28)
"""The last day of the term on which a body meets and a company joins the Board or leaves it."""
BOARD = {2022: 112, 2023: 110, 2024: 116, 2025: 119, 2026: 118}
"""Companies in the Board at the end of each year."""
LAST_RECEIPT = date(2026, 5, 10)
WITHDREW = ("confesercenti", date(2023, 1, 16), date(2023, 5, 1))
"""Who gave notice of its withdrawal, on which day, and since when it is no party any more."""
PROPOSED = ("comune_bologna", date(2025, 9, 15), date(2031, 3, 3))
"""Who proposed the renewal, when, and until which day."""
REFUSED = ("uil", date(2025, 12, 9))
"""Whose consent is missing: with it the protocol would have been renewed."""
ASKED = (("cgil", date(2022, 9, 19), date(2022, 10, 13)), ("cna", date(2024, 4, 22), None))
"""Who asked for a meeting of the Tavolo, when, and the day of the meeting that was convened for it in time.

The second had to wait for the regular one, which was convened when the days of the agreement were over (P55).
"""
WARNED = (date(2025, 3, 3), date(2025, 9, 3), date(2025, 12, 3))
EXPIRED = date(2026, 3, 4)
PROJECTS = (24, 16)
"""Of strand 3a and of strand 3b, at the whole scale."""
OF_THEIR_OWN = 6
"""One of so many persons looks for work of their own: neither a pupil nor an intern, they may propose a project."""
ERA = Era(
    mandates=((date(2022, 1, 1), date(2023, 12, 31)), (date(2024, 1, 1), date(2026, 12, 31))),
    calls_until=EXPIRED - timedelta(days=1),
    last=LATER_DAY,
    first=1_000,
)
"""The agreement holds through the transition after the term, and with it the committees; nothing is called for then."""


@dataclass(frozen=True, slots=True)
class Term:
    """How the term went; `consents` are the parties that agreed to the renewal, each with its day. `tavolo_id` is the
    Tavolo di coordinamento.
    """

    protocol_id: UUID
    tavolo_id: UUID
    consents: tuple[tuple[date, str], ...]


@dataclass(frozen=True, slots=True)
class Later:
    """`ways` are the cases, one for each person; `placements` the contracts with their employers, also those that came
    of a course or an internship. `board` are all memberships of the Board, also those that began before; `before` the
    plans whose end is told here, `money_before` the money, of whose projects the `rests` are told.
    """

    tables: Tables
    before: tuple[Year, ...]
    board: tuple[Membership, ...]
    sittings: tuple[Sitting, ...]
    duties: Duties
    term: Term
    people: tuple[Person, ...]
    ways: tuple[Way, ...]
    placements: tuple[tuple[Chain, Company], ...]
    courses: tuple[Course, ...]
    internships: tuple[Internship, ...]
    money: Money
    money_before: Money
    rests: tuple[Rest, ...]


def make(
    chance: Random,
    seed: int,
    scale: float,
    founding: Founding,
    known: list[Person],
    chains: list[Chain],
    companies: list[Company],
    members: list[Membership],
    before: Tables,
    spent: Money,
) -> Later:
    """`known` are all whose identity stands in the vault before; `companies` those that may employ or join the Board;
    `members`, `before` and `spent` are the Board, the plans and the money of the years to 2021.
    """
    party, _, effective_on = WITHDREW
    span = Span(
        meeting=tuple(range(2022, 2027)),
        planned=tuple(range(2022, 2027)),
        last=LAST_MEETING,
        first=MEETINGS_FROM,
        gone={party: effective_on},
        asked=tuple(meets_on for _, _, meets_on in ASKED if meets_on is not None),
    )
    met = tables.make(chance, seed, founding, span)
    received = sorted(_received(chance, scale))
    persons = tuple(people.later(chance, known, len(known), received))
    ways = tuple(_way(chance, made(seed, "later case", n), person) for n, person in enumerate(persons))
    placed = [way for way in ways if chance.random() < PLACED]
    contracts = (_placed(chance, seed, len(chains) + n, way, companies) for n, way in enumerate(placed))
    placements = tuple(one for one in contracts if one is not None)
    sizes = ((year, round(size * scale)) for year, size in BOARD.items())
    term = _term(chance, founding, span)

    # A chance of its own for each further part, which so leaves the parts before it as they are.
    def further(part: str) -> Random:
        return Random(f"insieme/{seed}/{scale}/later {part}")

    inside = board.going_on(further("board"), sizes, companies, members, LAST_MEETING)
    parties = tables.parties_on(founding, seats.FIRST[0], span.gone)
    sittings = seats.make(further("seats"), seed, parties, span.gone, LAST_MEETING)
    met = replace(met, meetings=tuple(replace(one, seated=seats.at(one, sittings)) for one in met.meetings))
    owed = duties.make(further("duties"), seed, founding, met.years, span.gone)
    diary = Diary.of(seed, placements, len(chains) + len(ways))
    hosts = [one for one in inside if one.company in companies]
    learning = [way for n, way in enumerate(ways) if n % OF_THEIR_OWN]
    held = later_courses.make(further("courses"), seed, scale, learning, diary, hosts, companies)
    interns = later_internships.make(further("internships"), seed, scale, learning, diary, hosts)
    placements = (*placements, *diary.hired)
    count = round(PROJECTS[0] * scale), round(PROJECTS[1] * scale)
    granting, contracts_of = further("grants"), [chain for chain, _ in placements]
    money = grants.make(granting, seed, count, met.years, list(ways), contracts_of, inside, held, interns, ERA)
    rests = rest.make(further("rests"), spent, LAST_DAY, LATER_DAY)
    return Later(
        tables=met,
        before=before.years,
        board=tuple(inside),
        sittings=sittings,
        duties=owed,
        term=term,
        people=persons,
        ways=ways,
        placements=placements,
        courses=tuple(held),
        internships=tuple(interns),
        money=money,
        money_before=spent,
        rests=rests,
    )


def _received(chance: Random, scale: float) -> Iterable[date]:
    for year, count in PERSONS.items():
        last = min(date(year, 12, 20), LAST_RECEIPT)
        yield from (between(chance, date(year, 1, 10), last) for _ in range(max(round(count * scale), 1)))
    # At every scale somebody is enrolled after the term.
    yield between(chance, EXPIRED + timedelta(days=5), LAST_RECEIPT)


def _term(chance: Random, founding: Founding, span: Span) -> Term:
    protocol = max(founding.protocols, key=lambda one: one.signature.on)
    _, proposed_on, _ = PROPOSED
    last = REFUSED[1] - timedelta(days=2)
    parties = sorted(tables.parties_on(founding, last, span.gone))
    agreed = ((between(chance, proposed_on + timedelta(days=1), last), one) for one in parties if one != REFUSED[0])
    (tavolo,) = (body for body in founding.bodies if body.kind is BodyKind.COORDINATION_TABLE)
    return Term(protocol.protocol_id, tavolo.body_id, tuple(sorted(agreed)))


def _way(chance: Random, case_id: UUID, person: Person) -> Way:
    fixed_on = person.received_on + timedelta(days=chance.randint(3, 8))
    interviewed_on = fixed_on + timedelta(days=chance.randint(7, 14))
    assessed_on = interviewed_on + timedelta(days=chance.randint(0, 5))
    taken_on = assessed_on + timedelta(days=chance.randint(0, 6))
    status = EmploymentStatus.DISOCCUPATO if chance.random() < 0.87 else EmploymentStatus.INOCCUPATO
    return Way(
        case_id=case_id,
        person=person,
        received_on=person.received_on,
        fate=Fate.IN_CHARGE,
        status=status,
        fixed_on=fixed_on,
        interviewed_on=interviewed_on,
        assessed_on=assessed_on,
        taken_on=taken_on,
        planned_on=taken_on + timedelta(days=chance.randint(3, 12)),
    )


def _placed(chance: Random, seed: int, number: int, way: Way, companies: list[Company]) -> tuple[Chain, Company] | None:
    """A contract with a term, None where it would begin too late."""
    chain = fixed_term(chance, seed, number, way, way.available_from + timedelta(days=chance.randint(20, 90)))
    return None if chain is None else (chain, chance.choice(companies))
