"""Calls, projects and funded activities, paid from each year's budgets (P43-P45, P61, P63, P64, P66).

All of it is invented; that nothing is granted above a budget, or without the two committees, is what the agreement
asks. A project's days follow one another, and what would come after the last day of its part is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

from insieme_demo.board import Membership
from insieme_demo.chains import Chain
from insieme_demo.courses import Course
from insieme_demo.days import between, later
from insieme_demo.funds import Activity, Budget, Era, Funds, activities, budgets
from insieme_demo.funnel import Way
from insieme_demo.governance_story import LATE
from insieme_demo.ids import made
from insieme_demo.internships import Internship
from insieme_demo.lists import BOLOGNA, POPULATION
from insieme_demo.offers import Company
from insieme_demo.tables import Year
from insieme_events.contracts.funding_committees import CommitteeKind
from insieme_events.contracts.funding_projects import (
    AccompanimentOutcome,
    ConsolidationKind,
    ProjectOutcome,
    RejectionGround,
    RevocationReason,
    WorkSuitability,
)
from insieme_events.contracts.intake import ExitState
from insieme_events.contracts.vocabulary import ProjectKind, Strand
from insieme_events.days import add_months

EVALUATORS = ("comune_bologna", "citta_metropolitana", "fondazione_san_petronio", "cna", "alleanza_cooperative")
MANAGERS = ("comune_bologna", "citta_metropolitana", "fondazione_san_petronio")
TO_2021 = Era(((date(2018, 3, 1), date(2019, 12, 31)), (date(2020, 1, 1), date(2021, 12, 31))))
CALLS = (
    (ProjectKind.SELF_ENTERPRISE, (3, 12), 33),
    (ProjectKind.SOCIAL_INNOVATION, (5, 2), 30),
    (ProjectKind.SELF_ENTERPRISE, (9, 10), 30),
)
"""What is called for, from which month and day of each year, for how many days."""
CRITERIA = ("sustainability", "impact", "team", "territory")
MOST = 25
PASSED = 60
SECTORS = ("care", "crafts", "catering", "logistics", "culture", "agriculture")
KNOWN_IN_BOARD = timedelta(days=LATE + 3)
"""So long after a company joined, funding has surely heard of it."""


@dataclass(frozen=True, slots=True)
class Committee:
    """Its members with the party of each; `until` is the last day of the mandate."""

    committee_id: UUID
    kind: CommitteeKind
    since: date
    until: date
    members: tuple[tuple[UUID, str], ...]


@dataclass(frozen=True, slots=True)
class Call:
    call_id: UUID
    kind: ProjectKind
    opened_on: date
    closes_on: date


@dataclass(frozen=True, slots=True)
class Judged:
    """The technical evaluation: points by criterion, who took part, and who declared a conflict before."""

    on: date
    points: tuple[int, ...]
    present: tuple[UUID, ...]
    conflicted: UUID | None

    @property
    def passed(self) -> bool:
        return sum(self.points) * 100 // (MOST * len(self.points)) >= PASSED


@dataclass(frozen=True, slots=True)
class Grant:
    """Euro cents. `revoked`, `returned`, `closed` are how it ended, None while it runs or where nothing came back."""

    source: str
    investment: int
    consultancy: int
    approved_on: date
    funded_on: date
    instalments: tuple[tuple[date, int], ...]
    revoked: tuple[date, RevocationReason] | None
    returned: tuple[date, int] | None
    closed: tuple[date, ProjectOutcome] | None

    @property
    def amount(self) -> int:
        return self.investment + self.consultancy

    @property
    def paid(self) -> int:
        return sum(amount for _, amount in self.instalments)

    def within(self, first: date, last: date) -> Grant:
        """What of it lies after `first`, and not after `last`."""
        return replace(
            self,
            instalments=tuple(one for one in self.instalments if first < one[0] <= last),
            revoked=self.revoked if self.revoked is not None and first < self.revoked[0] <= last else None,
            returned=self.returned if self.returned is not None and first < self.returned[0] <= last else None,
            closed=self.closed if self.closed is not None and first < self.closed[0] <= last else None,
        )


@dataclass(frozen=True, slots=True)
class After:
    """What became of a funded project: its placements, what the Board did for it, whether it was alive."""

    placements: tuple[tuple[date, UUID, WorkSuitability], ...]
    actions: tuple[tuple[date, Company, ConsolidationKind], ...]
    survival: tuple[tuple[date, int, bool], ...]


@dataclass(frozen=True, slots=True)
class Project:
    """`way` is the case of the person who proposes a project of strand 3a. Amounts are euro cents.

    `whole` is the grant to its end, `grant` what of it lies in the years of its part.
    """

    project_id: UUID
    call: Call
    proposer_id: UUID
    way: Way | None
    sector: str
    seat: str
    investment: int
    consultancy: int
    submitted_on: date
    accompanied_from: date
    accompanied_to: date
    outcome: AccompanimentOutcome
    jobs: int
    judged: Judged | None
    rejected: tuple[date, RejectionGround] | None
    grant: Grant | None
    whole: Grant | None
    after: After
    microcredit: tuple[date, int] | None

    @property
    def withdrawn_on(self) -> date | None:
        """Who was not ready after the coaching gives the project up."""
        return None if self.outcome is AccompanimentOutcome.READY else self.accompanied_to + timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Money:
    committees: tuple[Committee, ...]
    calls: tuple[Call, ...]
    budgets: tuple[Budget, ...]
    projects: tuple[Project, ...]
    activities: tuple[Activity, ...]

    def committee(self, kind: CommitteeKind, on: date) -> Committee:
        return next(one for one in self.committees if one.kind is kind and one.since <= on <= one.until)


@dataclass
class Makers:
    """What projects are made from; a placement is linked to one project only."""

    chance: Random
    seed: int
    era: Era
    funds: Funds
    committees: tuple[Committee, ...]
    board: list[Membership]
    placements: list[Chain]

    def committee(self, kind: CommitteeKind, on: date) -> Committee:
        return next(one for one in self.committees if one.kind is kind and one.since <= on <= one.until)


def make(
    chance: Random,
    seed: int,
    count: tuple[int, int],
    years: Sequence[Year],
    ways: list[Way],
    chains: list[Chain],
    board: list[Membership],
    courses: list[Course],
    internships: list[Internship],
    era: Era = TO_2021,
) -> Money:
    """So many projects of strand 3a and of strand 3b, spread over the calls; the first ones that fit are funded."""
    set_up = budgets(years, era.last)
    funds = Funds.of(set_up)
    committees = tuple(_committees(seed, era))
    calls = tuple(one for one in _calls(seed, [year.year for year in years]) if one.opened_on <= era.calls_until)
    counting = [chain for chain in chains if chain.voided is None and not chain.told_late]
    makers = Makers(chance, seed, era, funds, committees, board, chance.sample(counting, len(counting)))
    asked = _asked(chance, count, calls)
    proposers = _proposers(chance, ways, courses, internships)
    projects = []
    for number, (call, submitted_on) in enumerate(asked, start=era.first):
        way = None
        if call.kind is ProjectKind.SELF_ENTERPRISE:
            way = next((one for one in proposers if _in_charge(one, submitted_on)), None)
            if way is None:
                continue
            proposers.remove(way)
        projects.append(_project(makers, number, call, submitted_on, way))
    funded = activities(chance, seed, funds, courses, internships, era)
    return Money(committees, calls, set_up, tuple(projects), funded)


def _committees(seed: int, era: Era) -> Iterable[Committee]:
    kinds = ((CommitteeKind.EVALUATION, EVALUATORS), (CommitteeKind.MANAGEMENT, MANAGERS))
    for kind, parties in kinds:
        for n, (since, until) in enumerate(era.mandates, start=era.first):
            members = tuple((made(seed, f"member {kind.value} {n}", k), party) for k, party in enumerate(parties))
            yield Committee(made(seed, f"committee {kind.value}", n), kind, since, until, members)


def _calls(seed: int, years: list[int]) -> Iterable[Call]:
    for year in years:
        for n, (kind, (month, day), length) in enumerate(CALLS):
            opened_on = date(year, month, day)
            yield Call(made(seed, f"call of {year}", n), kind, opened_on, opened_on + timedelta(days=length))


def _asked(chance: Random, counts: tuple[int, int], calls: tuple[Call, ...]) -> list[tuple[Call, date]]:
    """Each project's call and the day of its submission, in the order of the days."""
    found = []
    for kind, count in zip((ProjectKind.SELF_ENTERPRISE, ProjectKind.SOCIAL_INNOVATION), counts, strict=True):
        of_kind = [call for call in calls if call.kind is kind]
        found += [of_kind[n % len(of_kind)] for n in range(count)]
    dated = [(between(chance, call.opened_on + timedelta(days=3), call.closes_on), call) for call in found]
    return [(call, on) for on, call in sorted(dated, key=lambda one: (one[0], one[1].call_id))]


