"""The states of an internship and how its events lead from one to the next (P34)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

from insieme_events.contracts import DomainEvent, Erased
from insieme_events.contracts.matching import (
    Authorised,
    EvaluatedBy,
    InternshipApproved,
    InternshipBlocked,
    InternshipConfirmed,
    InternshipEnded,
    InternshipEvaluated,
    InternshipEvent,
    InternshipExtended,
    InternshipMonthRecorded,
    InternshipOutcome,
    InternshipProjectRecorded,
    InternshipPurpose,
    InternshipRequested,
    InternshipResumed,
    InternshipStarted,
    InternshipSuspended,
    InternshipWithdrawn,
    TargetClass,
)
from insieme_events.contracts.vocabulary import Strand

E = TypeVar("E", bound=InternshipEvent)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Project:
    """What the individual project says of the intern and of the internship."""

    target: TargetClass | Erased = TargetClass.ORDINARY
    purposes: tuple[InternshipPurpose, ...] = ()
    monthly_allowance: int = 0
    seasonal: bool = False
    funded_by_programme: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """The latest authorisation, and the version of the legal limits that judged it."""

    authorisation: str
    authorised_on: date
    limits_version: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is where and until when; `ends_on` as extended last, `last_on` the day of the last step.

    `months`: of each month that is on record the minutes that were due, and those present.
    """

    internship_id: UUID
    person_id: UUID
    company_id: UUID
    strand: Strand
    starts_on: date
    ends_on: date
    last_on: date
    project: Project = field(default_factory=Project)
    act: Act | None = None
    months: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotRequested:
    pass


@dataclass(frozen=True, slots=True)
class Requested:
    """Intake's ledger has not answered yet: it stays so until then, and never starts by itself (P25)."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Confirmed:
    plan: Plan


@dataclass(frozen=True, slots=True)
class Blocked:
    plan: Plan


@dataclass(frozen=True, slots=True)
class Approved:
    plan: Plan


@dataclass(frozen=True, slots=True)
class Running:
    """`paused` counts the days of suspensions that are over."""

    plan: Plan
    began_on: date
    paused: int = 0


@dataclass(frozen=True, slots=True)
class Suspended:
    plan: Plan
    began_on: date
    paused: int
    since: date


@dataclass(frozen=True, slots=True)
class Ended:
    plan: Plan
    ended_on: date
    outcome: InternshipOutcome
    evaluated_by: frozenset[EvaluatedBy] = frozenset()


@dataclass(frozen=True, slots=True)
class Withdrawn:
    plan: Plan


Known = Requested | Confirmed | Blocked | Approved | Running | Suspended | Ended | Withdrawn
Internship = NotRequested | Known


def evolve(state: Internship, event: DomainEvent) -> Internship:
    match state, event:
        case NotRequested(), InternshipRequested():
            return Requested(
                Plan(
                    internship_id=event.internship_id,
                    person_id=event.person_id,
                    company_id=event.company_id,
                    strand=event.strand,
                    starts_on=event.starts_on,
                    ends_on=event.ends_on,
                    last_on=event.occurred_on,
                )
            )
        case Requested(plan=plan), InternshipProjectRecorded():
            project = Project(
                target=event.target,
                purposes=event.purposes,
                monthly_allowance=event.monthly_allowance,
                seasonal=event.seasonal,
                funded_by_programme=event.funded_by_programme,
            )
            return Requested(replace(plan, project=project))
        case Requested(plan=plan) | Blocked(plan=plan), InternshipConfirmed():
            return Confirmed(at(plan, event))
        case Requested(plan=plan), InternshipBlocked():
            return Blocked(at(plan, event))
        case Confirmed(plan=plan), InternshipApproved():
            return Approved(authorised(at(plan, event), event))
        case Approved(plan=plan), InternshipStarted():
            return Running(at(plan, event), began_on=event.occurred_on)
        case Running(plan=plan) | Suspended(plan=plan), InternshipExtended():
            return replace(state, plan=authorised(at(plan, event), event))
        case Running(), InternshipSuspended():
            return Suspended(at(state.plan, event), state.began_on, state.paused, since=event.occurred_on)
        case Suspended(), InternshipResumed():
            paused = state.paused + (event.occurred_on - state.since).days
            return Running(at(state.plan, event), state.began_on, paused)
        case Running(plan=plan) | Suspended(plan=plan), InternshipEnded():
            return Ended(at(plan, event), ended_on=event.occurred_on, outcome=event.outcome)
        case ((Running(plan=plan) | Suspended(plan=plan) | Ended(plan=plan)), InternshipMonthRecorded(month=month)):
            months = {**plan.months, month: (event.minutes_due, event.minutes_present)}
            return replace(state, plan=replace(plan, months=months))
        case Ended(), InternshipEvaluated():
            return replace(state, evaluated_by=state.evaluated_by | {event.evaluated_by})
        case Requested(plan=plan) | Confirmed(plan=plan) | Blocked(plan=plan) | Approved(plan=plan), (
            InternshipWithdrawn()
        ):
            return Withdrawn(at(plan, event))
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__} on an internship's stream")


def at(plan: Plan, event: DomainEvent) -> Plan:
    return replace(plan, last_on=event.occurred_on)


def authorised(plan: Plan, event: Authorised) -> Plan:
    return replace(
        plan,
        ends_on=event.ends_on,
        project=replace(plan.project, monthly_allowance=event.monthly_allowance),
        act=Act(event.authorisation, event.authorised_on, event.limits_version),
    )


def of(plan: Plan, event: type[E], on: date, **fields: Any) -> E:
    """An event of this internship."""
    return event(
        internship_id=plan.internship_id,
        person_id=plan.person_id,
        company_id=plan.company_id,
        strand=plan.strand,
        occurred_on=on,
        **fields,
    )
