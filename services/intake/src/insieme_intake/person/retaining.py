"""The end of the retention on the person's stream: noted once, or put off with a reason (GDPR art. 5 (1) e)."""

from __future__ import annotations

from datetime import date
from typing import assert_never

from insieme_events.agreement import Agreement
from insieme_events.contracts.intake_persons import RetentionEnded, RetentionExtended
from insieme_events.days import add_months
from insieme_events.decider import Decision, RefusalKind, Refused
from insieme_intake.circumstances import AGREEMENT_UNKNOWN, IntakeCircumstances, misdated
from insieme_intake.person.commands import ExtendRetention, NoteRetentionEnded, RetentionCommand
from insieme_intake.person.states import Erased, Known, Merged, PersonState, Restricted, Unknown, not_plainly_known
from insieme_intake.retention import LONGEST_YEARS, kept_until

STILL_HERE = Refused(
    "intake.retention_goes_on",
    "Something of this person is still open, a case, an operation or an intervention: the retention begins with its "
    "end. An erasure that the person asks for has the ground request.",
)
KEPT = Refused(
    "intake.retention_not_over",
    "The data of this person are kept through {until}. An erasure before that day has another ground.",
)
EXTENSION_DAY = Refused(
    "intake.retention_until",
    "Data are kept longer until a day after {on}, and at most through {latest}: correct the day.",
    kind=RefusalKind.INVALID,
)


def decide_retention(command: RetentionCommand, state: PersonState, found: IntakeCircumstances) -> Decision:
    match command:
        case ExtendRetention():
            return extend(command, state)
        case NoteRetentionEnded():
            return note_ended(command, state, found)
        case _:
            assert_never(command)


def extend(command: ExtendRetention, state: PersonState) -> Decision:
    """Also of data that are restricted: they are kept, and not used."""
    match state:
        case (Known() as known) | Restricted(known=known):
            if wrong := misdated(command.on, command.on, known.since, "the registration"):
                return wrong
            latest = add_months(command.on, 12 * LONGEST_YEARS)
            if not command.on < command.until <= latest:
                return EXTENSION_DAY.about(on=command.on, latest=latest)
            if known.extended == (command.until, command.ground):
                return []
            return [
                RetentionExtended(
                    occurred_on=command.on, person_id=known.person_id, ground=command.ground, until=command.until
                )
            ]
        case Unknown() | Merged() | Erased():
            return not_plainly_known(state)
        case _:
            assert_never(state)


def note_ended(command: NoteRetentionEnded, state: PersonState, found: IntakeCircumstances) -> Decision:
    """Once for each end: when somebody came back and left again, or the retention was extended, there is another."""
    match state:
        case Known() as known:
            over = ended(command.on, found)
            if isinstance(over, Refused):
                return over
            left_on, until, agreement = over
            if known.retention_ended == (left_on, until):
                return []
            return [
                RetentionEnded(
                    occurred_on=command.on,
                    person_id=known.person_id,
                    left_on=left_on,
                    kept_until=until,
                    agreement_version=agreement.version,
                )
            ]
        case Erased():
            return []
        case Unknown() | Restricted() | Merged():
            return not_plainly_known(state)
        case _:
            assert_never(state)


def ended(on: date, found: IntakeCircumstances) -> tuple[date, date, Agreement] | Refused:
    """Since when nothing goes on, through which day the data were kept and by which agreement; else why not yet."""
    if found.left is None or found.left.on is None:
        return STILL_HERE
    agreement = found.last_agreement(found.left.on)
    if agreement is None:
        return AGREEMENT_UNKNOWN
    until = kept_until(found.left.on, found.left.extended_to, agreement)
    return KEPT.about(until=until) if on <= until else (found.left.on, until, agreement)