def _proposers(chance: Random, ways: list[Way], courses: list[Course], internships: list[Internship]) -> list[Way]:
    """Who may propose: in charge without a break, neither a pupil nor an intern; who became self-employed first."""
    several = {way.person.number for way in ways if way.second}
    taken = {pupil.way.person.number for course in courses for pupil in course.pupils}
    taken |= {one.way.person.number for one in internships} | several
    free = [
        way
        for way in ways
        if way.taken_on is not None
        and way.suspended is None
        and way.reopened is None
        and way.person.number not in taken
    ]
    order = chance.sample(free, len(free))
    return sorted(order, key=lambda way: way.exit_state is not ExitState.SELF_EMPLOYED)


def _in_charge(way: Way, on: date) -> bool:
    return way.available_from <= on and (way.closed_on is None or way.closed_on > on)


def _project(makers: Makers, number: int, call: Call, submitted_on: date, way: Way | None) -> Project:
    chance, own = makers.chance, call.kind is ProjectKind.SELF_ENTERPRISE
    investment = chance.randrange(300_000 if own else 400_000, 600_001, 50_000)
    consultancy = chance.randrange(50_000, 200_001, 50_000)
    coached_from = call.closes_on + timedelta(days=chance.randint(3, 10))
    coached_to = coached_from + timedelta(days=chance.randint(30, 44 if own else 58))
    outcomes = [AccompanimentOutcome.READY, AccompanimentOutcome.NOT_READY, AccompanimentOutcome.ABANDONED]
    outcome = chance.choices(outcomes, [84, 8, 8])[0]
    jobs = chance.choices([0, 1, 2, 3], [20, 40, 30, 10])[0]
    judged = rejected = grant = whole = microcredit = None
    after = After((), (), ())
    if outcome is AccompanimentOutcome.READY:
        judged = _judged(makers, coached_to)
        decided_on = judged.on + timedelta(days=chance.randint(5, 9))
        strand = Strand(call.kind.value)
        source = makers.funds.source_of(decided_on.year, strand, investment + consultancy) if judged.passed else None
        if source is None:
            ground = RejectionGround.NO_BUDGET if judged.passed else RejectionGround.NOT_EVALUATED_POSITIVE
            rejected = decided_on, ground
        else:
            whole = _grant(chance, source, investment, consultancy, decided_on)
            grant = whole.within(date.min, makers.era.last)
            makers.funds.take(grant.funded_on.year, source, strand, grant.amount)
            after = _after(makers, grant, jobs)
        if judged.passed and chance.random() < 0.3:
            on = judged.on + timedelta(days=15)
            microcredit = on, chance.randrange(500_000, 2_000_001, 100_000)
    made_up = made(makers.seed, "organisation", number)
    return Project(
        project_id=made(makers.seed, "project", number),
        call=call,
        proposer_id=made_up if way is None else made(makers.seed, "person", way.person.number),
        way=way,
        sector=chance.choice(SECTORS),
        seat=BOLOGNA if chance.random() < 0.6 else chance.choice(list(POPULATION)),
        investment=investment,
        consultancy=consultancy,
        submitted_on=submitted_on,
        accompanied_from=coached_from,
        accompanied_to=coached_to,
        outcome=outcome,
        jobs=jobs,
        judged=judged,
        rejected=rejected,
        grant=grant,
        whole=whole,
        after=after,
        microcredit=microcredit,
    )


