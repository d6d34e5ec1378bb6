"""Events of intake: the person, the case and its funnel, referrals (P10-P29; aggregates.md section 2)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from insieme_events.contracts import base
from insieme_events.contracts.base import Code, DomainEvent, Sealed, YearMonth
from insieme_events.contracts.vocabulary import (
    ChannelClass,
    CitizenshipClass,
    Comune,
    FragilityBand,
    Gender,
    Isced,
    Quartiere,
)


class IntakeEvent(DomainEvent):
    context = "intake"


class SealedFieldsErased(base.SealedFieldsErased):
    """This stream holds nothing readable of the person any more, and takes no sealed field again."""

    context = "intake"


class IdentityKind(StrEnum):
    CODICE_FISCALE = "codice_fiscale"
    """Italian: codice fiscale."""
    PROVISIONAL = "provisional"


class ErasureGround(StrEnum):
    """GDPR art. 17 (1): why the data are erased."""

    REQUEST = "request"
    RETENTION_ENDED = "retention_ended"
    UNLAWFUL = "unlawful"


class PersonRegistered(IntakeEvent):
    """A person became known; who it is stands in the vault only (P25: one person, one id)."""

    person_id: UUID
    identity_kind: IdentityKind


class NoticeGiven(IntakeEvent):
    """The privacy notice of that version was handed over (GDPR art. 13). Italian: informativa."""

    person_id: UUID
    notice_version: Code


class PersonErased(IntakeEvent):
    """The person's data are erased; every service that copied any blanks it and answers (GDPR art. 17)."""

    person_id: UUID
    ground: ErasureGround
    party_fields = ("person_id", "occurred_on")


class ErasureCompleted(IntakeEvent):
    """A service holds nothing readable of the person any more; intake's own means that the key is destroyed."""

    person_id: UUID
    service: Code


class PersonsMerged(IntakeEvent):
    """Two ids were one person all along: from now on `merged_id` stands for `person_id` (P25)."""

    person_id: UUID
    merged_id: UUID
    party_fields = ("person_id", "merged_id", "occurred_on")


class MergeReverted(IntakeEvent):
    """The merge was a mistake: `merged_id` is a person of its own again (P25)."""

    person_id: UUID
    merged_id: UUID
    party_fields = ("person_id", "merged_id", "occurred_on")


class EmploymentStatus(StrEnum):
    """P27 keeps both words: inoccupato never worked, disoccupato lost work."""

    INOCCUPATO = "inoccupato"
    """Never worked (P27). Italian: inoccupato."""
    DISOCCUPATO = "disoccupato"
    """Lost the work (P27). Italian: disoccupato."""
    EMPLOYED = "employed"
    EMPLOYED_BELOW_THRESHOLD = "employed_below_threshold"
    INACTIVE = "inactive"


class StatusEvidence(StrEnum):
    """What the status rests on; `declared` is enough to enrol, not to be taken in charge (I7)."""

    DECLARED = "declared"
    DID = "did"
    """Italian: dichiarazione di immediata disponibilità (DID)."""
    CPI_CERTIFICATE = "cpi_certificate"
    """Italian: certificato del centro per l'impiego (CPI)."""


class MeasureKind(StrEnum):
    """Active-policy measures a person may already be in (P10, P48)."""

    GOL = "gol"
    LR_14_2015 = "lr_14_2015"
    TRAINING = "training"
    INTERNSHIP = "internship"
    OTHER = "other"


class AddressBasis(StrEnum):
    RESIDENCE = "residence"
    """Italian: residenza."""
    DOMICILE = "domicile"
    """Italian: domicilio."""


class AutonomyLevel(StrEnum):
    """Autonomy in the active search for work (P15)."""

    AUTONOMOUS = "autonomous"
    PARTIAL = "partial"
    NOT_AUTONOMOUS = "not_autonomous"


class InterviewKind(StrEnum):
    """The first interview, or one while the person is followed (P10, P24). Italian: colloquio."""

    ACCESS = "access"
    FOLLOW_UP = "follow_up"


class CaseEvent(IntakeEvent):
    case_id: UUID
    person_id: UUID


class ApplicationSubmitted(CaseEvent):
    """`occurred_on` is the day of receipt, not of the keying (candidatura). Italian: domanda di accesso."""

    channel_class: ChannelClass
    referral_id: UUID | None = None


class EmploymentStatusRecorded(CaseEvent):
    status: Sealed[EmploymentStatus]
    evidence: StatusEvidence
    evidence_on: date


class OtherMeasureDeclared(CaseEvent):
    """The answer to whether another measure is under way; `None` means none (P10)."""

    kind: Sealed[MeasureKind | None]


class ResidenceRecorded(CaseEvent):
    """Where the person lives, by residence or domicile, from that day on; sealed (P17, P29)."""

    comune: Sealed[Comune]
    quartiere: Sealed[Quartiere | None]
    basis: AddressBasis


class EntryCharacteristicsRecorded(CaseEvent):
    """The dimensions at entry by which persons are counted; a correction names what it corrects."""

    gender: Sealed[Gender]
    birth_month: Sealed[YearMonth]
    citizenship: Sealed[CitizenshipClass]
    isced: Sealed[Isced]
    comune: Sealed[Comune]
    corrects: UUID | None = None


class PersonEnrolled(CaseEvent):
    """Admitted: `occurred_on` is the receipt of the admitted application (iscritto; I7a). Italian: iscrizione."""

    channel_class: ChannelClass
    agreement_version: Code
    party_fields = ("case_id", "person_id", "occurred_on", "agreement_version")


