"""Events of calls and of projects, from the submission to what becomes of them (P43-P45, P61, P63, P64).

A project of strand 3a is a natural person's: signatories get its id, its strand, where it stands and a band of amounts.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from insieme_events.contracts.agreement import Part
from insieme_events.contracts.base import Code
from insieme_events.contracts.funding import FundingEvent, MoneyEvent, Year
from insieme_events.contracts.vocabulary import Cents, Comune, Strand

Cup = Annotated[str, Field(pattern=r"^[A-Z]\d{2}[A-Z]\d{11}$")]
"""Codice unico di progetto of an investment with public money (standards 2.9).

Italian: codice unico di progetto (CUP).
"""

Points = Annotated[int, Field(ge=0, le=1000)]


class CallEvent(FundingEvent):
    """A call for projects of one strand (P43). Italian: avviso."""

    call_id: UUID
    strand: Strand


class CallOpened(CallEvent):
    """Projects of this strand may be submitted from `occurred_on` to `closes_on`, both included (P43)."""

    closes_on: date
    party_fields = ("call_id", "strand", "closes_on", "occurred_on")


class CallClosed(CallEvent):
    """No project is taken any more from `occurred_on` on (P43)."""

    party_fields = ("call_id", "strand", "occurred_on")


class ProjectEvent(FundingEvent):
    project_id: UUID
    strand: Strand


OF_PROJECT = ("project_id", "strand", "occurred_on")


class ProjectSubmitted(ProjectEvent):
    """A project enters the path (P43, P44).

    `proposer_id` is the person's id in strand 3a and the organisation's in 3b. `seat` is given for organisations only:
    the territory of a natural person does not travel.
    """

    call_id: UUID
    proposer_id: UUID
    sector: Code
    sustainability_years: Annotated[int, Field(ge=0, le=20)]
    seat: Comune | None
    requested_investment: Cents
    requested_consultancy: Cents
    agreement_version: Code
    party_fields = (*OF_PROJECT, "call_id")


class AccompanimentStarted(ProjectEvent):
    """Coaching begins (percorso di accompagnamento; P43). Italian: sostegno progettuale; accompagnamento."""

    party_fields = OF_PROJECT


class AccompanimentOutcome(StrEnum):
    READY = "ready"
    NOT_READY = "not_ready"
    ABANDONED = "abandoned"


class AccompanimentClosed(ProjectEvent):
    """Coaching is over; only a project that is ready may be funded (P43)."""

    outcome: AccompanimentOutcome
    party_fields = (*OF_PROJECT, "outcome")


class EvaluationOutcome(StrEnum):
    POSITIVE = "positive"
    NEGATIVE = "negative"


class CriterionScore(Part):
    """Points that a criterion got, and the most it can get (P63)."""

    criterion: Code
    points: Points
    most: Annotated[int, Field(ge=1, le=1000)]


class ProjectEvaluated(ProjectEvent):
    """The Comitato di valutazione judged the project technically; `score` in per cent of the points (P63)."""

    committee_id: UUID
    outcome: EvaluationOutcome
    score: Annotated[int, Field(ge=0, le=100)]
    criteria: tuple[CriterionScore, ...]
    members_present: tuple[UUID, ...]
    agreement_version: Code
    party_fields = (*OF_PROJECT, "committee_id", "outcome")


class ProjectApproved(ProjectEvent):
    """The Comitato di gestione approved a project that was evaluated positive (P64)."""

    committee_id: UUID
    members_present: tuple[UUID, ...]
    agreement_version: Code
    party_fields = (*OF_PROJECT, "committee_id")


class RejectionGround(StrEnum):
    NOT_EVALUATED_POSITIVE = "not_evaluated_positive"
    NO_BUDGET = "no_budget"
    NOT_IN_PLAN = "not_in_plan"
    NOT_SUSTAINABLE = "not_sustainable"


class ProjectRejected(ProjectEvent):
    """The Comitato di gestione does not approve or not fund the project (P64)."""

    committee_id: UUID
    members_present: tuple[UUID, ...]
    ground: RejectionGround
    party_fields = (*OF_PROJECT, "committee_id")


class ProjectFunded(ProjectEvent, MoneyEvent):
    """The Comitato di gestione grants investment and consultancy out of the budget of a source (P64).

    Italian: sostegno finanziario; contributo.
    """

    committee_id: UUID
    members_present: tuple[UUID, ...]
    year: Year
    source: Code
    investment: Cents
    consultancy: Cents
    cup: Cup | None = None
    agreement_version: Code
    party_fields = (*OF_PROJECT, "year", "source", "amount_band", "disclosed_amount", "agreement_version")


class InstalmentPaid(ProjectEvent, MoneyEvent):
    """Part of the grant was paid (P64). Italian: rata."""

    instalment_no: Annotated[int, Field(ge=1)]
    expenditure_id: UUID
    party_fields = (*OF_PROJECT, "instalment_no", "amount_band", "disclosed_amount")


class RevocationReason(StrEnum):
    CONDITIONS_BROKEN = "conditions_broken"
    ACTIVITY_CEASED = "activity_ceased"
    RENOUNCED = "renounced"


class FundingRevoked(ProjectEvent):
    """The grant is taken back: what was not paid is released (P64). Italian: revoca."""

    reason: RevocationReason
    party_fields = OF_PROJECT


class FundsReturned(ProjectEvent, MoneyEvent):
    """The beneficiary gave money back (P64)."""

    return_id: UUID
    party_fields = (*OF_PROJECT, "amount_band", "disclosed_amount")


class ProjectOutcome(StrEnum):
    COMPLETED = "completed"
    CEASED = "ceased"
    WITHDRAWN = "withdrawn"


class ProjectClosed(ProjectEvent):
    """Nothing more is paid; what the project became is followed all the same (P43, P61)."""

    outcome: ProjectOutcome
    party_fields = (*OF_PROJECT, "outcome")


class JobTargetDeclared(ProjectEvent):
    """How many jobs for fragile persons the project promises (P45)."""

    jobs: Annotated[int, Field(ge=0, le=500)]
    party_fields = (*OF_PROJECT, "jobs")


class WorkSuitability(StrEnum):
    """Whether the job fits what the person expects and can («contesti lavorativi adeguati», P45)."""

    SUITABLE = "suitable"
    PARTLY = "partly"
    NOT_SUITABLE = "not_suitable"


class PlacementLinkedToProject(ProjectEvent):
    """A placement of matching is a job that this project created (P45).

    Signatories see neither which one, which would lead to the enterprise of a natural person, nor the judgement.
    """

    employment_id: UUID
    suitability: WorkSuitability
    party_fields = OF_PROJECT


class UnlinkReason(StrEnum):
    PLACEMENT_VOIDED = "placement_voided"
    LINKED_BY_MISTAKE = "linked_by_mistake"


class PlacementUnlinkedFromProject(ProjectEvent):
    """The placement does not count for the project any more (P45)."""

    employment_id: UUID
    reason: UnlinkReason
    party_fields = (*OF_PROJECT, "reason")


class ConsolidationKind(StrEnum):
    MENTORING = "mentoring"
    ORDERS = "orders"
    PARTNERSHIP = "partnership"


class ConsolidationActionRecorded(ProjectEvent):
    """A company of the Board supports a funded project (P61). Italian: azione di consolidamento."""

    action_id: UUID
    company_id: UUID
    kind: ConsolidationKind
    party_fields = (*OF_PROJECT, "action_id", "company_id", "kind")


class ProjectSurvivalRecorded(ProjectEvent):
    """Whether the enterprise is alive so many months after the funding: 12, 24 or 36 (P61)."""

    months: Annotated[int, Field(ge=12, le=36, multiple_of=12)]
    alive: bool
    party_fields = (*OF_PROJECT, "months", "alive")


class MicrocreditReported(ProjectEvent, MoneyEvent):
    """The bank granted a microcredit to the project; it is no money of a budget (P43). Italian: microcredito."""

    report_id: UUID
    party_fields = (*OF_PROJECT, "amount_band", "disclosed_amount")
