"""What is told of an internship: intake its intervention, matching all else, from the request to the evaluations.

The ledger's answer comes with the request, as decision 11 says of what a reaction would do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from insieme_demo.days import later, months_between, recorded
from insieme_demo.happening import MATCHING_PARTY, Happening, Kind, Order, Phase
from insieme_demo.ids import made
from insieme_demo.internships import Internship
from insieme_events.contracts.matching import EvaluatedBy, InternshipPurpose
from insieme_events.contracts.vocabulary import InterventionKind
from insieme_intake.ledger import FollowEnd, RegisterIntervention
from insieme_matching.internship.commands import (
    ApproveInternship,
    ConfirmInternship,
    EndInternship,
    InternshipCommand,
    Paper,
    RecordInternshipEvaluation,
    RecordInternshipMonth,
    RequestInternship,
    StartInternship,
    locks,
)

STAFF = (6, 12, 20)
"""Permanent staff of a host: with any of these it may have two interns at a time."""
MINUTES_A_DAY = 300


@dataclass
class Teller:
    """Makes the happenings of one internship; keys are numbered in the order of telling."""

    seed: int
    chance: Random
    one: Internship
    told: int = 0

    def tell(
        self,
        on: date,
        phase: Phase,
        *orders: Order,
        after: datetime | None = None,
        of_persons: bool = False,
        locked: bool = False,
    ) -> Happening:
        self.told += 1
        key = made(self.seed, f"internship act {self.one.internship_id}", self.told)
        instant = recorded(self.chance, on, 0, after)
        person_id = made(self.seed, "person", self.one.way.person.number)
        return Happening(
            instant,
            key,
            orders,
            phase,
            of_persons=(person_id,) if of_persons else (),
            locks=locks(person_id, self.one.host.company_id) if locked else (),
        )

    def orders(self, *commands: InternshipCommand) -> tuple[Order, ...]:
        return tuple(Order(Kind.INTERNSHIP, self.one.internship_id, command) for command in commands)


def of_intake(chance: Random, seed: int, internships: Iterable[Internship]) -> Iterator[Happening]:
    """The intervention of every intern, from the request to the last day (P25)."""
    for one in internships:
        teller = Teller(seed, chance, one)
        person_id = made(seed, "person", one.way.person.number)
        register = RegisterIntervention(
            person_id=person_id,
            intervention_id=one.internship_id,
            kind=InterventionKind.INTERNSHIP,
            party=MATCHING_PARTY,
            starts_on=one.starts_on,
            ends_on=one.ends_on,
            on=one.asked_on,
        )
        after = None
        for command in (register, FollowEnd(intervention_id=one.internship_id, on=one.ended_on)):
            order = Order(Kind.LEDGER, person_id, command)
            told = teller.tell(command.on, Phase.AMENDMENTS, order, after=after, of_persons=True)
            after = told.recorded_at
            yield told


def of_matching(chance: Random, seed: int, internships: Iterable[Internship]) -> Iterator[Happening]:
    for one in internships:
        teller = Teller(seed, chance, one, told=1_000)
        yield from _approved(teller)
        yield from _carried_out(teller)


def _approved(teller: Teller) -> Iterator[Happening]:
    one, approved_on = teller.one, teller.one.starts_on - timedelta(days=10)
    request = RequestInternship(
        internship_id=one.internship_id,
        person_id=made(teller.seed, "person", one.way.person.number),
        company_id=one.host.company_id,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        target=one.target,
        purposes=(InternshipPurpose.TRAINING, InternshipPurpose.PLACEMENT),
        monthly_allowance=one.monthly_allowance,
        funded_by_programme=False,
        on=one.asked_on,
    )
    asked = teller.orders(request, ConfirmInternship(on=one.asked_on))
    yield teller.tell(one.asked_on, Phase.VACANCIES, *asked)
    approve = ApproveInternship(
        authorisation=f"arl-{one.starts_on.year}-{teller.chance.randint(1000, 9999)}",
        authorised_on=approved_on - timedelta(days=2),
        papers=tuple(Paper),
        host_staff=teller.chance.choice(STAFF),
        host_declared_on=one.asked_on,
        host_dismissed_nobody=True,
        host_replaces_nobody=True,
        on=approved_on,
    )
    yield teller.tell(approved_on, Phase.CANDIDACIES, *teller.orders(approve), locked=True)
    start = StartInternship(communicated_on=one.starts_on - timedelta(days=2), on=one.starts_on)
    yield teller.tell(one.starts_on, Phase.PLACEMENTS, *teller.orders(start))


def _carried_out(teller: Teller) -> Iterator[Happening]:
    """The end on its day, the months of attendance each once it is over, and what both say of it."""
    one, chance = teller.one, teller.chance
    end = EndInternship(outcome=one.outcome, on=one.ended_on)
    ended = teller.tell(one.ended_on, Phase.AMENDMENTS, *teller.orders(end))
    for year, month in months_between(one.starts_on, one.ended_on):
        first = max(date(year, month, 1), one.starts_on)
        until = min((date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1), one.ended_on)
        due = max(((until - first).days + 1) * 5 // 7, 1) * MINUTES_A_DAY
        present = due * chance.choice((100, 100, 95, 90, 80, 60)) // 100
        slipped = one.corrected_on is not None and first == one.starts_on
        month_of_it = RecordInternshipMonth(
            month=f"{year}-{month:02d}", minutes_due=due, minutes_present=due if slipped else present, on=until
        )
        after = ended.recorded_at if until == one.ended_on else None
        told = teller.tell(until, Phase.AMENDMENTS, *teller.orders(month_of_it), after=after)
        yield told
        if slipped:
            assert one.corrected_on is not None
            right = month_of_it.model_copy(update={"minutes_present": present * 9 // 10, "on": one.corrected_on})
            yield teller.tell(one.corrected_on, Phase.AMENDMENTS, *teller.orders(right), after=told.recorded_at)
    yield ended
    for by, result in zip((EvaluatedBy.PERSON, EvaluatedBy.COMPANY), one.evaluations, strict=True):
        if result is not None:
            on = later(chance, one.ended_on, 2, 20)
            said = RecordInternshipEvaluation(evaluated_by=by, result=result, would_again=chance.random() < 0.75, on=on)
            yield teller.tell(on, Phase.AMENDMENTS, *teller.orders(said), after=ended.recorded_at)
