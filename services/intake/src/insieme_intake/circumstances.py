"""What intake's decisions are told of the world, and the refusals about dates that its aggregates share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from insieme_events.agreement import Agreement, Limits, in_force, last_known, limits_on
from insieme_events.contracts.vocabulary import InterventionKind
from insieme_events.decider import Circumstances, RefusalKind, Refused
from insieme_intake.follow_ups import Recorded
from insieme_intake.retention import Left

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
RESTRICTED = Refused(
    "intake.restricted",
    "The processing of this person's data is restricted since {on}: they are kept, and nothing new is decided on them "
    "until the restriction is lifted.",
)
AGREEMENT_UNKNOWN = Refused(
    "intake.agreement_unknown",
    "No agreement is known here yet, so this cannot be decided: send the same again in a moment.",
    clause="P62",
    kind=RefusalKind.RETRY,
)
LIMITS_UNKNOWN = Refused(
    "intake.limits_unknown",
    "The legal limits of {day} are not known here yet, so no deadline can be told: send the same again in a moment.",
    kind=RefusalKind.RETRY,
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
class PersonFound:
    """A person as intake's list has it. `into`: the id that stands for this one since they were merged."""

    erased: bool = False
    restricted_on: date | None = None
    into: UUID | None = None


@dataclass(frozen=True, slots=True)
class LineFound:
    """A line of the ledger of another id of the same person, which does what it does for this one, too (P25)."""

    intervention_id: UUID
    kind: InterventionKind
    party: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class IntakeCircumstances(Circumstances):
    """`agreement` is the one of the command's business date; `agreements` answers for other days.

    `event_ids`: per event type the id of the last one on the stream, for a command that names an event of the past.
    `person_known`: whether the person of a new referral is registered and not erased.
    `referral`: the one that an application names; None where there is none.
    `person`: whom an intervention or a participation is for; None where nothing is known of that id.
    `restricted_on`: since when the data of the case's person may not be used.
    `lines`: confirmed interventions for the other ids of a merged person.
    `person_of_case`: whose case it is that a participation names.
    `limits`: what the law sets, on the command's business date; `every_limits` answers for other days.
    `follow_ups`: those on record in the case of a participation, which answer for it, too.
    `left`: when the last of what the person had ended, for the end of the retention.
    """

    agreements: tuple[Agreement, ...] = ()
    event_ids: Mapping[str, UUID] = field(default_factory=dict)
    person_known: bool = False
    referral: ReferralFound | None = None
    person: PersonFound | None = None
    restricted_on: date | None = None
    lines: tuple[LineFound, ...] = ()
    person_of_case: UUID | None = None
    limits: Limits | None = None
    every_limits: tuple[Limits, ...] = ()
    follow_ups: tuple[Recorded, ...] = ()
    left: Left | None = None

    def agreement_on(self, day: date) -> Agreement | None:
        return in_force(self.agreements, day)

    def limits_on(self, day: date) -> Limits | None:
        return limits_on(self.every_limits, day)

    def last_agreement(self, day: date) -> Agreement | None:
        """The version of the day, or the last one before it: for what may not wait for a new term."""
        return last_known(self.agreements, day)


def misdated(day: date, today: date, earliest: date | None = None, what: str = "") -> Refused | None:
    """Why nothing can have happened on that day: it is yet to come, or before `what`, the day that it follows."""
    if day > today:
        return IN_FUTURE.about(day=day)
    if earliest is not None and day < earliest:
        return TOO_EARLY.about(day=day, earliest=earliest, what=what)
    return None
