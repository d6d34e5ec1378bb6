"""Events of matching about internships (tirocini; P34, P35; standards 2.6)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from insieme_events.contracts.base import Code, Sealed, YearMonth
from insieme_events.contracts.matching_companies import MandatoryCommunication, MatchingEvent
from insieme_events.contracts.vocabulary import (
    Cents,
    InterventionKind,
    Strand,
)


class InternshipEvent(MatchingEvent):
    """An internship at a company (P34, P35). Italian: tirocinio; stage."""

    internship_id: UUID
    person_id: UUID
    company_id: UUID
    strand: Strand = Strand.MATCHING


class InternshipRequested(InternshipEvent):
    """An internship (tirocinio) is asked for. Intake's ledger confirms the intervention or finds it doubled (P25, P34).

    The intervention has the id of the internship.
    """

    kind: InterventionKind
    starts_on: date
    ends_on: date


class TargetClass(StrEnum):
    """Whom the law lets be an intern for how long (LR Emilia-Romagna 17/2005); says much of a person: only sealed."""

    ORDINARY = "ordinary"
    DISADVANTAGED = "disadvantaged"
    DISABLED = "disabled"


class InternshipPurpose(StrEnum):
    """«per supportare la formazione, l'inserimento e la reciproca conoscenza lavoratore-impresa» (P35)."""

    TRAINING = "training"
    PLACEMENT = "placement"
    MUTUAL_KNOWLEDGE = "mutual_knowledge"


class InternshipProjectRecorded(InternshipEvent):
    """What the individual project (progetto formativo individuale) says (P34, P35).

    Italian: progetto formativo individuale.
    """

    target: Sealed[TargetClass]
    purposes: tuple[InternshipPurpose, ...]
    monthly_allowance: Cents
    seasonal: bool
    funded_by_programme: bool


class InternshipConfirmed(InternshipEvent):
    """No other party does the same for the person in those days, or a named role let it go on (P25)."""


class InternshipBlocked(InternshipEvent):
    """Another party does the same at the same time; it goes on only if a named role overrides that (P25)."""


class Authorised(InternshipEvent):
    """What the law asks for at the approval and at each extension, as it was found; `limits_version` judged it.

    `authorisation` is the reference of the regional agency's act of `authorised_on`; `host_staff` the host's permanent
    staff, `host_declared_on` the day on which it declared whom it dismissed and that it replaces nobody;
    `host_dismissed_on` its latest dismissal in the same role, `host_hired_percent` the part of its earlier interns that
    it hired.

    Italian: autorizzazione del tirocinio.
    """

    ends_on: date
    monthly_allowance: Cents
    authorisation: Code
    authorised_on: date
    host_staff: Annotated[int, Field(ge=0, le=1_000_000)]
    host_declared_on: date
    host_dismissed_on: date | None = None
    host_hired_percent: Annotated[int, Field(ge=0, le=100)] = 0
    limits_version: Code


class InternshipApproved(Authorised):
    """Every legal check held for the days from `starts_on` to `ends_on` (P34; standards 2.6)."""

    starts_on: date
    party_fields = ("internship_id", "person_id", "company_id", "starts_on", "ends_on", "occurred_on", "strand")


class InternshipExtended(Authorised, MandatoryCommunication):
    """Proroga: every legal check held again for the longer internship; `from_day` is the first day added (P34)."""

    from_day: date
    party_fields = ("internship_id", "person_id", "company_id", "from_day", "ends_on", "occurred_on", "strand")


class InternshipStarted(InternshipEvent):
    """`communicated_late`: the mandatory communication came later than the law allows (standards 2.2)."""

    communicated_on: date
    communicated_late: bool
    limits_version: Code
    party_fields = ("internship_id", "person_id", "company_id", "occurred_on", "strand")


class PauseReason(StrEnum):
    """Closed and coarse: why a person is away is nobody's business here."""

    HOST_CLOSED = "host_closed"
    PERSON_AWAY = "person_away"


class InternshipSuspended(InternshipEvent):
    """`occurred_on` is the first day on which nothing is done; days of suspension do not count towards the longest."""

    reason: PauseReason


class InternshipResumed(InternshipEvent):
    """`occurred_on` is the first day on which it goes on."""


Minutes = Annotated[int, Field(ge=0, le=45_000)]
"""No month has more."""


class InternshipMonthRecorded(InternshipEvent):
    """How long the intern was there in a month, of the time that the project asks for; told again, the last counts.

    `allowance_due`: it was at least the part from which on the law asks for the allowance (P34; standards 2.6).

    Italian: indennità di partecipazione.
    """

    month: YearMonth
    minutes_due: Minutes
    minutes_present: Minutes
    allowance_due: bool
    limits_version: Code


class InternshipOutcome(StrEnum):
    COMPLETED = "completed"
    HIRED_BY_HOST = "hired_by_host"
    FOUND_OTHER_JOB = "found_other_job"
    LEFT_BY_PERSON = "left_by_person"
    LEFT_BY_HOST = "left_by_host"


class InternshipEnded(InternshipEvent, MandatoryCommunication):
    """`occurred_on` is the last day. An internship is never a placement, whatever its outcome (P34).

    `limits_version` are the legal limits that judged the communication of an early end.
    """

    outcome: InternshipOutcome
    limits_version: Code | None = None
    party_fields = ("internship_id", "person_id", "company_id", "occurred_on", "strand")


class InternshipWithdrawalReason(StrEnum):
    NOT_AUTHORISED = "not_authorised"
    PERSON_DECLINED = "person_declined"
    HOST_DECLINED = "host_declined"
    DOUBLED = "doubled"
    KEYED_BY_MISTAKE = "keyed_by_mistake"


class InternshipWithdrawn(InternshipEvent):
    """It never started (P34)."""

    reason: InternshipWithdrawalReason


class EvaluatedBy(StrEnum):
    PERSON = "person"
    COMPANY = "company"


class EvaluationResult(StrEnum):
    GOALS_REACHED = "goals_reached"
    PARTLY_REACHED = "partly_reached"
    NOT_REACHED = "not_reached"


class InternshipEvaluated(InternshipEvent):
    """One of the two evaluations: what the person says of it, or the company (P35)."""

    evaluated_by: EvaluatedBy
    result: Sealed[EvaluationResult]
    would_again: Sealed[bool]
