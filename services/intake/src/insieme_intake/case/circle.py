"""Around the case: who follows it beside the referent, and what the family needs (P24, P75).

Membership of the group is not responsibility: the referent is named by an act of its own, and no group changes it.
"""

from __future__ import annotations

from typing import assert_never

from insieme_events.contracts.intake_following import (
    FamilySupportOffered,
    FamilySupportStarted,
    FollowUpGroupJoined,
    FollowUpGroupLeft,
)
from insieme_events.contracts.vocabulary import Strand
from insieme_events.decider import Decision, RefusalKind, Refused
from insieme_intake.case.commands import (
    AddToFollowUpGroup,
    CircleCommand,
    LeaveFollowUpGroup,
    OfferFamilySupport,
    StartFamilySupport,
)
from insieme_intake.case.file import CaseFile
from insieme_intake.case.states import CaseState, Enrolled, InCharge, Interviewed, Suspended, no_room
from insieme_intake.circumstances import ERASED_PERSON, misdated

SUPPORT_UNKNOWN = Refused(
    "intake.support_unknown",
    "No family support with this id was offered in this case: offer it first, or correct the id.",
    clause="P75",
    kind=RefusalKind.NOT_FOUND,
)
SUPPORT_EXISTS = Refused(
    "intake.support_exists", "This id belongs to another family support of this case: use a new id.", clause="P75"
)


def decide_circle(command: CircleCommand, state: CaseState) -> Decision:
    if not isinstance(state, Enrolled | Interviewed | InCharge | Suspended):
        return no_room(state)
    file = state.file
    if wrong := misdated(command.on, command.on, file.received_on, "the enrolment"):
        return wrong
    case, on = {"case_id": file.case_id, "person_id": file.person_id}, command.on
    match command:
        case AddToFollowUpGroup(operator_id=operator_id):
            if operator_id in file.group:
                return []
            return [FollowUpGroupJoined(**case, occurred_on=on, operator_id=operator_id)]
        case LeaveFollowUpGroup(operator_id=operator_id):
            if operator_id not in file.group:
                return []
            return [FollowUpGroupLeft(**case, occurred_on=on, operator_id=operator_id)]
        case OfferFamilySupport():
            return offer(command, file)
        case StartFamilySupport():
            return start(command, file)
        case _:
            assert_never(command)


def offer(command: OfferFamilySupport, file: CaseFile) -> Decision:
    if file.erased:
        return ERASED_PERSON
    known = file.support(command.support_id)
    if known is not None:
        return [] if (known.kind, known.offered_on) == (command.kind, command.on) else SUPPORT_EXISTS
    return [
        FamilySupportOffered(
            case_id=file.case_id,
            person_id=file.person_id,
            occurred_on=command.on,
            support_id=command.support_id,
            kind=command.kind,
            strand=Strand.TRANSVERSAL,
        )
    ]


def start(command: StartFamilySupport, file: CaseFile) -> Decision:
    if file.erased:
        return ERASED_PERSON
    known = file.support(command.support_id)
    if known is None:
        return SUPPORT_UNKNOWN
    if known.started_on is not None:
        return []
    if wrong := misdated(command.on, command.on, known.offered_on, "the offer"):
        return wrong
    return [
        FamilySupportStarted(
            case_id=file.case_id,
            person_id=file.person_id,
            occurred_on=command.on,
            support_id=command.support_id,
            kind=known.kind,
            strand=Strand.TRANSVERSAL,
        )
    ]
