"""How far each person comes: the dates of every case from the application to the plan, by the quotas."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from random import Random
from uuid import UUID

from insieme_demo.days import later
from insieme_demo.ids import made
from insieme_demo.people import Person
from insieme_demo.quotas import LAST_DAY, YEARS, Quotas, shuffled
from insieme_demo.referrals import Referral
from insieme_events.contracts.intake import (
    EmploymentStatus,
    ExitState,
    FollowUpOutcome,
    ReopeningReason,
    SuitabilityOutcome,
)


class Fate(StrEnum):
    """Where a case comes to, closing and reopening apart."""

    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"
    WAITING = "waiting"
    INTERVIEWED = "interviewed"
    IN_CHARGE = "in_charge"


LAST_CHARGE = LAST_DAY - timedelta(days=2)
LAST_RECEIPT_FOR_CHARGE = date(2021, 10, 20)
KNOWN_AFTER = timedelta(days=4)
"""So long after the taking in charge it is recorded at the latest, and matching may use it."""


@dataclass(frozen=True, slots=True)
class Way:
    """One case. Dates are business dates; those of what did not happen are None."""

    case_id: UUID
    person: Person
    received_on: date
    fate: Fate
    status: EmploymentStatus
    second: bool = False
    decided_on: date | None = None
    fixed_on: date | None = None
    missed_on: date | None = None
    interviewed_on: date | None = None
    suitability: SuitabilityOutcome | None = None
    assessed_on: date | None = None
    taken_on: date | None = None
    planned_on: date | None = None
    follow_ups: tuple[date, ...] = ()
    """Days of the interviews while in charge."""
    referred: Referral | None = None
    handed_over: Referral | None = None
    suspended: tuple[date, date] | None = None
    other_referent_on: date | None = None
    closed_on: date | None = None
    exit_state: ExitState | None = None
    followed_up: tuple[date, FollowUpOutcome] | None = None
    reopened: tuple[date, ReopeningReason] | None = None
    corrected_on: date | None = None

    @property
    def available_from(self) -> date:
        """From then on matching knows that the person is in charge."""
        assert self.taken_on is not None, "only who is in charge is available"
        return self.taken_on + KNOWN_AFTER


def first_cases(chance: Random, seed: int, quotas: Quotas, people: list[Person]) -> list[Way]:
    """One case per person, in the order of the persons, up to the plan."""
    fates = _fates(chance, quotas, people)
    ways = [
        way(chance, made(seed, "case", person.number), person, fate) for person, fate in zip(people, fates, strict=True)
    ]
    return _in_target(chance, quotas, ways)


def _fates(chance: Random, quotas: Quotas, people: list[Person]) -> list[Fate]:
    enrolled = people[: quotas.enrolled]
    in_time = [p.number for p in enrolled if p.received_on <= LAST_RECEIPT_FOR_CHARGE]
    chance.shuffle(in_time)
    # The very first ones come in charge: placements of the first year need somebody.
    in_time.sort(key=lambda number: number >= max(quotas.enrolled // 50, 4))
    if len(in_time) < quotas.taken_in_charge:
        raise ValueError(f"only {len(in_time)} persons enrol in time to be taken in charge: try another seed")
    in_charge = set(in_time[: quotas.taken_in_charge])
    fates = [
        Fate.IN_CHARGE
        if person.number in in_charge
        else Fate.WAITING
        if person.received_on > date(2021, 11, 20) or chance.random() < 0.42
        else Fate.INTERVIEWED
        for person in enrolled
    ]
    rejected = quotas.turned_away * 2 // 3
    away = (Fate.REJECTED, rejected), (Fate.WITHDRAWN, quotas.turned_away - rejected)
    return [*fates, *shuffled(chance, *away, (Fate.VOIDED, quotas.voided_enrolments))]


def _in_target(chance: Random, quotas: Quotas, ways: list[Way]) -> list[Way]:
    """Judged in target by year as the quotas say; these and those in charge overlap only partly (aggregates.md)."""
    on = list(ways)
    for year, count in zip(YEARS, quotas.in_target, strict=True):
        judged = [n for n, way in enumerate(ways) if way.assessed_on is not None and way.assessed_on.year == year]
        # Who is judged so and then not taken in charge is the exception.
        order = {n: chance.random() * (1 if ways[n].fate is Fate.IN_CHARGE else 2) for n in judged}
        for n in sorted(judged, key=lambda n: order[n])[:count]:
            on[n] = replace(on[n], suitability=SuitabilityOutcome.IN_TARGET)
    return on


def way(chance: Random, case_id: UUID, person: Person, fate: Fate, again_on: date | None = None) -> Way:
    """A case from its application to its plan; `again_on` is the receipt of a second application.

    A judgement is that of who is not taken in charge; who is in target is told by the quotas.
    """
    received_on = again_on or person.received_on
    status = chance.choices(
        [EmploymentStatus.DISOCCUPATO, EmploymentStatus.INOCCUPATO, EmploymentStatus.EMPLOYED_BELOW_THRESHOLD],
        [84, 13, 3],
    )[0]
    decided_on = fixed_on = missed_on = interviewed_on = assessed_on = taken_on = planned_on = None
    suitability = None
    if fate in (Fate.REJECTED, Fate.WITHDRAWN, Fate.VOIDED):
        decided_on = later(chance, received_on, 4, 20)
    elif fate is Fate.WAITING:
        if received_on < date(2021, 11, 15) and chance.random() < 0.6:
            fixed_on = later(chance, received_on, 5, 12)
            missed_on = later(chance, fixed_on, 12, 30)
    else:
        fixed_on = later(chance, received_on, 5, 12)
        if chance.random() < 0.09:
            missed_on = later(chance, fixed_on, 12, 25, LAST_CHARGE)
            interviewed_on = later(chance, missed_on, 7, 18, LAST_CHARGE)
        else:
            interviewed_on = later(chance, fixed_on, 12, 30, LAST_CHARGE)
        assessed_on = later(chance, interviewed_on, 0, 12, LAST_CHARGE)
        if fate is Fate.INTERVIEWED:
            suitability = chance.choices(
                [SuitabilityOutcome.OUT_OF_TARGET, SuitabilityOutcome.FOUND_JOB, SuitabilityOutcome.DECLINED],
                [54, 23, 23],
            )[0]
        else:
            taken_on = later(chance, assessed_on, 0, 14, LAST_CHARGE)
            if taken_on < date(2021, 12, 10) and chance.random() < 0.93:
                planned_on = later(chance, taken_on, 3, 30)
    return Way(
        case_id=case_id,
        person=person,
        received_on=received_on,
        fate=fate,
        status=EmploymentStatus.EMPLOYED if fate is Fate.REJECTED and person.number % 2 else status,
        second=again_on is not None,
        decided_on=decided_on,
        fixed_on=fixed_on,
        missed_on=missed_on,
        interviewed_on=interviewed_on,
        suitability=suitability,
        assessed_on=assessed_on,
        taken_on=taken_on,
        planned_on=planned_on,
    )
