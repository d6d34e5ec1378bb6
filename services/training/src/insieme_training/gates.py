"""Guards that several aggregates of training share: the day of a fact, who is in charge, the agreement, an erasure."""

from __future__ import annotations

from datetime import date

from insieme_events import days
from insieme_events.contracts.vocabulary import Strand
from insieme_events.decider import RefusalKind, Refused
from insieme_events.gates import gate

TRAINING = (Strand.TRAINING_BASIC, Strand.TRAINING_TARGETED, Strand.TRAINING_EXPERIMENTAL)
"""The three kinds of training: 2.a, 2.b and 2.c (P36)."""

COURSE_UNKNOWN = Refused(
    code="training.course_unknown",
    sentence="There is no course with this id: plan it first.",
    clause="P36",
    kind=RefusalKind.NOT_FOUND,
)
PARTICIPATION_UNKNOWN = Refused(
    code="training.participation_unknown",
    sentence="There is no participation with this id: ask for the course first.",
    clause="P37",
    kind=RefusalKind.NOT_FOUND,
)
AGREEMENT_UNKNOWN = Refused(
    code="training.agreement_unknown",
    sentence="Training knows no agreement that was in force on {on}: try again once governance has published it, or "
    "correct the date.",
    clause="P62",
    kind=RefusalKind.RETRY,
)
ERASED_PERSON = Refused(
    code="training.erased",
    sentence="The data of this person were erased: nothing more of them can be recorded.",
    kind=RefusalKind.CONFLICT,
)
SEATS_CHANGED = Refused(
    code="training.seats_changed",
    sentence="The seats or the waiting list of this course have just changed: send the command again.",
    clause="P37",
    kind=RefusalKind.RETRY,
)
IN_FUTURE = days.in_future("training")

in_charge_on = gate("training", "P37")


def not_after(today: date, day: date) -> Refused | None:
    """Refuses a day that has not come yet."""
    return days.not_after(today, day, IN_FUTURE)