class RejectionReason(StrEnum):
    NOT_UNEMPLOYED = "not_unemployed"
    OUTSIDE_TERRITORY = "outside_territory"
    OTHER_MEASURE = "other_measure"
    OUT_OF_TERM = "out_of_term"


class ApplicationRejected(CaseEvent):
    reason: RejectionReason


class ApplicationWithdrawn(CaseEvent):
    pass


class VoidReason(StrEnum):
    KEYED_TWICE = "keyed_twice"
    WRONG_PERSON = "wrong_person"
    WRONG_DATA = "wrong_data"


class EnrolmentVoided(CaseEvent):
    """The enrolment should not have been recorded; it counts nowhere from now on."""

    voids: UUID
    reason: VoidReason
    party_fields = ("case_id", "person_id", "occurred_on", "voids")


class InterviewScheduled(CaseEvent):
    interview_id: UUID
    kind: InterviewKind
    scheduled_for: date


class InterviewHeld(CaseEvent):
    """`occurred_on` is the day it was held; the first one of kind access makes `interviewed`."""

    interview_id: UUID
    kind: InterviewKind
    interviewer_id: UUID


class InterviewMissed(CaseEvent):
    interview_id: UUID
    kind: InterviewKind


class FragilityAssessed(CaseEvent):
    """The band of fragility, by its instrument (P28). Italian: condizione di fragilità e vulnerabilità."""

    band: Sealed[FragilityBand]
    instrument_version: Code


class AutonomyAssessed(CaseEvent):
    """How far the person looks for work alone (P14). Italian: autonomia nella ricerca attiva del lavoro."""

    level: Sealed[AutonomyLevel]


class EligibilityAssessed(CaseEvent):
    """Status with evidence, band at or above the threshold, comune, each on that day (I7b)."""

    eligible: bool
    unmet: tuple[Annotated[str, Field(pattern=r"^P\d{2}$")], ...]
    valid_until: date
    agreement_version: Code


class SuitabilityOutcome(StrEnum):
    IN_TARGET = "in_target"
    OUT_OF_TARGET = "out_of_target"
    FOUND_JOB = "found_job"
    DECLINED = "declined"


class SuitabilityAssessed(CaseEvent):
    """A person's judgement, never a gate's alone (P15); strong profiles are handed to a party, not dropped."""

    outcome: SuitabilityOutcome
    assessor_id: UUID
    handed_to: Code | None = None


class PersonTakenInCharge(CaseEvent):
    """Taken in charge, with the referent named in the same act (I7b, P24). Italian: presa in carico."""

    referent_id: UUID
    eligible_on: date
    plan_due_on: date
    agreement_version: Code
    party_fields = ("case_id", "person_id", "occurred_on", "agreement_version")


class ReferentAssigned(CaseEvent):
    """Who is responsible for the case from that day on (P24). Italian: operatore referente."""

    referent_id: UUID


class ReadyFor(StrEnum):
    PLACEMENT = "placement"
    TRAINING = "training"


class PlanAgreed(CaseEvent):
    """The individual plan is agreed with the person (P24); version 1 stops the clock of the plan.

    Italian: percorso individuale verso l'autonomia.
    """

    plan_version: Annotated[int, Field(ge=1)]
    ready_for: ReadyFor


class SuspensionReason(StrEnum):
    SHORT_CONTRACT = "short_contract"
    UNAVAILABLE = "unavailable"
    OTHER_PATH = "other_path"


class CaseSuspended(CaseEvent):
    reason: SuspensionReason


class CaseResumed(CaseEvent):
    pass


class ExitState(StrEnum):
    """Outcome is autonomy, not only a contract (P18)."""

    STABLE_WORK = "stable_work"
    TEMPORARY_WORK = "temporary_work"
    SELF_EMPLOYED = "self_employed"
    TRAINING = "training"
    HANDED_OVER = "handed_over"
    NOT_REACHABLE = "not_reachable"
    WITHDREW = "withdrew"
    OUT_OF_TARGET = "out_of_target"
    OTHER = "other"


class CaseClosed(CaseEvent):
    exit_state: ExitState
    party_fields = ("case_id", "person_id", "occurred_on")


class ReopeningReason(StrEnum):
    LOST_WORK = "lost_work"
    CLOSED_BY_MISTAKE = "closed_by_mistake"
    CAME_BACK = "came_back"


class CaseReopened(CaseEvent):
    """Back to the state the case had before it was closed; counts as re-enrolled, never as enrolled."""

    reason: ReopeningReason
    agreement_version: Code


class FollowUpOutcome(StrEnum):
    EMPLOYED = "employed"
    SELF_EMPLOYED = "self_employed"
    IN_TRAINING = "in_training"
    SEEKING = "seeking"
    INACTIVE = "inactive"
    NOT_REACHED = "not_reached"


class FollowUpRecorded(CaseEvent):
    """What became of the person so many months after the exit (P18; ESF+ EECR05 asks at six)."""

    months_after_exit: Annotated[int, Field(ge=0, le=60)]
    outcome: Sealed[FollowUpOutcome]


class JobLossCause(StrEnum):
    """Why the last work was lost (P06)."""

    PANDEMIC = "pandemic"
    COMPANY_CRISIS = "company_crisis"
    TERM_REACHED = "term_reached"
    DISMISSAL = "dismissal"
    RESIGNATION = "resignation"
    SELF_EMPLOYMENT_ENDED = "self_employment_ended"
    NEVER_WORKED = "never_worked"
    OTHER = "other"


class JobLossRecorded(CaseEvent):
    """When and why the last work was lost, as the person says (P06, P42)."""

    cause: Sealed[JobLossCause]
    month: Sealed[YearMonth | None]
