"""What a course leaves: certificates, and the level of Italian entering and leaving it (P38)."""

from __future__ import annotations

from typing import assert_never

from insieme_events.contracts.training_courses import ModuleKind
from insieme_events.contracts.training_participations import (
    AssessedAt,
    CertificateIssued,
    CertificateKind,
    LanguageLevelAssessed,
)
from insieme_events.decider import Decision, RefusalKind, Refused
from insieme_training.gates import ERASED_PERSON, PARTICIPATION_UNKNOWN
from insieme_training.participation.attending import BEFORE_LAST_STEP, DROPPED, NOT_STARTED
from insieme_training.participation.circumstances import ParticipationCircumstances
from insieme_training.participation.commands import AssessLanguage, IssueCertificate, ProofCommand
from insieme_training.participation.state import (
    Assessed,
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

COMPLETE_FIRST = Refused(
    code="training.complete_first",
    sentence="A certificate is issued to who completed the course: record that first.",
    clause="P38",
)
SAFETY_ELSEWHERE = Refused(
    code="training.safety_elsewhere",
    sentence="A safety certificate is issued for the module of safety alone: choose another kind.",
    clause="P38",
    kind=RefusalKind.INVALID,
)
ISSUED_BEFORE = Refused(
    code="training.certificate_issued",
    sentence="This certificate was issued on {on}: it is issued once.",
    clause="P38",
)
NOT_ITALIAN = Refused(
    code="training.not_italian",
    sentence="Levels are assessed in a course of Italian alone: look at the course again.",
    clause="P38",
    kind=RefusalKind.INVALID,
)
NOT_ENROLLED = Refused(
    code="training.not_enrolled",
    sentence="The person has no seat in the course yet: levels are assessed of who takes part.",
    clause="P38",
)


def decide_proof(command: ProofCommand, state: Participation, found: ParticipationCircumstances) -> Decision:
    match command, state:
        case _, NotRequested():
            return PARTICIPATION_UNKNOWN
        case IssueCertificate(), _:
            return issue(command, state, found)
        case AssessLanguage(), _:
            return assess(command, state, found)
        case _:
            assert_never(command)


def issue(command: IssueCertificate, state: Known, found: ParticipationCircumstances) -> Decision:
    match state:
        case Requested() | Blocked() | Waitlisted() | Enrolled() | Started():
            return COMPLETE_FIRST
        case Completed(record=record):
            before = record.certificates.get(command.kind)
            if before is not None:
                return [] if before == command.on else ISSUED_BEFORE.about(on=before)
            if command.kind is CertificateKind.SAFETY and module_of(found) is not ModuleKind.SAFETY:
                return SAFETY_ELSEWHERE
            if command.on < record.last_on:
                return BEFORE_LAST_STEP.about(last_on=record.last_on)
            return [
                CertificateIssued(
                    participation_id=record.participation_id,
                    course_id=record.course_id,
                    person_id=record.person_id,
                    strand=record.strand,
                    kind=command.kind,
                    occurred_on=command.on,
                )
            ]
        case Dropped(record=record):
            return DROPPED.about(on=record.last_on)
        case _:
            assert_never(state)


def assess(command: AssessLanguage, state: Known, found: ParticipationCircumstances) -> Decision:
    match state:
        case _ if found.erased or state.record.erased:
            return ERASED_PERSON
        case _ if module_of(found) is not ModuleKind.ITALIAN:
            return NOT_ITALIAN
        case Requested() | Blocked() | Waitlisted():
            return NOT_ENROLLED
        case Enrolled() if command.assessed_at is AssessedAt.EXIT:
            return NOT_STARTED
        case Enrolled(record=record) | Started(record=record) | Completed(record=record):
            if command.on < record.requested_on:
                return BEFORE_LAST_STEP.about(last_on=record.requested_on)
            told = Assessed(command.on, command.level)
            if record.levels.get((command.skill, command.assessed_at)) == told:
                return []
            return [
                LanguageLevelAssessed(
                    participation_id=record.participation_id,
                    course_id=record.course_id,
                    person_id=record.person_id,
                    strand=record.strand,
                    skill=command.skill,
                    assessed_at=command.assessed_at,
                    method=command.method,
                    level=command.level,
                    occurred_on=command.on,
                )
            ]
        case Dropped(record=record):
            return DROPPED.about(on=record.last_on)
        case _:
            assert_never(state)


def module_of(found: ParticipationCircumstances) -> ModuleKind | None:
    return None if found.course is None else found.course.module_kind
