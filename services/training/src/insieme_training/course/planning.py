"""Proposing and planning a course: exactly one strand, each with its own rules (P36, P38, P40, P41)."""

from __future__ import annotations

from typing import assert_never

from insieme_events.contracts.training_courses import CoursePlanned, CourseProposed, Delivery
from insieme_events.contracts.vocabulary import Strand
from insieme_events.decider import Decision, RefusalKind, Refused
from insieme_training.course.circumstances import CourseCircumstances
from insieme_training.course.commands import PlanCourse, PlanProposed, ProposeCourse
from insieme_training.course.state import (
    Activated,
    Cancelled,
    Course,
    Ended,
    Identified,
    NotThere,
    Planned,
    Proposed,
    Started,
    Withdrawn,
)
from insieme_training.gates import AGREEMENT_UNKNOWN, COURSE_UNKNOWN, TRAINING

NOT_TRAINING = Refused(
    code="training.strand",
    sentence="A course is of exactly one of the strands 2a, 2b and 2c: name one of them.",
    clause="P36",
    kind=RefusalKind.INVALID,
)
PARTY_NOT_IN_FORCE = Refused(
    code="training.party_not_in_force",
    sentence="{party} was no party of the protocol in force on {on}: a course is proposed by one that is.",
    clause="P41",
    kind=RefusalKind.FORBIDDEN,
)
ALREADY_PLANNED = Refused(
    code="training.course_already_planned",
    sentence="This course is there already: go on with it, or plan another one under an id of its own.",
    clause="P36",
)
OTHER_STRAND = Refused(
    code="training.other_strand",
    sentence="The course was proposed for strand {strand}: plan it for that one, or plan another course.",
    clause="P36",
)
BEFORE_PROPOSAL = Refused(
    code="training.before_proposal",
    sentence="The course was proposed on {on}: it cannot be planned earlier.",
    clause="P41",
)
DATES_TURNED = Refused(
    code="training.dates_turned",
    sentence="A course ends on or after the day it starts: correct one of both dates.",
    clause="P36",
    kind=RefusalKind.INVALID,
)
INDIVIDUAL_SEATS = Refused(
    code="training.individual_seats",
    sentence="An individual course has one seat: plan one for each person, or a group.",
    clause="P38",
    kind=RefusalKind.INVALID,
)
MODULE_MISSING = Refused(
    code="training.module_missing",
    sentence="A course of strand 2a is one of the five modules: name it.",
    clause="P38",
    kind=RefusalKind.INVALID,
)
MODULE_ELSEWHERE = Refused(
    code="training.module_elsewhere",
    sentence="Only a course of strand 2a has a module: leave it out, or change the strand.",
    clause="P38",
    kind=RefusalKind.INVALID,
)
PROFILE_MISSING = Refused(
    code="training.profile_missing",
    sentence="A course of strand 2b or 2c prepares for a profile: name it.",
    clause="P36",
    kind=RefusalKind.INVALID,
)
EVIDENCE_MISSING = Refused(
    code="training.evidence_missing",
    sentence="A course of strand 2c answers what the market asks for: name the evidence.",
    clause="P40",
    kind=RefusalKind.INVALID,
)
TOO_LONG = Refused(
    code="training.too_long",
    sentence="An experimental course has at most {most} hours by the agreement {version}: shorten it, or plan it for "
    "another strand.",
    clause="P40",
)


def propose(command: ProposeCourse, state: Course, found: CourseCircumstances) -> Decision:
    match state:
        case NotThere() if command.strand not in TRAINING:
            return NOT_TRAINING
        case NotThere() if not found.party_in_force:
            return PARTY_NOT_IN_FORCE.about(party=found.actor.party, on=command.on)
        case NotThere():
            return [
                CourseProposed(
                    course_id=command.course_id,
                    strand=command.strand,
                    by_party=found.actor.party,
                    course_code=command.course_code,
                    profile=command.profile,
                    occurred_on=command.on,
                )
            ]
        case Proposed() | Planned() | Identified() | Activated() | Started() | Ended() | Cancelled() | Withdrawn():
            return ALREADY_PLANNED
        case _:
            assert_never(state)


def plan(command: PlanCourse, state: Course, found: CourseCircumstances) -> Decision:
    match state:
        case NotThere() if isinstance(command, PlanProposed):
            return COURSE_UNKNOWN
        case NotThere():
            return planned(command, None, found)
        case Proposed(proposal=proposal) if proposal.strand is not command.strand:
            return OTHER_STRAND.about(strand=proposal.strand.value)
        case Proposed(proposal=proposal) if command.on < proposal.occurred_on:
            return BEFORE_PROPOSAL.about(on=proposal.occurred_on)
        case Proposed(proposal=proposal):
            return planned(command, proposal.by_party, found)
        case Planned() | Identified() | Activated() | Started() | Ended() | Cancelled() | Withdrawn():
            return ALREADY_PLANNED
        case _:
            assert_never(state)


def planned(command: PlanCourse, proposed_by: str | None, found: CourseCircumstances) -> Decision:
    if refused := misplanned(command, found):
        return refused
    experimental = command.strand is Strand.TRAINING_EXPERIMENTAL
    agreement = found.last_known if experimental else None
    return [
        CoursePlanned(
            course_id=command.course_id,
            strand=command.strand,
            course_code=command.course_code,
            module_kind=command.module_kind,
            delivery=command.delivery,
            profile=command.profile,
            experimental=experimental,
            demand_evidence=command.demand_evidence,
            hours=command.hours,
            seats=command.seats,
            starts_on=command.starts_on,
            ends_on=command.ends_on,
            funded_by_programme=command.funded_by_programme,
            proposed_by=proposed_by,
            agreement_version=None if agreement is None else agreement.version,
            occurred_on=command.on,
        )
    ]


def misplanned(command: PlanCourse, found: CourseCircumstances) -> Refused | None:
    if command.ends_on < command.starts_on:
        return DATES_TURNED
    if command.delivery is Delivery.INDIVIDUAL and command.seats != 1:
        return INDIVIDUAL_SEATS
    match command.strand:
        case Strand.TRAINING_BASIC:
            return MODULE_MISSING if command.module_kind is None else None
        case Strand.TRAINING_TARGETED | Strand.TRAINING_EXPERIMENTAL if command.module_kind is not None:
            return MODULE_ELSEWHERE
        case Strand.TRAINING_TARGETED | Strand.TRAINING_EXPERIMENTAL if command.profile is None:
            return PROFILE_MISSING
        case Strand.TRAINING_TARGETED:
            return None
        case Strand.TRAINING_EXPERIMENTAL:
            return too_experimental(command, found)
        case Strand.TRANSVERSAL | Strand.MATCHING | Strand.SELF_ENTERPRISE | Strand.SOCIAL_INNOVATION:
            return NOT_TRAINING
        case _:
            assert_never(command.strand)


def too_experimental(command: PlanCourse, found: CourseCircumstances) -> Refused | None:
    """What a 2.c course needs: evidence of the demand, and few hours by the agreement (P40)."""
    agreement = found.last_known
    if command.demand_evidence is None:
        return EVIDENCE_MISSING
    if agreement is None:
        return AGREEMENT_UNKNOWN.about(on=command.on)
    if command.hours > agreement.experimental_max_hours:
        return TOO_LONG.about(most=agreement.experimental_max_hours, version=agreement.version)
    return None
