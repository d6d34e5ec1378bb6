"""Study: whether Insieme per il lavoro gets a new legal form (studio); one per protocol (P82, P83)."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from insieme_events.agreement import Agreement, in_force
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.governance_plan import (
    LegalForm,
    LegalFormStudyStarted,
    StudyConcluded,
    StudyMilestone,
    StudyMilestoneReached,
    StudyOutcome,
    StudyStartOverdue,
)
from insieme_events.days import Day
from insieme_events.decider import Circumstances, Command, Decider, Decision, RefusalKind, Refused
from insieme_governance.gates import not_after

PROTOCOL_UNKNOWN = Refused(
    code="governance.study_protocol_unknown",
    sentence="There is no signed protocol with this id: the study belongs to one.",
    clause="P82",
    kind=RefusalKind.NOT_FOUND,
)
BEFORE_SIGNATURE = Refused(
    code="governance.study_before_signature",
    sentence="The protocol was signed on {signed_on}: its study cannot start earlier.",
    clause="P82",
)
STUDY_STARTED = Refused(
    code="governance.study_started_already",
    sentence="The study started on {started_on}: record its milestones, or conclude it.",
    clause="P82",
)
START_NOT_OVERDUE = Refused(
    code="governance.study_start_not_overdue",
    sentence="The study has to start by {due_on}: it is not late before that day is over.",
    clause="P82",
)
NO_STUDY = Refused(
    code="governance.study_not_started",
    sentence="The study has not started: start it first.",
    clause="P83",
)
STUDY_UNKNOWN = Refused(
    code="governance.study_unknown",
    sentence="Nothing is known of a study for this protocol: start it first.",
    clause="P83",
    kind=RefusalKind.NOT_FOUND,
)
BEFORE_START = Refused(
    code="governance.study_before_start",
    sentence="The study started on {started_on}: nothing of it can be dated earlier.",
    clause="P83",
)
CONCLUDED_ALREADY = Refused(
    code="governance.study_concluded_already",
    sentence="The study was concluded on {concluded_on}: nothing of it changes any more.",
    clause="P83",
)
FORM_MISSING = Refused(
    code="governance.study_form_missing",
    sentence="A study that proposes a form has to name it; one that proposes none cannot name any.",
    clause="P83",
    kind=RefusalKind.INVALID,
)


class Start(Command):
    on: Day


class StartStudy(Start):
    protocol_id: UUID


class NoteStudyOverdue(Command):
    """The month in which the study had to start is over: a timer's command (P82)."""

    protocol_id: UUID
    on: Day


class RecordStudyMilestone(Command):
    """A step of the study; `option` is the form that it is about, `document_id` an entry of an archive (P83)."""

    milestone: StudyMilestone
    option: LegalForm | None = None
    document_id: UUID | None = None
    on: Day


class ConcludeStudy(Command):
    outcome: StudyOutcome
    option: LegalForm | None = None
    document_id: UUID
    on: Day


StudyCommand = StartStudy | NoteStudyOverdue | RecordStudyMilestone | ConcludeStudy


@dataclass(frozen=True, slots=True)
class StudyCircumstances(Circumstances):
    """`signed_on` is when the protocol of the command was signed; `of_signature` the agreement by which the study's
    month is known: the one in force on that day, else the first one after it.
    """

    signed_on: date | None = None
    of_signature: Agreement | None = None


@dataclass(frozen=True, slots=True)
class NotStarted:
    pass


@dataclass(frozen=True, slots=True)
class StartOverdue:
    protocol_id: UUID


@dataclass(frozen=True, slots=True)
class UnderWay:
    protocol_id: UUID
    started_on: date
    milestones: frozenset[tuple[StudyMilestone, LegalForm | None, UUID | None]] = frozenset()


@dataclass(frozen=True, slots=True)
class Concluded:
    protocol_id: UUID
    started_on: date
    concluded_on: date
    document_id: UUID


Study = NotStarted | StartOverdue | UnderWay | Concluded


def agreement_of(agreements: Sequence[Agreement], signed_on: date | None) -> Agreement | None:
    """The agreement in force when a protocol was signed, else the first one that began after it."""
    if signed_on is None:
        return None
    later = [one for one in agreements if one.valid_from > signed_on]
    return in_force(agreements, signed_on) or min(later, key=lambda one: one.valid_from, default=None)


def due_on(signed_on: date, month: int) -> date:
    """The last day of the month of the signature's year in which the study starts at the latest (P82)."""
    return date(signed_on.year, month, calendar.monthrange(signed_on.year, month)[1])


