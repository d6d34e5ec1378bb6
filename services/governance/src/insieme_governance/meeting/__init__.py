"""A meeting of a body: who must be invited, whether it was held, who was there, what was decided (P49-P51, P70)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, assert_never

from insieme_events.agreement import Agreement, last_known
from insieme_events.contracts.governance_bodies import (
    DecisionCompleted,
    DecisionTaken,
    InvitationLapsed,
    MeetingAttendanceRecorded,
    MeetingCancelled,
    MeetingConvened,
    MeetingHeld,
    PartiesInvited,
)
from insieme_events.contracts.vocabulary import BodyKind, GovernanceRole, Seat
from insieme_events.decider import Circumstances, Decider, Decision, Refused
from insieme_governance.gates import coordinates, not_after
from insieme_governance.meeting import refusals as no
from insieme_governance.meeting.commands import (
    CancelMeeting,
    CompleteDecision,
    ConveneMeeting,
    DeclareMeetingHeld,
    InviteParties,
    LapseInvitation,
    MeetingCommand,
    RecordDecision,
    RecordMeetingAttendance,
)
from insieme_governance.meeting.state import Cancelled, Convened, Held, Meeting, NotConvened, Presence, evolve
from insieme_governance.register import Register, Signed, to_be_invited

SEATS = {BodyKind.COORDINATION_TABLE: Seat.REPRESENTATIVE, BodyKind.TECHNICAL_TABLE: Seat.TECHNICAL_REFERENT}
"""The two tables, at which every signatory has its place, and who sits there for a party (P50, P57)."""


@dataclass(frozen=True, slots=True)
class MeetingCircumstances(Circumstances):
    """`body` is the kind of the body of a ConveneMeeting, None where it is unknown; `versions` are all agreements."""

    body: BodyKind | None
    versions: tuple[Agreement, ...]
    register: Register


def decide(command: MeetingCommand, state: Meeting, circumstances: MeetingCircumstances) -> Decision:
    match command:
        case RecordMeetingAttendance() | RecordDecision():
            pass
        case _ if future := not_after(circumstances.today, command.on):
            return future
    match command:
        case ConveneMeeting():
            return convene(command, state, circumstances)
        case InviteParties():
            return invite(command, state, circumstances)
        case LapseInvitation():
            return lapse(command, state)
        case DeclareMeetingHeld(on=on):
            return hold(state, on, circumstances)
        case CancelMeeting():
            return cancel(command, state, circumstances)
        case RecordMeetingAttendance():
            return attend(command, state, circumstances)
        case RecordDecision() | CompleteDecision():
            return minute(command, state, circumstances)
        case _:
            assert_never(command)


def not_coordinator(on: date, circumstances: MeetingCircumstances) -> Refused | None:
    """The operational coordinator convenes and keeps the minutes (P65)."""
    return coordinates(circumstances.actor.party, circumstances.register.coordinator_on(on), on)


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts on the day of a meeting: the protocol in force, the version of the agreement, who must be invited."""

    signed: Signed
    agreement: Agreement
    required: frozenset[str]


def standing(kind: BodyKind, day: date, circumstances: MeetingCircumstances) -> Standing | Refused:
    """At the tables every party in force on that day has its place, as the matrix says; to the Board anybody may be
    invited (P50, P57, P59).
    """
    signed = circumstances.register.on(day)
    if signed is None:
        return no.OUT_OF_TERM.about(day=day)
    agreement = last_known(circumstances.versions, day)
    if agreement is None:
        return no.AGREEMENT_UNKNOWN
    required = to_be_invited(signed.roll.parties_on(day), agreement) if kind in SEATS else frozenset()
    return Standing(signed, agreement, required)


