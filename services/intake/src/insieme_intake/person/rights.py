"""What a person may ask: a restriction, the document of all that is held (GDPR art. 15, 18, 20)."""

from __future__ import annotations

from typing import assert_never
from uuid import UUID

from insieme_events.contracts.intake_persons import (
    ProcessingRestricted,
    RestrictionLifted,
    SubjectAccessAnswered,
    SubjectAccessRequested,
)
from insieme_events.days import add_months
from insieme_events.decider import Decision, RefusalKind, Refused
from insieme_events.legal_terms import Rule, last_day
from insieme_intake.circumstances import LIMITS_UNKNOWN, IntakeCircumstances, misdated
from insieme_intake.person.commands import (
    AnswerAccess,
    LiftRestriction,
    RequestAccess,
    RestrictProcessing,
    RightsCommand,
)
from insieme_intake.person.states import Erased, Known, Merged, PersonState, Restricted, Unknown, not_plainly_known

NOT_ASKED = Refused(
    "intake.access_not_asked",
    "No request for access has this id: record the request first, or correct the id.",
    kind=RefusalKind.NOT_FOUND,
)
NOT_RESTRICTED = Refused(
    "intake.not_restricted", "The processing of this person's data is not restricted: there is nothing to lift."
)


def decide_rights(command: RightsCommand, state: PersonState, found: IntakeCircumstances) -> Decision:
    match state:
        case Known() as known:
            restricted_on = None
        case Restricted(known=known, on=restricted_on):
            pass
        case Unknown() | Merged() | Erased():
            return not_plainly_known(state)
        case _:
            assert_never(state)
    if wrong := misdated(command.on, command.on, known.since, "the registration"):
        return wrong
    day, person_id = command.on, known.person_id
    match command:
        case RestrictProcessing(ground=ground):
            if restricted_on is not None:
                return []
            return [ProcessingRestricted(occurred_on=day, person_id=person_id, ground=ground)]
        case LiftRestriction():
            if restricted_on is None:
                return NOT_RESTRICTED
            if wrong := misdated(day, day, restricted_on, "the restriction"):
                return wrong
            return [RestrictionLifted(occurred_on=day, person_id=person_id)]
        case RequestAccess():
            return request_access(command, known, found)
        case AnswerAccess(request_id=request_id):
            return answer_access(command, request_id, known)
        case _:
            assert_never(command)


def request_access(command: RequestAccess, known: Known, found: IntakeCircumstances) -> Decision:
    if command.request_id in dict(known.asked):
        return []
    if found.limits is None:
        return LIMITS_UNKNOWN.about(day=command.on)
    due = last_day(add_months(command.on, found.limits.subject_access_months), Rule.EUROPEAN)
    return [
        SubjectAccessRequested(
            occurred_on=command.on, person_id=known.person_id, request_id=command.request_id, due_on=due
        )
    ]


def answer_access(command: AnswerAccess, request_id: UUID, known: Known) -> Decision:
    asked = dict(known.asked)
    if request_id not in asked:
        return NOT_ASKED
    asked_on = asked[request_id]
    if asked_on is None:
        return []
    if wrong := misdated(command.on, command.on, asked_on, "the request"):
        return wrong
    return [SubjectAccessAnswered(occurred_on=command.on, person_id=known.person_id, request_id=request_id)]
