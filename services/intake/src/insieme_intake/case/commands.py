"""The commands of a case. `on` is the business date on which the thing happened, never after today.

Back-dating is allowed where nothing is put before what it follows. Every command but SubmitApplication speaks of the
case of its stream.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from insieme_events.contracts import Code, YearMonth
from insieme_events.contracts.intake import (
    AddressBasis,
    AutonomyLevel,
    EmploymentStatus,
    ExitState,
    FollowUpOutcome,
    InterviewKind,
    JobLossCause,
    MeasureKind,
    ReadyFor,
    RejectionReason,
    ReopeningReason,
    StatusEvidence,
    SuitabilityOutcome,
    SuspensionReason,
    VoidReason,
)
from insieme_events.contracts.intake_following import FamilySupportKind, PreviousStatus
from insieme_events.contracts.vocabulary import (
    AtecoSection,
    AtecoVersion,
    ChannelClass,
    CitizenshipClass,
    Comune,
    FragilityBand,
    Gender,
    Isced,
    Quartiere,
)
from insieme_events.decider import Command


class DatedCommand(Command):
    on: date


class OtherMeasureAnswer(BaseModel):
    """The person was asked whether another active-policy measure is under way; `kind` None: none is (P10)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: MeasureKind | None


class SubmitApplication(DatedCommand):
    """An application came in (candidatura): what the person declares is recorded, admissible or not.

    `on` is the day of receipt. `other_measure` None means that the question was not answered yet. `notice_version`
    is the privacy notice that the person got: without it nothing may be written down.
    """

    case_id: UUID
    person_id: UUID
    channel_class: ChannelClass
    referral_id: UUID | None = None
    notice_version: Code | None
    status: EmploymentStatus
    evidence: StatusEvidence = StatusEvidence.DECLARED
    evidence_on: date | None = None
    other_measure: OtherMeasureAnswer | None = None
    comune: Comune
    quartiere: Quartiere | None = None
    basis: AddressBasis
    gender: Gender
    birth_month: YearMonth
    citizenship: CitizenshipClass
    isced: Isced


class Enrol(DatedCommand):
    """Admit the application (I7a). `on` is its day of receipt: that is the day on which the person is enrolled."""


class RejectApplication(DatedCommand):
    """The application is not admitted, for a reason that its own data show."""

    reason: RejectionReason


class WithdrawApplication(DatedCommand):
    """The person takes the application back before it was admitted."""


class VoidEnrolment(DatedCommand):
    """The enrolment should not have been recorded. `voids` is the event id of its PersonEnrolled."""

    voids: UUID
    reason: VoidReason


class CorrectCharacteristics(DatedCommand):
    """The characteristics at entry were recorded wrongly. `corrects` is the event id that they were recorded under."""

    corrects: UUID
    gender: Gender
    birth_month: YearMonth
    citizenship: CitizenshipClass
    isced: Isced
    comune: Comune


class RecordEmploymentStatus(DatedCommand):
    """The status from `on`, and what it rests on (P27)."""

    status: EmploymentStatus
    evidence: StatusEvidence
    evidence_on: date


class RecordResidence(DatedCommand):
    """Where the person lives from `on`, by residence or domicile: comune and, in Bologna, quartiere (P17, P29)."""

    comune: Comune
    quartiere: Quartiere | None = None
    basis: AddressBasis


class DeclareOtherMeasure(DatedCommand):
    """The answer to the question on other measures from `on`; None: none is under way (P10)."""

    kind: MeasureKind | None


class RecordJobLoss(DatedCommand):
    """When and why the last work was lost, as the person says (P06); `month` None: there never was one."""

    cause: JobLossCause
    month: YearMonth | None


class RecordWorkHistory(DatedCommand):
    """The sector of provenance and the status before entry (P07, P08); `section` None: no work before."""

    ateco_version: AtecoVersion
    section: AtecoSection | None
    previous_status: PreviousStatus


class AssessFragility(DatedCommand):
    """The band that the versioned instrument gave (P28); its items stay where they were asked."""

    band: FragilityBand
    instrument_version: Code


class AssessAutonomy(DatedCommand):
    """How far the person looks for work alone (P15); it refuses nobody."""

    level: AutonomyLevel


class ScheduleInterview(DatedCommand):
    """The interview is fixed; again with the same id it is moved to another day."""

    interview_id: UUID
    kind: InterviewKind
    scheduled_for: date


