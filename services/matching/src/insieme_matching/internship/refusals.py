"""Why an internship does not go on, beside the law's limits (P25, P34, P35, P64)."""

from __future__ import annotations

from insieme_events.decider import RefusalKind, Refused

INTERNSHIP_UNKNOWN = Refused(
    code="matching.internship_unknown",
    sentence="There is no internship with this id: ask for it first.",
    clause="P34",
    kind=RefusalKind.NOT_FOUND,
)
ALREADY_REQUESTED = Refused(
    code="matching.internship_already_requested",
    sentence="This internship was asked for already: go on with it, or ask for another one under an id of its own.",
    clause="P34",
)
DAYS_REVERSED = Refused(
    code="matching.internship_days_reversed",
    sentence="The internship would end before it begins: correct the days.",
    clause="P34",
    kind=RefusalKind.INVALID,
)
PURPOSE_MISSING = Refused(
    code="matching.internship_purpose_missing",
    sentence="Say what the internship is for: training, placement, or getting to know one another.",
    clause="P35",
    kind=RefusalKind.INVALID,
)
STRAND_TRANSVERSAL = Refused(
    code="matching.internship_transversal",
    sentence="Strand 0 is for staff, family support and visibility: say which direttrice the internship serves.",
    clause="P30",
    kind=RefusalKind.INVALID,
)
INTERN_RESTRICTED = Refused(
    code="matching.person_restricted",
    sentence="The person's data may not be used now: no internship can be asked for before the restriction is lifted.",
    clause="P34",
)
NOT_CONFIRMED = Refused(
    code="matching.intervention_unconfirmed",
    sentence="Intake has not said yet whether somebody does the same for the person: try again in a moment.",
    clause="P25",
    kind=RefusalKind.RETRY,
)
DOUBLED = Refused(
    code="matching.intervention_doubled",
    sentence="Another party does the same for the person in these days: have it overridden in intake with a reason, or "
    "withdraw this one.",
    clause="P25",
)
NOT_APPROVED = Refused(
    code="matching.internship_not_approved",
    sentence="The internship has not been approved yet: approve it first.",
    clause="P34",
)
STARTED_ALREADY = Refused(
    code="matching.internship_started",
    sentence="The internship started on {on} already: end it instead.",
    clause="P34",
)
NOT_RUNNING = Refused(
    code="matching.internship_not_running",
    sentence="The internship has not started yet: record its start first.",
    clause="P34",
)
INTERNSHIP_OVER = Refused(
    code="matching.internship_over",
    sentence="The internship has ended or was withdrawn: nothing of it changes any more.",
    clause="P34",
)
START_OUTSIDE = Refused(
    code="matching.internship_start_outside",
    sentence="It was approved for the days from {starts_on} to {ends_on}: it can only start on one of them.",
    clause="P34",
)
FUNDING_UNDECIDED = Refused(
    code="matching.funding_undecided",
    sentence="The programme is to pay the allowance, but no decision of the Comitato di gestione on it is known here: "
    "the committee decides in funding, then try again.",
    clause="P64",
    kind=RefusalKind.RETRY,
)
ALREADY_EXTENDED = Refused(
    code="matching.internship_already_longer",
    sentence="The internship runs until {ends_on} already: an extension has to end later.",
    clause="P34",
)
TOO_LATE_TO_EXTEND = Refused(
    code="matching.internship_term_passed",
    sentence="The internship ran until {ends_on}: it can only be extended before that day is over.",
    clause="P34",
)
END_OUTSIDE = Refused(
    code="matching.internship_end_outside",
    sentence="That day has to lie in the internship, from {starts_on} to {ends_on}: correct it, or extend first.",
    clause="P34",
)
TERM_AHEAD = Refused(
    code="matching.internship_term_ahead",
    sentence="It is completed on {ends_on}, its last day: give the outcome with which it ended before.",
    clause="P34",
    kind=RefusalKind.INVALID,
)
END_FIRST = Refused(
    code="matching.internship_end_first",
    sentence="The internship has not ended yet: it is evaluated afterwards.",
    clause="P35",
)
BEFORE_LAST_STEP = Refused(
    code="matching.internship_before_last_step",
    sentence="The step before was on {last_on}: this one cannot be dated earlier.",
    clause="P34",
)