def convene(command: ConveneMeeting, meeting: Meeting, circumstances: MeetingCircumstances) -> Decision:
    match meeting:
        case NotConvened():
            if circumstances.body is None:
                return no.BODY_UNKNOWN
            if command.meets_on < command.on:
                return no.BEFORE_CONVENING.about(convened_on=command.on)
            if refused := not_coordinator(command.on, circumstances):
                return refused
            found = standing(circumstances.body, command.meets_on, circumstances)
            if isinstance(found, Refused):
                return found
            if refused := wrongly_invited(command.invited, command.meets_on, found):
                return refused
            if missing := found.required - command.invited:
                return no.NOT_INVITED.about(missing=", ".join(sorted(missing)), day=command.meets_on)
            return [
                MeetingConvened(
                    meeting_id=command.meeting_id,
                    body_id=command.body_id,
                    kind=circumstances.body,
                    meets_on=command.meets_on,
                    protocol_id=found.signed.roll.protocol_id,
                    invited=tuple(sorted(command.invited)),
                    agreement_version=found.agreement.version,
                    occurred_on=command.on,
                )
            ]
        case Convened(plan=plan) if (plan.body_id, plan.meets_on) == (command.body_id, command.meets_on):
            return []
        case Convened() | Held() | Cancelled():
            return no.ALREADY_CONVENED
        case _:
            assert_never(meeting)


def wrongly_invited(invited: frozenset[str], day: date, found: Standing) -> Refused | None:
    """A party that is none on the day of the meeting is not invited (P81, I12)."""
    strangers = invited - found.signed.roll.parties_on(day).keys()
    return no.NOT_PARTY.about(parties=", ".join(sorted(strangers)), day=day) if strangers else None


def invite(command: InviteParties, meeting: Meeting, circumstances: MeetingCircumstances) -> Decision:
    match meeting:
        case NotConvened():
            return no.MEETING_UNKNOWN
        case Convened(plan=plan):
            if command.on < plan.convened_on:
                return no.BEFORE_CONVENING.about(convened_on=plan.convened_on)
            if refused := not_coordinator(command.on, circumstances):
                return refused
            found = standing(plan.kind, plan.meets_on, circumstances)
            if isinstance(found, Refused):
                return found
            if refused := wrongly_invited(command.invited, plan.meets_on, found):
                return refused
            new = command.invited - plan.invited
            invited = tuple(sorted(new))
            return [PartiesInvited(meeting_id=plan.meeting_id, invited=invited, occurred_on=command.on)] if new else []
        case Held(held_on=held_on):
            return no.ALREADY_HELD.about(held_on=held_on)
        case Cancelled():
            return no.WAS_CANCELLED
        case _:
            assert_never(meeting)


def lapse(command: LapseInvitation, meeting: Meeting) -> Decision:
    match meeting:
        case NotConvened():
            return no.MEETING_UNKNOWN
        case Convened(plan=plan) if command.party in plan.invited and command.effective_on <= plan.meets_on:
            return [InvitationLapsed(meeting_id=plan.meeting_id, party=command.party, occurred_on=command.on)]
        case Convened() | Held() | Cancelled():
            return []
        case _:
            assert_never(meeting)


def hold(meeting: Meeting, on: date, circumstances: MeetingCircumstances) -> Decision:
    """The invitations are checked again, for the day on which the meeting was held (P50)."""
    match meeting:
        case NotConvened():
            return no.MEETING_UNKNOWN
        case Convened(plan=plan):
            if on < plan.convened_on:
                return no.BEFORE_CONVENING.about(convened_on=plan.convened_on)
            if refused := not_coordinator(on, circumstances):
                return refused
            found = standing(plan.kind, on, circumstances)
            if isinstance(found, Refused):
                return found
            if missing := found.required - plan.invited:
                return no.NOT_INVITED.about(missing=", ".join(sorted(missing)), day=on)
            return [
                MeetingHeld(
                    meeting_id=plan.meeting_id,
                    body_id=plan.body_id,
                    protocol_id=found.signed.roll.protocol_id,
                    invited=tuple(sorted(plan.invited & found.signed.roll.parties_on(on).keys())),
                    agreement_version=found.agreement.version,
                    occurred_on=on,
                )
            ]
        case Held(held_on=held_on):
            return [] if held_on == on else no.ALREADY_HELD.about(held_on=held_on)
        case Cancelled():
            return no.WAS_CANCELLED
        case _:
            assert_never(meeting)


