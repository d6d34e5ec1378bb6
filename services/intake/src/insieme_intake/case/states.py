"""The states of a case, how events lead from one to the next, and what each says to a command that it has no room for.

applied → enrolled → interviewed → in_charge ↔ suspended → closed (→ reopened); rejected, withdrawn, voided, merged
(aggregates.md section 2).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.intake import (
    ApplicationRejected,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    CaseClosed,
    CaseReopened,
    CaseResumed,
    CaseSuspended,
    EnrolmentVoided,
    InterviewHeld,
    InterviewKind,
    PersonEnrolled,
    PersonTakenInCharge,
    PlanAgreed,
    ReferentAssigned,
)
from insieme_events.contracts.intake_following import CaseMerged, CaseUnmerged, PlanOverdue
from insieme_events.decider import RefusalKind, Refused
from insieme_intake.case.file import CaseFile, learn, opened


@dataclass(frozen=True, slots=True)
class NoCase:
    pass


@dataclass(frozen=True, slots=True)
class Applied:
    file: CaseFile


@dataclass(frozen=True, slots=True)
class Rejected:
    file: CaseFile
    on: date


@dataclass(frozen=True, slots=True)
class Withdrawn:
    file: CaseFile
    on: date


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Enrolled on the day of receipt, and not interviewed yet."""

    file: CaseFile
    reopened_on: date | None = None

    @property
    def since(self) -> date:
        """Since when the person waits for the access interview."""
        return self.reopened_on or self.file.received_on


@dataclass(frozen=True, slots=True)
class Interviewed:
    """The first access interview was held."""

    file: CaseFile
    reopened_on: date | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """`plan_version` 0: no plan agreed yet. `overdue`: that it was late is on record."""

    taken_on: date
    referent_id: UUID
    plan_due_on: date
    plan_version: int = 0
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class InCharge:
    """`since`: taken in charge, resumed or reopened on that day."""

    file: CaseFile
    charge: Charge
    since: date


@dataclass(frozen=True, slots=True)
class Suspended:
    file: CaseFile
    charge: Charge
    since: date


Running = Enrolled | Interviewed | InCharge | Suspended


@dataclass(frozen=True, slots=True)
class Closed:
    """`before`: the state that a reopening goes back to."""

    file: CaseFile
    before: Running
    on: date


@dataclass(frozen=True, slots=True)
class Voided:
    file: CaseFile
    on: date


@dataclass(frozen=True, slots=True)
class MergedCase:
    """The person had another open case, which goes on. `before`: where it stands again if the merge is reverted."""

    file: CaseFile
    before: Applied | Running
    into_case_id: UUID
    on: date


CaseState = NoCase | Applied | Rejected | Withdrawn | Running | Closed | Voided | MergedCase
Existing = Applied | Rejected | Withdrawn | Running | Closed | Voided | MergedCase

CASE_UNKNOWN = Refused(
    "intake.case_unknown", "There is no case with this id: look it up again.", kind=RefusalKind.NOT_FOUND
)
NOT_ENROLLED = Refused(
    "intake.not_enrolled", "The application of {received_on} is not admitted yet: enrol the person first.", "P27"
)
APPLICATION_REJECTED = Refused(
    "intake.application_rejected", "The application was rejected on {on}: a new application opens a new case.", "P24"
)
APPLICATION_WITHDRAWN = Refused(
    "intake.application_withdrawn", "The application was withdrawn on {on}: a new application opens a new case.", "P24"
)
ALREADY_ENROLLED = Refused(
    "intake.already_enrolled", "The person is enrolled since {received_on} and waits for the access interview.", "P24"
)
ALREADY_INTERVIEWED = Refused(
    "intake.already_interviewed",
    "The access interview was held on {held_on} and the person is not in charge: assess the eligibility, then take "
    "the person in charge.",
    "P24",
)
ALREADY_IN_CHARGE = Refused("intake.in_charge", "The person is in charge since {since}.", "P24")
CASE_SUSPENDED = Refused("intake.case_suspended", "The case is suspended since {since}: resume it first.", "P24")
CASE_CLOSED = Refused("intake.case_closed", "The case was closed on {on}: reopen it first.", "P24")
ENROLMENT_VOIDED = Refused(
    "intake.enrolment_voided", "The enrolment was voided on {on}: a new application opens a new case.", "P25"
)
CASE_MERGED = Refused("intake.case_merged", "This case was merged on {on}: the person's case is {into} since.", "P25")


