"""Asking for a course, and what intake's ledger and the course's seats answer (P25, P37, P41, P42; I8)."""

from __future__ import annotations

from typing import assert_never

from insieme_events.contracts.training import ParticipationRequested
from insieme_events.contracts.training_courses import ModuleKind
from insieme_events.contracts.training_participations import (
    CoursePriorityApplied,
    ParticipantEnrolled,
    ParticipantWaitlisted,
    ParticipationBlocked,
    PersonReferredToCourse,
)
from insieme_events.contracts.vocabulary import ChannelClass, InterventionKind, Strand
from insieme_events.decider import Decision, RefusalKind, Refused
from insieme_training.gates import (
    AGREEMENT_UNKNOWN,
    COURSE_UNKNOWN,
    ERASED_PERSON,
    PARTICIPATION_UNKNOWN,
    SEATS_CHANGED,
    in_charge_on,
)
from insieme_training.participation.circumstances import CourseFound, ParticipationCircumstances
from insieme_training.participation.commands import (
    ApplyPriority,
    AskingCommand,
    BlockParticipation,
    EnrolParticipant,
    RequestParticipation,
    WaitlistParticipant,
)
from insieme_training.participation.state import (
    Blocked,
    Completed,
    Dropped,
    Enrolled,
    Known,
    NotRequested,
    Participation,
    Requested,
    Started,
    Waitlisted,
)

ALREADY_REQUESTED = Refused(
    code="training.already_requested",
    sentence="This participation is there already: go on with it, or ask for another one under an id of its own.",
    clause="P37",
)
ONE_PARTICIPATION = Refused(
    code="training.one_participation",
    sentence="The person already takes part in this course or asked for it: go on with that participation.",
    clause="P37",
)
COURSE_CLOSED = Refused(
    code="training.course_closed",
    sentence="The course is not planned yet, or ended or cancelled: ask for another one.",
    clause="P37",
)
BEFORE_COURSE_PLANNED = Refused(
    code="training.before_course_planned",
    sentence="The course was planned on {planned_on}: nobody can have asked for it earlier.",
    clause="P37",
)
AFTER_COURSE = Refused(
    code="training.after_course",
    sentence="The course ends on {ends_on}: ask for another one.",
    clause="P37",
)
ASSOCIATION_UNKNOWN = Refused(
    code="training.association_unknown",
    sentence="Only a trade association of the protocol in force that day can have sent the person: name one, or leave "
    "it out.",
    clause="P41",
    kind=RefusalKind.INVALID,
)
ASSOCIATION_ELSEWHERE = Refused(
    code="training.association_elsewhere",
    sentence="An association is named with the channel `association` alone: correct one of both.",
    clause="P41",
    kind=RefusalKind.INVALID,
)

ORIENTING = (ModuleKind.SKILLS_ASSESSMENT, ModuleKind.DYNAMIC_CURRICULUM)


def kind_of(course: CourseFound) -> InterventionKind:
    """What a course is among the interventions for a person (P25)."""
    if course.strand is not Strand.TRAINING_BASIC:
        return InterventionKind.VOCATIONAL_TRAINING
    return InterventionKind.ORIENTATION if course.module_kind in ORIENTING else InterventionKind.BASIC_TRAINING


def decide_asking(command: AskingCommand, state: Participation, found: ParticipationCircumstances) -> Decision:
    match command, state:
        case RequestParticipation(), NotRequested():
            return request(command, found)
        case RequestParticipation(), _:
            return ALREADY_REQUESTED
        case _, NotRequested():
            return PARTICIPATION_UNKNOWN
        case BlockParticipation(), _:
            return block(command, state)
        case EnrolParticipant(), _:
            return enrol(command, state)
        case WaitlistParticipant(), _:
            return waitlist(command, state)
        case ApplyPriority(), _:
            return apply_priority(command, state, found)
        case _:
            assert_never(command)