def _judged(makers: Makers, coached_to: date) -> Judged:
    """Now and then a member has an interest of its own and stays away, or is absent anyway."""
    chance, on = makers.chance, coached_to + timedelta(days=makers.chance.randint(8, 12))
    members = [member for member, _ in makers.committee(CommitteeKind.EVALUATION, on).members]
    conflicted = chance.choice(members) if chance.random() < 0.15 else None
    absent = chance.choice(members) if chance.random() < 0.3 else None
    present = tuple(member for member in members if member not in (conflicted, absent))
    low = chance.random() < 0.25
    points = tuple(chance.randint(6, 14) if low else chance.randint(15, MOST) for _ in CRITERIA)
    return Judged(on, points, present, conflicted)


def _grant(chance: Random, source: str, investment: int, consultancy: int, approved_on: date) -> Grant:
    amount = investment + consultancy
    funded_on = approved_on + timedelta(days=chance.randint(1, 7))
    shares = (amount // 2, amount * 3 // 10, amount - amount // 2 - amount * 3 // 10)
    days = [later(chance, funded_on, least, most, date.max) for least, most in ((6, 20), (110, 140), (230, 260))]
    revoked = returned = closed = None
    fate = chance.choices(["completed", "ceased", "revoked"], [78, 11, 11])[0]
    last = {"completed": 3, "ceased": 2, "revoked": 1}[fate]
    over_on = later(chance, days[last - 1], 20, 60, date.max)
    instalments = tuple(zip(days[:last], shares[:last], strict=True))
    if fate == "revoked":
        revoked = over_on, chance.choice(list(RevocationReason))
        returned = over_on + timedelta(days=60), shares[0] // 2
    else:
        closed = over_on, ProjectOutcome.COMPLETED if fate == "completed" else ProjectOutcome.CEASED
    return Grant(
        source=source,
        investment=investment,
        consultancy=consultancy,
        approved_on=approved_on,
        funded_on=funded_on,
        instalments=instalments,
        revoked=revoked,
        returned=returned,
        closed=closed,
    )


def _after(makers: Makers, grant: Grant, jobs: int) -> After:
    chance, funded_on, last = makers.chance, grant.funded_on, makers.era.last
    hired = [chain for chain in makers.placements if 0 <= (chain.starts_on - funded_on).days <= 300][
        : jobs if grant.revoked is None else 0
    ]
    for chain in hired:
        makers.placements.remove(chain)
    suitabilities, weights = list(WorkSuitability), [70, 25, 5]
    linked = tuple(
        (chain.starts_on + timedelta(days=20), chain.employment_id, chance.choices(suitabilities, weights)[0])
        for chain in sorted(hired, key=lambda one: one.starts_on)
    )
    over_on = grant.closed[0] if grant.closed is not None else last
    ended = grant.revoked is not None or (grant.closed is not None and grant.closed[1] is ProjectOutcome.CEASED)
    survival = tuple(
        (due + timedelta(days=10), months, not ended and chance.random() < 0.9)
        for months in (12, 24, 36)
        if (due := add_months(funded_on, months)) + timedelta(days=10) <= last
    )
    return After(tuple(one for one in linked if one[0] <= last), tuple(_actions(makers, funded_on, over_on)), survival)


def _actions(makers: Makers, funded_on: date, over_on: date) -> Iterable[tuple[date, Company, ConsolidationKind]]:
    """What companies of the Board do for it, of which funding has heard in time."""
    chance = makers.chance
    for _ in range(chance.choices([0, 1, 2], [40, 40, 20])[0]):
        first, last = funded_on + timedelta(days=20), min(over_on, makers.era.last - timedelta(days=3))
        if first > last:
            return
        on = between(chance, first, last)
        members = [one.company for one in makers.board if one.joined_on + KNOWN_IN_BOARD <= on and one.holds(on)]
        if members:
            yield on, chance.choice(members), chance.choice(list(ConsolidationKind))
