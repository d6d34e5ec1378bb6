"""What intake's decisions are told of the world, and the refusals about dates that its aggregates share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from insieme_events.agreement import Agreement, in_force
from insieme_events.decider import Circumstances, RefusalKind, Refused

IN_FUTURE = Refused(
    "intake.date_in_future",
    "{day} lies in the future: record what happened once it has happened.",
    kind=RefusalKind.INVALID,
)
TOO_EARLY = Refused(
    "intake.date_too_early",
    "{day} is before {earliest}, the day of {what}: correct the date.",
    kind=RefusalKind.INVALID,
)
OUT_OF_TERM = Refused(
    "intake.out_of_term",
    "No agreement of the programme is in force on {day}: nobody is admitted, taken in charge or referred on a day "
    "outside the term of the protocol.",
    clause="P79",
)
ERASED_PERSON = Refused(
    "intake.erased",
    "The data of this person are erased: nothing that needs them can be recorded or decided any more.",
)
BIRTH_IN_FUTURE = Refused(
    "intake.birth_date", "The date of birth lies in the future: correct it.", clause="P25", kind=RefusalKind.INVALID
)


@dataclass(frozen=True, slots=True)
class ReferralFound:
    """A referral as intake's list has it; `status` is pending, accepted, declined or expired."""

    person_id: UUID
    received: bool
    status: str
    sent_on: date
    reply_due_on: date


@dataclass(frozen=True, slots=True)
class IntakeCircumstances(Circumstances):
    """`agreement` is the one of the command's business date; `agreements` answers for other days.

    `event_ids`: per event type the id of the last one on the stream, for a command that names an event of the past.
    `person_known`: whether the person of a new referral is registered and not erased.
    `referral`: the one that an application names; None where there is none.
    """

    agreements: tuple[Agreement, ...] = ()
    event_ids: Mapping[str, UUID] = field(default_factory=dict)
    person_known: bool = False
    referral: ReferralFound | None = None

    def agreement_on(self, day: date) -> Agreement | None:
        return in_force(self.agreements, day)


def misdated(day: date, today: date, earliest: date | None = None, what: str = "") -> Refused | None:
    """Why nothing can have happened on that day: it is yet to come, or before `what`, the day that it follows."""
    if day > today:
        return IN_FUTURE.about(day=day)
    if earliest is not None and day < earliest:
        return TOO_EARLY.about(day=day, earliest=earliest, what=what)
    return None
