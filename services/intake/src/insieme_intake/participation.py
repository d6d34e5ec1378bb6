"""Participation: one record per person and funded operation, from the first day to the last (P18; ESF+, standards 2.1).

Its stream is named by the person and the operation, so there is one however many interventions the operation pays for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never
from uuid import NAMESPACE_URL, UUID, uuid5

from insieme_events.contracts import Code, DomainEvent
from insieme_events.contracts.intake import FollowUpOutcome, SealedFieldsErased
from insieme_events.contracts.intake_following import (
    ParticipationClosed,
    ParticipationFollowUpDue,
    ParticipationFollowUpRecorded,
    ParticipationOpened,
)
from insieme_events.days import Day
from insieme_events.decider import Command, Decider, Decision, RefusalKind, Refused
from insieme_intake.circumstances import ERASED_PERSON, LIMITS_UNKNOWN, RESTRICTED, IntakeCircumstances, misdated
from insieme_intake.follow_ups import FOLLOW_UP_MONTHS, FOLLOW_UP_NOT_DUE, Recorded, answered, due_days
from insieme_intake.person import PERSON_UNKNOWN


class OpenParticipation(Command):
    """A funded operation begins to pay for the person (P18)."""

    person_id: UUID
    case_id: UUID
    operation: Code
    on: Day


class CloseParticipation(Command):
    """The person left the operation (P18)."""

    on: Day


class RecordParticipationFollowUp(Command):
    """What became of the person that many months after they left the operation (P18)."""

    months_after_exit: int
    outcome: FollowUpOutcome
    on: Day


class NoteParticipationFollowUpDue(Command):
    """It is to be asked what became of the person at the exit (0), or so many months after it (P18)."""

    months: int
    on: Day


class EraseParticipation(Command):
    """This participation takes and shows no sealed value of its person any more (GDPR art. 17)."""

    on: Day


ParticipationCommand = (
    OpenParticipation
    | CloseParticipation
    | RecordParticipationFollowUp
    | NoteParticipationFollowUpDue
    | EraseParticipation
)


@dataclass(frozen=True, slots=True)
class NoParticipation:
    pass


@dataclass(frozen=True, slots=True)
class Open:
    """`erased`: no sealed value can be read any more."""

    participation_id: UUID
    person_id: UUID
    case_id: UUID
    operation: str
    since: date
    erased: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """`asked`: the months of the follow-ups that were due without an answer. `follow_ups`: those on record here."""

    opened: Open
    on: date
    asked: frozenset[int] = frozenset()
    follow_ups: tuple[Recorded, ...] = ()


ParticipationState = NoParticipation | Open | Ended

PARTICIPATION_UNKNOWN = Refused(
    "intake.participation_unknown",
    "There is no participation with this id: look it up again.",
    clause="P18",
    kind=RefusalKind.NOT_FOUND,
)
PARTICIPATION_OVER = Refused(
    "intake.participation_over",
    "The person left this operation on {on}: a person takes part in an operation once.",
    clause="P18",
)
PARTICIPATION_GOES_ON = Refused(
    "intake.participation_goes_on",
    "The person takes part in this operation since {since}: a follow-up asks what became of them after it.",
    clause="P18",
)
PARTICIPATES_ALREADY = Refused(
    "intake.participates_already",
    "The person takes part in this operation since {since}: there is one record per person and operation.",
    clause="P18",
)
CASE_OF_ANOTHER = Refused(
    "intake.case_of_another",
    "This case is not one of this person: name the case under which the person takes part.",
    clause="P18",
    kind=RefusalKind.INVALID,
)


def participation_id(person_id: UUID, operation: str) -> UUID:
    """The id of the one record of that person and operation."""
    return uuid5(NAMESPACE_URL, f"insieme:participation:{person_id}:{operation}")


def decide(command: ParticipationCommand, state: ParticipationState, found: IntakeCircumstances) -> Decision:
    if wrong := misdated(command.on, found.today):
        return wrong
    match command:
        case OpenParticipation():
            return open_participation(command, state, found)
        case CloseParticipation():
            return close(command, state)
        case RecordParticipationFollowUp():
            return record_follow_up(command, state, found)
        case NoteParticipationFollowUpDue():
            return note_follow_up_due(command, state, found)
        case EraseParticipation():
            return erase(command, state)
        case _:
            assert_never(command)


def open_participation(command: OpenParticipation, state: ParticipationState, found: IntakeCircumstances) -> Decision:
    match state:
        case Open(since=since):
            return [] if since == command.on else PARTICIPATES_ALREADY.about(since=since)
        case Ended(on=on):
            return PARTICIPATION_OVER.about(on=on)
        case NoParticipation():
            if refused := unusable(found):
                return refused
            if found.person_of_case != command.person_id:
                return CASE_OF_ANOTHER
            return [
                ParticipationOpened(
                    occurred_on=command.on,
                    participation_id=participation_id(command.person_id, command.operation),
                    person_id=command.person_id,
                    case_id=command.case_id,
                    operation=command.operation,
                )
            ]
        case _:
            assert_never(state)


def close(command: CloseParticipation, state: ParticipationState) -> Decision:
    match state:
        case NoParticipation():
            return PARTICIPATION_UNKNOWN
        case Ended(on=on):
            return [] if on == command.on else PARTICIPATION_OVER.about(on=on)
        case Open():
            if wrong := misdated(command.on, command.on, state.since, "the beginning"):
                return wrong
            return [
                ParticipationClosed(
                    occurred_on=command.on,
                    participation_id=state.participation_id,
                    person_id=state.person_id,
                    case_id=state.case_id,
                    operation=state.operation,
                )
            ]
        case _:
            assert_never(state)


def record_follow_up(
    command: RecordParticipationFollowUp, state: ParticipationState, found: IntakeCircumstances
) -> Decision:
    """Again for the same months it is recorded again: the last answer counts, as in a case."""
    match state:
        case NoParticipation():
            return PARTICIPATION_UNKNOWN
        case Open(since=since):
            return PARTICIPATION_GOES_ON.about(since=since)
        case Ended(opened=opened, on=left_on):
            if wrong := misdated(command.on, command.on, left_on, "the exit"):
                return wrong
            if not 0 <= command.months_after_exit <= 60:
                return FOLLOW_UP_MONTHS
            if refused := unusable(found):
                return refused
            return [
                ParticipationFollowUpRecorded(
                    occurred_on=command.on,
                    participation_id=opened.participation_id,
                    person_id=opened.person_id,
                    case_id=opened.case_id,
                    operation=opened.operation,
                    months_after_exit=command.months_after_exit,
                    outcome=command.outcome,
                )
            ]
        case _:
            assert_never(state)


def unusable(found: IntakeCircumstances) -> Refused | None:
    """Why nothing new may be said of the person."""
    if found.person is None:
        return PERSON_UNKNOWN
    if found.person.erased:
        return ERASED_PERSON
    if found.person.restricted_on is not None:
        return RESTRICTED.about(on=found.person.restricted_on)
    return None


def note_follow_up_due(
    command: NoteParticipationFollowUpDue, state: ParticipationState, found: IntakeCircumstances
) -> Decision:
    """Once per follow-up; of one that is on record here or in the case, or that nobody can record any more, nothing."""
    match state:
        case NoParticipation():
            return PARTICIPATION_UNKNOWN
        case Open(since=since):
            return PARTICIPATION_GOES_ON.about(since=since)
        case Ended(opened=opened, on=left_on, asked=asked, follow_ups=follow_ups):
            if found.person is None:
                return PERSON_UNKNOWN
            if found.person.restricted_on is not None:
                return RESTRICTED.about(on=found.person.restricted_on)
            limits = found.limits_on(left_on)
            if limits is None:
                return LIMITS_UNKNOWN.about(day=left_on)
            due_on = due_days(left_on, limits).get(command.months)
            if due_on is None or command.on < due_on:
                return FOLLOW_UP_NOT_DUE.about(left_on=left_on, months=command.months, day=command.on)
            recorded = (*follow_ups, *found.follow_ups)
            told = command.months in asked or answered(recorded, left_on, command.months, limits)
            if told or found.person.erased:
                return []
            return [
                ParticipationFollowUpDue(
                    occurred_on=command.on,
                    participation_id=opened.participation_id,
                    person_id=opened.person_id,
                    case_id=opened.case_id,
                    operation=opened.operation,
                    left_on=left_on,
                    months_after_exit=command.months,
                )
            ]
        case _:
            assert_never(state)


def erase(command: EraseParticipation, state: ParticipationState) -> Decision:
    """Possible in every state but the first; once is enough."""
    match state:
        case NoParticipation():
            return PARTICIPATION_UNKNOWN
        case (Open() as opened) | Ended(opened=opened):
            if opened.erased:
                return []
            return [SealedFieldsErased(occurred_on=command.on, person_id=opened.person_id)]
        case _:
            assert_never(state)


def evolve(state: ParticipationState, event: DomainEvent) -> ParticipationState:
    match state, event:
        case NoParticipation(), ParticipationOpened():
            return Open(event.participation_id, event.person_id, event.case_id, event.operation, event.occurred_on)
        case Open(), ParticipationClosed(occurred_on=day):
            return Ended(state, day)
        case Ended(asked=asked), ParticipationFollowUpDue(months_after_exit=months):
            return replace(state, asked=asked | {months})
        case Ended(follow_ups=follow_ups), ParticipationFollowUpRecorded(occurred_on=day, months_after_exit=months):
            return replace(state, follow_ups=(*follow_ups, Recorded(day, months)))
        case Open(), SealedFieldsErased():
            return replace(state, erased=True)
        case Ended(opened=opened), SealedFieldsErased():
            return replace(state, opened=replace(opened, erased=True))
        case _:
            raise TypeError(f"a participation in state {type(state).__name__} has no {type(event).__name__}")


PARTICIPATION: Decider[ParticipationState, ParticipationCommand, IntakeCircumstances] = Decider(
    context="intake", name="participation", initial=NoParticipation(), decide=decide, evolve=evolve
)