def decide(command: StudyCommand, state: Study, circumstances: StudyCircumstances) -> Decision:
    if future := not_after(circumstances.today, command.on):
        return future
    match command:
        case StartStudy():
            return start(command, state, circumstances)
        case NoteStudyOverdue():
            return note_overdue(command, state, circumstances)
        case RecordStudyMilestone():
            return reach(command, state)
        case ConcludeStudy():
            return conclude(command, state)
        case _:
            assert_never(command)


def start(command: StartStudy, study: Study, circumstances: StudyCircumstances) -> Decision:
    signed_on, agreement = circumstances.signed_on, circumstances.of_signature
    match study:
        case UnderWay(started_on=started_on) if started_on == command.on:
            return []
        case UnderWay(started_on=started_on):
            return STUDY_STARTED.about(started_on=started_on)
        case Concluded(concluded_on=concluded_on):
            return CONCLUDED_ALREADY.about(concluded_on=concluded_on)
        case NotStarted() | StartOverdue() if signed_on is None:
            return PROTOCOL_UNKNOWN
        case NotStarted() | StartOverdue() if command.on < signed_on:
            return BEFORE_SIGNATURE.about(signed_on=signed_on)
        case NotStarted() | StartOverdue():
            return [
                LegalFormStudyStarted(
                    protocol_id=command.protocol_id,
                    late=agreement is not None and command.on > due_on(signed_on, agreement.study_start_month),
                    agreement_version=None if agreement is None else agreement.version,
                    occurred_on=command.on,
                )
            ]
        case _:
            assert_never(study)


def note_overdue(command: NoteStudyOverdue, study: Study, circumstances: StudyCircumstances) -> Decision:
    signed_on, agreement = circumstances.signed_on, circumstances.of_signature
    match study:
        case StartOverdue() | UnderWay() | Concluded():
            return []
        case NotStarted() if signed_on is None or agreement is None:
            return PROTOCOL_UNKNOWN
        case NotStarted():
            due = due_on(signed_on, agreement.study_start_month)
            if command.on <= due:
                return START_NOT_OVERDUE.about(due_on=due)
            return [
                StudyStartOverdue(
                    protocol_id=command.protocol_id,
                    due_on=due,
                    agreement_version=agreement.version,
                    occurred_on=command.on,
                )
            ]
        case _:
            assert_never(study)


def reach(command: RecordStudyMilestone, study: Study) -> Decision:
    match study:
        case NotStarted():
            return STUDY_UNKNOWN
        case StartOverdue():
            return NO_STUDY
        case UnderWay(started_on=started_on) if command.on < started_on:
            return BEFORE_START.about(started_on=started_on)
        case UnderWay() if (command.milestone, command.option, command.document_id) in study.milestones:
            return []
        case UnderWay():
            return [
                StudyMilestoneReached(
                    protocol_id=study.protocol_id,
                    milestone=command.milestone,
                    option=command.option,
                    document_id=command.document_id,
                    occurred_on=command.on,
                )
            ]
        case Concluded(concluded_on=concluded_on):
            return CONCLUDED_ALREADY.about(concluded_on=concluded_on)
        case _:
            assert_never(study)


def conclude(command: ConcludeStudy, study: Study) -> Decision:
    match study:
        case NotStarted():
            return STUDY_UNKNOWN
        case StartOverdue():
            return NO_STUDY
        case UnderWay(started_on=started_on) if command.on < started_on:
            return BEFORE_START.about(started_on=started_on)
        case UnderWay() if (command.outcome is StudyOutcome.FORM_PROPOSED) != (command.option is not None):
            return FORM_MISSING
        case UnderWay():
            return [
                StudyConcluded(
                    protocol_id=study.protocol_id,
                    outcome=command.outcome,
                    option=command.option,
                    document_id=command.document_id,
                    occurred_on=command.on,
                )
            ]
        case Concluded(document_id=document_id) if document_id == command.document_id:
            return []
        case Concluded(concluded_on=concluded_on):
            return CONCLUDED_ALREADY.about(concluded_on=concluded_on)
        case _:
            assert_never(study)


def evolve(state: Study, event: DomainEvent) -> Study:
    match state, event:
        case _, StudyStartOverdue(protocol_id=protocol_id):
            return StartOverdue(protocol_id)
        case _, LegalFormStudyStarted(protocol_id=protocol_id):
            return UnderWay(protocol_id, event.occurred_on)
        case UnderWay(), StudyMilestoneReached():
            reached = (event.milestone, event.option, event.document_id)
            return replace(state, milestones=state.milestones | {reached})
        case UnderWay(), StudyConcluded():
            return Concluded(state.protocol_id, state.started_on, event.occurred_on, event.document_id)
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__} on a study's stream")


STUDY: Decider[Study, StudyCommand, StudyCircumstances] = Decider(
    context="governance", name="study", initial=NotStarted(), decide=decide, evolve=evolve
)