def no_room(state: CaseState) -> Refused:
    """What a case in that state answers to a command that does not fit it: where it stands and what comes next."""
    match state:
        case NoCase():
            return CASE_UNKNOWN
        case Applied(file=file):
            return NOT_ENROLLED.about(received_on=file.received_on)
        case Rejected(on=on):
            return APPLICATION_REJECTED.about(on=on)
        case Withdrawn(on=on):
            return APPLICATION_WITHDRAWN.about(on=on)
        case Enrolled(file=file):
            return ALREADY_ENROLLED.about(received_on=file.received_on)
        case Interviewed(file=file):
            return ALREADY_INTERVIEWED.about(held_on=file.first_access_on())
        case InCharge(since=since):
            return ALREADY_IN_CHARGE.about(since=since)
        case Suspended(since=since):
            return CASE_SUSPENDED.about(since=since)
        case Closed(on=on):
            return CASE_CLOSED.about(on=on)
        case Voided(on=on):
            return ENROLMENT_VOIDED.about(on=on)
        case MergedCase(on=on, into_case_id=into):
            return CASE_MERGED.about(on=on, into=into)
        case _:
            assert_never(state)


def with_file(state: Existing, file: CaseFile) -> Existing:
    if isinstance(state, Closed):
        return replace(state, file=file, before=replace(state.before, file=file))
    if isinstance(state, MergedCase):
        return replace(state, file=file, before=replace(state.before, file=file))
    return replace(state, file=file)


def evolve(state: CaseState, event: DomainEvent) -> CaseState:
    if isinstance(state, NoCase):
        if isinstance(event, ApplicationSubmitted):
            return Applied(opened(event))
        raise TypeError(f"a case does not begin with {type(event).__name__}")
    file = learn(state.file, event)
    moved = _move(state, event)
    return moved if file is state.file else with_file(moved, file)


def _move(state: Existing, event: DomainEvent) -> Existing:
    """The change of status that the event makes; the state itself when it makes none."""
    day = event.occurred_on
    match state, event:
        case Applied(file=file), PersonEnrolled():
            return Enrolled(file)
        case Applied(file=file), ApplicationRejected():
            return Rejected(file, day)
        case Applied(file=file), ApplicationWithdrawn():
            return Withdrawn(file, day)
        case Enrolled(file=file, reopened_on=reopened_on), InterviewHeld(kind=InterviewKind.ACCESS):
            return Interviewed(file, reopened_on)
        case Interviewed(file=file), PersonTakenInCharge(referent_id=referent_id, plan_due_on=due):
            return InCharge(file, Charge(day, referent_id, due), day)
        case InCharge(charge=charge) | Suspended(charge=charge), ReferentAssigned(referent_id=referent_id):
            return replace(state, charge=replace(charge, referent_id=referent_id))
        case InCharge(charge=charge) | Suspended(charge=charge), PlanAgreed(plan_version=version):
            return replace(state, charge=replace(charge, plan_version=version))
        case InCharge(charge=charge) | Suspended(charge=charge), PlanOverdue():
            return replace(state, charge=replace(charge, overdue=True))
        case (Applied() | Enrolled() | Interviewed() | InCharge() | Suspended()) as running, CaseMerged(
            into_case_id=into
        ):
            return MergedCase(running.file, running, into, day)
        case MergedCase(before=before), CaseUnmerged():
            return before
        case InCharge(file=file, charge=charge), CaseSuspended():
            return Suspended(file, charge, day)
        case Suspended(file=file, charge=charge), CaseResumed():
            return InCharge(file, charge, day)
        case (Enrolled() | Interviewed() | InCharge() | Suspended()) as running, CaseClosed():
            return Closed(running.file, running, day)
        case Closed(before=(InCharge() | Suspended()) as before), CaseReopened():
            return replace(before, since=day)
        case Closed(before=(Enrolled() | Interviewed()) as before), CaseReopened():
            return replace(before, reopened_on=day)
        case (Enrolled() | Interviewed() | InCharge() | Suspended() | Closed()) as enrolled, EnrolmentVoided():
            return Voided(enrolled.file, day)
        case _:
            return state