def cancel(command: CancelMeeting, meeting: Meeting, circumstances: MeetingCircumstances) -> Decision:
    match meeting:
        case NotConvened():
            return no.MEETING_UNKNOWN
        case Convened(plan=plan):
            if command.on < plan.convened_on:
                return no.BEFORE_CONVENING.about(convened_on=plan.convened_on)
            # Who convened it may cancel it, also once the term is over.
            if refused := not_coordinator(plan.convened_on, circumstances):
                return refused
            return [MeetingCancelled(meeting_id=plan.meeting_id, reason=command.reason, occurred_on=command.on)]
        case Held(held_on=held_on):
            return no.ALREADY_HELD.about(held_on=held_on)
        case Cancelled():
            return []
        case _:
            assert_never(meeting)


def held(meeting: Meeting, circumstances: MeetingCircumstances) -> Held | Refused:
    """The meeting where it was held, for whoever keeps its minutes."""
    match meeting:
        case NotConvened():
            return no.MEETING_UNKNOWN
        case Convened():
            return no.NOT_HELD
        case Cancelled():
            return no.WAS_CANCELLED
        case Held():
            return not_coordinator(meeting.held_on, circumstances) or meeting
        case _:
            assert_never(meeting)


def attend(command: RecordMeetingAttendance, meeting: Meeting, circumstances: MeetingCircumstances) -> Decision:
    found = held(meeting, circumstances)
    if isinstance(found, Refused):
        return found
    if command.party not in found.invited:
        return no.NOT_AMONG_INVITED.about(party=command.party)
    nominee = command.representative_id
    if nominee is not None and not command.present:
        return no.ABSENT_BY_NOBODY
    seat, signed = SEATS.get(found.plan.kind), circumstances.register.on(found.held_on)
    if nominee is not None and seat is not None:
        seated = frozenset() if signed is None else signed.roll.seated_on(command.party, seat, found.held_on)
        if nominee not in seated:
            refused = no.NO_SUCH_REFERENT if seat is Seat.TECHNICAL_REFERENT else no.NOT_SEATED
            return refused.about(party=command.party, on=found.held_on)
    if found.attendance.get(command.party) == Presence(command.present, nominee):
        return []
    return [
        MeetingAttendanceRecorded(
            meeting_id=found.plan.meeting_id,
            party=command.party,
            present=command.present,
            representative_id=nominee,
            occurred_on=found.held_on,
        )
    ]


def minute(
    command: RecordDecision | CompleteDecision, meeting: Meeting, circumstances: MeetingCircumstances
) -> Decision:
    found = held(meeting, circumstances)
    if isinstance(found, Refused):
        return found
    match command:
        case RecordDecision():
            return decide_on(command, found, circumstances)
        case CompleteDecision(decision_no=number, on=on):
            taken = next((one for one in found.decisions if one.number == number), None)
            if taken is None:
                return no.DECISION_UNKNOWN.about(number=number)
            if on < found.held_on:
                return no.BEFORE_MEETING.about(held_on=found.held_on)
            done: dict[str, Any] = {"decision_id": taken.decision_id, "decision_no": number, "occurred_on": on}
            completed = DecisionCompleted(meeting_id=found.plan.meeting_id, **done)
            return [completed] if taken.completed_on is None else []
        case _:
            assert_never(command)


def decide_on(command: RecordDecision, found: Held, circumstances: MeetingCircumstances) -> Decision:
    """A decision of the meeting, followed up by a party in force or by a unit that holds a role (P51)."""
    if any(one.decision_id == command.decision_id for one in found.decisions):
        return []
    if command.deadline is not None and command.deadline < found.held_on:
        return no.BEFORE_MEETING.about(held_on=found.held_on)
    if command.owner is not None and command.owner not in owners(found.held_on, circumstances.register):
        return no.NO_OWNER.about(owner=command.owner, on=found.held_on)
    return [
        DecisionTaken(
            meeting_id=found.plan.meeting_id,
            decision_id=command.decision_id,
            decision_no=len(found.decisions) + 1,
            subject=command.subject,
            owner=command.owner,
            deadline=command.deadline,
            occurred_on=found.held_on,
        )
    ]


def owners(day: date, register: Register) -> set[str]:
    holders = [register.holder_on(role, day) for role in GovernanceRole]
    return {*register.parties_on(day), *(one.unit for one in holders if one is not None and one.unit is not None)}


MEETING: Decider[Meeting, MeetingCommand, MeetingCircumstances] = Decider(
    context="governance", name="meeting", initial=NotConvened(), decide=decide, evolve=evolve
)
