"""The states of a meeting and how its events lead from one to the next (P50, P51)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from insieme_events.contracts import DomainEvent
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
from insieme_events.contracts.vocabulary import BodyKind


@dataclass(frozen=True, slots=True)
class Plan:
    """What a meeting is in every status."""

    meeting_id: UUID
    body_id: UUID
    kind: BodyKind
    convened_on: date
    meets_on: date
    invited: frozenset[str]


@dataclass(frozen=True, slots=True)
class Presence:
    present: bool
    representative_id: UUID | None


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision of the meeting."""

    decision_id: UUID
    number: int
    completed_on: date | None = None


@dataclass(frozen=True, slots=True)
class NotConvened:
    pass


@dataclass(frozen=True, slots=True)
class Convened:
    plan: Plan


@dataclass(frozen=True, slots=True)
class Held:
    """`invited` are the parties in force on the day on which it was held."""

    plan: Plan
    held_on: date
    invited: frozenset[str]
    attendance: Mapping[str, Presence] = field(default_factory=dict)
    decisions: tuple[Taken, ...] = ()


@dataclass(frozen=True, slots=True)
class Cancelled:
    plan: Plan


Meeting = NotConvened | Convened | Held | Cancelled


def evolve(state: Meeting, event: DomainEvent) -> Meeting:
    match state, event:
        case NotConvened(), MeetingConvened():
            return Convened(
                Plan(
                    meeting_id=event.meeting_id,
                    body_id=event.body_id,
                    kind=event.kind,
                    convened_on=event.occurred_on,
                    meets_on=event.meets_on,
                    invited=frozenset(event.invited),
                )
            )
        case Convened(plan=plan), PartiesInvited(invited=invited):
            return Convened(replace(plan, invited=plan.invited | set(invited)))
        case Convened(plan=plan), InvitationLapsed(party=party):
            return Convened(replace(plan, invited=plan.invited - {party}))
        case Convened(plan=plan), MeetingHeld(invited=invited):
            return Held(plan, event.occurred_on, frozenset(invited))
        case Convened(plan=plan), MeetingCancelled():
            return Cancelled(plan)
        case Held(), MeetingAttendanceRecorded(party=party):
            presence = Presence(event.present, event.representative_id)
            return replace(state, attendance={**state.attendance, party: presence})
        case Held(), DecisionTaken(decision_id=decision_id, decision_no=number):
            return replace(state, decisions=(*state.decisions, Taken(decision_id, number)))
        case Held(decisions=decisions), DecisionCompleted(decision_no=number):
            done = [replace(one, completed_on=event.occurred_on) if one.number == number else one for one in decisions]
            return replace(state, decisions=tuple(done))
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__} on a meeting's stream")