def request(command: RequestParticipation, found: ParticipationCircumstances) -> Decision:
    course = found.course
    if course is None:
        return COURSE_UNKNOWN
    if refused := misasked(command, course, found):
        return refused
    about = {
        "participation_id": command.participation_id,
        "course_id": course.course_id,
        "person_id": command.person_id,
        "strand": course.strand,
        "occurred_on": command.on,
    }
    asked = ParticipationRequested(
        **about, kind=kind_of(course), starts_on=max(course.starts_on, command.on), ends_on=course.ends_on
    )
    return [
        asked,
        PersonReferredToCourse(**about, channel_class=command.channel_class, association=command.association),
    ]


def misasked(command: RequestParticipation, course: CourseFound, found: ParticipationCircumstances) -> Refused | None:
    if not course.open:
        return COURSE_CLOSED
    if command.on < course.planned_on:
        return BEFORE_COURSE_PLANNED.about(planned_on=course.planned_on)
    if command.on > course.ends_on:
        return AFTER_COURSE.about(ends_on=course.ends_on)
    if found.erased:
        return ERASED_PERSON
    if command.association is not None and command.channel_class is not ChannelClass.ASSOCIATION:
        return ASSOCIATION_ELSEWHERE
    if command.association is not None and not found.association_known:
        return ASSOCIATION_UNKNOWN
    return in_charge_on(found.in_charge, command.on)


def block(command: BlockParticipation, state: Known) -> Decision:
    match state:
        case Requested(record=record):
            return [
                ParticipationBlocked(
                    participation_id=record.participation_id,
                    course_id=record.course_id,
                    person_id=record.person_id,
                    strand=record.strand,
                    occurred_on=max(command.on, record.last_on),
                )
            ]
        case Blocked() | Waitlisted() | Enrolled() | Started() | Completed() | Dropped():
            # Told twice, or late: what was confirmed meanwhile was confirmed by the same ledger.
            return []
        case _:
            assert_never(state)


def enrol(command: EnrolParticipant, state: Known) -> Decision:
    match state:
        case Requested(record=record) | Blocked(record=record) | Waitlisted(record=record):
            return [
                ParticipantEnrolled(
                    participation_id=record.participation_id,
                    course_id=record.course_id,
                    person_id=record.person_id,
                    strand=record.strand,
                    occurred_on=max(command.on, record.last_on),
                )
            ]
        case Enrolled() | Started() | Completed():
            return []
        case Dropped():
            # The other half of the unit would give a seat to nobody.
            return SEATS_CHANGED
        case _:
            assert_never(state)


def waitlist(command: WaitlistParticipant, state: Known) -> Decision:
    match state:
        case Requested(record=record) | Blocked(record=record):
            return [
                ParticipantWaitlisted(
                    participation_id=record.participation_id,
                    course_id=record.course_id,
                    person_id=record.person_id,
                    strand=record.strand,
                    occurred_on=max(command.on, record.last_on),
                )
            ]
        case Waitlisted() | Enrolled() | Started() | Completed():
            return []
        case Dropped():
            return SEATS_CHANGED
        case _:
            assert_never(state)


def apply_priority(command: ApplyPriority, state: Known, found: ParticipationCircumstances) -> Decision:
    """Lost work by the pandemic and would change sector, both declared by that day: a score, not a wall (P42)."""
    match state:
        case Waitlisted(record=record) if record.score is None and not record.erased and not found.erased:
            if found.last_known is None:
                return AGREEMENT_UNKNOWN.about(on=command.on)
            facts = found.priority
            return [
                CoursePriorityApplied(
                    participation_id=record.participation_id,
                    course_id=record.course_id,
                    person_id=record.person_id,
                    strand=record.strand,
                    score=int(facts.pandemic and facts.sector_change_on is not None),
                    pandemic=facts.pandemic,
                    sector_change_on=facts.sector_change_on,
                    agreement_version=found.last_known.version,
                    occurred_on=command.on,
                )
            ]
        case Requested() | Blocked() | Waitlisted() | Enrolled() | Started() | Completed() | Dropped():
            return []
        case _:
            assert_never(state)