class HoldInterview(DatedCommand):
    """The interview took place, fixed beforehand or not (colloquio)."""

    interview_id: UUID
    kind: InterviewKind
    interviewer_id: UUID


class MissInterview(DatedCommand):
    """The person did not come to a fixed interview; `on` is the day it was missed."""

    interview_id: UUID


class NoteInterviewOverdue(DatedCommand):
    """The day by which the access interview was due is over, and none was held (P24)."""


class AssessEligibility(DatedCommand):
    """Find out from the recorded facts whether the person may be taken in charge on that day (I7b)."""


class AssessSuitability(DatedCommand):
    """A person's judgement after the access interview (idoneità; P15)."""

    outcome: SuitabilityOutcome
    assessor_id: UUID
    handed_to: Code | None = None


class TakeInCharge(DatedCommand):
    """Presa in carico, with the referent in the same act (I7b, P24)."""

    referent_id: UUID


class AssignReferent(DatedCommand):
    """Somebody else answers for the case from now on (P24)."""

    referent_id: UUID


class AgreePlan(DatedCommand):
    """The individual plan, or its next version, is agreed with the person (P24)."""

    ready_for: ReadyFor


class NotePlanOverdue(DatedCommand):
    """The day by which the plan was due is over, and there is none (P24)."""


class AddToFollowUpGroup(DatedCommand):
    """Somebody follows the case too; the referent stays who it is (P24)."""

    operator_id: UUID


class LeaveFollowUpGroup(DatedCommand):
    """Somebody does not follow the case any more (P24)."""

    operator_id: UUID


class OfferFamilySupport(DatedCommand):
    """A measure that lets the person take or keep work is offered (P75)."""

    support_id: UUID
    kind: FamilySupportKind


class StartFamilySupport(DatedCommand):
    """The person takes up a measure that was offered (P75)."""

    support_id: UUID


class SuspendCase(DatedCommand):
    """The case rests for a while, and the person stays in charge (P24)."""

    reason: SuspensionReason


class ResumeCase(DatedCommand):
    """The case goes on (P24)."""


class CloseCase(DatedCommand):
    """The case ends, and the person leaves in this state (P18, P24)."""

    exit_state: ExitState


class ReopenCase(DatedCommand):
    """Back to where the case stood before it was closed; counts as re-enrolled."""

    reason: ReopeningReason


class RecordFollowUp(DatedCommand):
    """What became of the person that many months after the exit (P18)."""

    months_after_exit: int
    outcome: FollowUpOutcome


class NoteFollowUpDue(DatedCommand):
    """It is to be asked what became of the person at the exit (0), or so many months after it (P18)."""

    months: int


class MergeCase(DatedCommand):
    """The person has another open case, `into_case_id`, which goes on as the only one (P25)."""

    into_case_id: UUID


class UnmergeCase(DatedCommand):
    """The merge of the two persons was a mistake: the case stands where it stood (P25)."""


class EraseFields(DatedCommand):
    """This case takes and shows no sealed value of its person any more (GDPR art. 17)."""


AdmissionCommand = (
    SubmitApplication | Enrol | RejectApplication | WithdrawApplication | VoidEnrolment | CorrectCharacteristics
)
FactCommand = (
    RecordEmploymentStatus
    | RecordResidence
    | DeclareOtherMeasure
    | RecordJobLoss
    | RecordWorkHistory
    | AssessFragility
    | AssessAutonomy
)
InterviewCommand = ScheduleInterview | HoldInterview | MissInterview | NoteInterviewOverdue
AssessmentCommand = AssessEligibility | AssessSuitability
ChargeCommand = TakeInCharge | AssignReferent | AgreePlan | NotePlanOverdue | SuspendCase | ResumeCase
CircleCommand = AddToFollowUpGroup | LeaveFollowUpGroup | OfferFamilySupport | StartFamilySupport
MergingCommand = MergeCase | UnmergeCase
ExitCommand = CloseCase | ReopenCase | RecordFollowUp | NoteFollowUpDue
CaseCommand = (
    AdmissionCommand
    | FactCommand
    | InterviewCommand
    | AssessmentCommand
    | ChargeCommand
    | CircleCommand
    | ExitCommand
    | MergingCommand
    | EraseFields
)
