"""The whole history from a seed and a scale, without input or output; and month by month as it was recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from random import Random

from insieme_demo import (
    board,
    chains,
    courses,
    endings,
    funds_story,
    funnel,
    governance_story,
    grants,
    grants_story,
    intake_story,
    internships,
    internships_story,
    later,
    later_story,
    matching_story,
    mending,
    mending_story,
    offers,
    people,
    tables,
    tables_story,
    training_story,
)
from insieme_demo.board import Membership
from insieme_demo.chains import Chain
from insieme_demo.courses import Course
from insieme_demo.days import LATER_DAY, months_between
from insieme_demo.funnel import Way
from insieme_demo.grants import Money
from insieme_demo.happening import Happening
from insieme_demo.internships import Internship
from insieme_demo.later import Later
from insieme_demo.mending import Mending
from insieme_demo.offers import Company, Offers
from insieme_demo.people import Person
from insieme_demo.quotas import FIRST_DAY, LAST_DAY, Quotas, scaled
from insieme_demo.tables import Tables
from insieme_governance.founding import given

SEED = 2017
"""The history that `make run` shows."""


@dataclass(frozen=True)
class Plan:
    """What happened. `ways` are the cases: first those of every person in order, then the second ones."""

    seed: int
    scale: float
    quotas: Quotas
    people: list[Person]
    ways: list[Way]
    chains: list[Chain]
    offers: Offers
    board: list[Membership]
    courses: list[Course]
    tables: Tables
    internships: list[Internship]
    money: Money
    mending: Mending
    later: Later | None
    """The years after 2021, None where the history ends with them."""

    @property
    def everybody(self) -> list[Person]:
        """All whose identity stands in the vault, by their number: also those who stand there twice."""
        after = self.later.people if self.later is not None else ()
        return [*self.people, *(one.person for one in self.mending.twice), *after]

    @property
    def companies(self) -> list[Company]:
        """All of the directory, by their number: also those that stand there twice."""
        return [*self.offers.companies, *(one.company for one in self.mending.companies)]


@dataclass(frozen=True)
class Month:
    """What was recorded in one month. Each list is ordered by phase, and within it by the instant of recording."""

    year: int
    month: int
    intake: list[Happening]
    matching: list[Happening]
    governance: list[Happening] = field(default_factory=list)
    training: list[Happening] = field(default_factory=list)
    funding: list[Happening] = field(default_factory=list)

    @property
    def told(self) -> Iterator[Happening]:
        """Everything of the month, in the order in which it is written."""
        return chain(*self.services)

    @property
    def services(self) -> tuple[list[Happening], ...]:
        """What each service is told, in the order in which it is written."""
        return (self.intake, self.matching, self.governance, self.training, self.funding)

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d}"


def make(seed: int = SEED, scale: float = 1.0, *, onwards: bool = False) -> Plan:
    """The same seed and scale give the same plan; `onwards` it goes on to 2026. Raises ValueError for a scale that
    leaves too little.
    """
    chance, quotas = Random(f"insieme/{seed}/{scale}"), scaled(scale)
    persons = people.make(chance, quotas)
    first = funnel.first_cases(chance, seed, quotas, persons)
    placed = chains.make(chance, seed, quotas, first)
    ways = endings.ended(chance, seed, quotas, first, placed)
    offered = offers.make(chance, seed, quotas, ways, placed)
    # A chance of its own for each further part, which so leaves the parts before it as they are.
    members = board.make(Random(f"insieme/{seed}/{scale}/board"), quotas, offered.companies)
    held = courses.make(Random(f"insieme/{seed}/{scale}/courses"), seed, quotas, ways, placed, offered.companies)
    met = tables.make(Random(f"insieme/{seed}/{scale}/tables"), seed, given())
    interns = internships.make(Random(f"insieme/{seed}/{scale}/internships"), seed, quotas, ways, placed, offered, held)
    granting = Random(f"insieme/{seed}/{scale}/grants")
    money = grants.make(granting, seed, quotas.projects, met.years, ways, placed, members, held, interns)
    mended = mending.make(
        Random(f"insieme/{seed}/{scale}/mending"),
        seed, quotas, persons, ways, placed, offered, members, held, interns, money,
    )  # fmt: skip
    after = None
    if onwards:
        known = [*persons, *(one.person for one in mended.twice)]
        same = {one.of.number for one in mended.companies}
        employers = [company for company in offered.companies if company.number not in same]
        going_on = Random(f"insieme/{seed}/{scale}/later")
        after = later.make(going_on, seed, scale, given(), known, placed, employers, members, met, money)
    return Plan(seed, scale, quotas, persons, ways, placed, offered, members, held, met, interns, money, mended, after)


def months(plan: Plan) -> Iterator[Month]:
    """Every month from the first to the last in which anything was recorded."""
    chance = Random(f"insieme/{plan.seed}/{plan.scale}/recording")
    intake = [
        happening
        for number, way in enumerate(plan.ways)
        for happening in intake_story.happenings(chance, plan.seed, number, way)
    ]
    matching = matching_story.happenings(chance, plan.seed, plan.offers, plan.chains, plan.mending.known_as)

    def further(part: str) -> Random:
        return Random(f"insieme/{plan.seed}/{plan.scale}/recording of {part}")

    told: dict[str, list[Happening]] = {
        "intake": [
            *intake,
            *training_story.of_intake(further("interventions"), plan.seed, plan.courses),
            *internships_story.of_intake(further("interns"), plan.seed, plan.internships),
            *mending_story.of_intake(further("mended persons"), plan.seed, plan.mending, len(plan.ways)),
        ],
        "matching": [
            *matching,
            *training_story.of_matching(further("positions"), plan.seed, plan.courses),
            *internships_story.of_matching(further("internships"), plan.seed, plan.internships),
            *mending_story.of_matching(further("mended companies"), plan.seed, plan.mending),
        ],
        "governance": [
            *governance_story.happenings(further("the board"), plan.seed, plan.board),
            *tables_story.happenings(further("the tables"), plan.seed, plan.tables),
            *mending_story.of_governance(further("the mended Board"), plan.seed, plan.mending),
        ],
        "training": [*training_story.of_training(further("courses"), plan.seed, plan.courses)],
        "funding": [
            *grants_story.happenings(further("the grants"), plan.seed, plan.money),
            *funds_story.happenings(further("the funds"), plan.seed, plan.money),
        ],
    }
    if plan.later is not None:
        cases = len(plan.ways) + len(plan.mending.twice)
        told["intake"] += later_story.of_intake(further("later persons"), plan.seed, plan.later, cases)
        told["matching"] += later_story.of_matching(further("later placements"), plan.seed, plan.later)
        told["governance"] += later_story.of_governance(further("later tables"), plan.seed, plan.later)
        told["training"] += later_story.of_training(further("later courses"), plan.seed, plan.later)
        told["funding"] += later_story.of_funding(further("later money"), plan.seed, plan.later)
    last = LAST_DAY if plan.later is None else LATER_DAY
    by_month = {each: Month(*each, [], []) for each in months_between(FIRST_DAY, last)}
    for service, happenings in told.items():
        for happening in sorted(happenings, key=lambda each: (each.phase, each.recorded_at, each.key)):
            month = by_month[happening.recorded_at.year, happening.recorded_at.month]
            getattr(month, service).append(happening)
    yield from by_month.values()
