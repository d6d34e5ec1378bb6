"""Events of governance: the annual plan and its resources, the Board, the presentation, the study (P16, P52-P84)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from insieme_events.contracts.agreement import Part
from insieme_events.contracts.base import Code
from insieme_events.contracts.governance import GovernanceEvent
from insieme_events.contracts.vocabulary import Cents, Comune, Strand

Year = Annotated[int, Field(ge=2017, le=2099)]
"""A calendar year of the programme, which began in 2017."""

Percent = Annotated[int, Field(ge=0, le=100)]

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Framework(StrEnum):
    """The frameworks that the actions of the programme stand in (P16, P17)."""

    METROPOLITAN_PACT = "patto_metropolitano"
    """Italian: Patto metropolitano per il lavoro e lo sviluppo sostenibile."""
    COMMUNITY_FUND = "fondo_metropolitano_di_comunita"
    """Italian: Fondo metropolitano di comunità."""
    REGIONAL_POLICIES = "politiche_regionali"
    """Italian: politiche regionali per l'occupazione."""


class Ceiling(Part):
    """The most that a plan lets a source spend on a strand in the year (P52, P66)."""

    source: Code
    strand: Strand
    amount: Cents


class PlannedAction(Part):
    """An action of the plan, paid by one source (P16, P17, P48).

    `regional_policy` is the regional policy that it sits in; `completes` the entry of the regional measure that it
    completes.

    Italian: linea di azione.
    """

    action_id: UUID
    strand: Strand
    source: Code
    planned_cost: Cents
    frameworks: tuple[Framework, ...] = ()
    regional_policy: Code | None = None
    completes: UUID | None = None


class PlanEvent(GovernanceEvent):
    year: int


class ResourcesCommitted(PlanEvent):
    """What a party puts into the year from a source, in all: a later event about both takes its place (P72).

    It is for all strands (transversal) until the plan divides it.

    Italian: risorse economiche annuali; programmazione finanziaria annuale.
    """

    party: Code
    source: Code
    strand: Strand = Strand.TRANSVERSAL
    amount: Cents
    agreement_version: Code
    party_fields = ("year", "party", "source", "strand", "amount", "agreement_version", "occurred_on")


class ResourcesCashed(PlanEvent):
    """What has come in of a commitment so far, in all (P52)."""

    party: Code
    source: Code
    strand: Strand = Strand.TRANSVERSAL
    amount: Cents
    party_fields = ("year", "party", "source", "strand", "amount", "occurred_on")


class CommitmentMissing(PlanEvent):
    """A party that bears a share of the costs had committed nothing for the year by `due_on` (P72)."""

    party: Code
    due_on: date
    agreement_version: Code
    party_fields = ("year", "party", "due_on", "agreement_version", "occurred_on")


class WorkPlanDrafted(PlanEvent):
    """A draft of the plan of the year (piano di lavoro annuale); the next one takes its place (P52)."""

    ceilings: tuple[Ceiling, ...]
    actions: tuple[PlannedAction, ...]
    party_fields = ("year", "ceilings", "actions", "occurred_on")


class WorkPlanRejected(PlanEvent):
    """A held meeting of the Tavolo decided against the draft (P52)."""

    meeting_id: UUID
    decision_no: int
    party_fields = ("year", "meeting_id", "decision_no", "occurred_on")


class WorkPlanApproved(PlanEvent):
    """A held meeting of the Tavolo approved the plan of the year, within the resources committed (P52).

    Italian: piano di lavoro annuale.
    """

    meeting_id: UUID
    decision_no: int
    ceilings: tuple[Ceiling, ...]
    agreement_version: Code
    party_fields = ("year", "meeting_id", "decision_no", "ceilings", "agreement_version", "occurred_on")


class WorkPlanAmendmentProposed(PlanEvent):
    """New ceilings, some of them lower: funding answers whether its budgets fit under them (P52, P66)."""

    amendment_id: UUID
    meeting_id: UUID
    decision_no: int
    ceilings: tuple[Ceiling, ...]
    actions: tuple[PlannedAction, ...]
    agreement_version: Code
    party_fields = (
        "year",
        "amendment_id",
        "meeting_id",
        "decision_no",
        "ceilings",
        "actions",
        "agreement_version",
        "occurred_on",
    )


class WorkPlanAmended(PlanEvent):
    """From now on these ceilings hold, and these are the actions (P52)."""

    amendment_id: UUID
    meeting_id: UUID
    decision_no: int
    ceilings: tuple[Ceiling, ...]
    actions: tuple[PlannedAction, ...]
    agreement_version: Code
    party_fields = (
        "year",
        "amendment_id",
        "meeting_id",
        "decision_no",
        "ceilings",
        "actions",
        "agreement_version",
        "occurred_on",
    )


class WorkPlanAmendmentRejected(PlanEvent):
    """More is committed than the lower ceilings allow: the plan stays as it was (P52, P66)."""

    amendment_id: UUID
    party_fields = ("year", "amendment_id", "occurred_on")


class PlanYearClosed(PlanEvent):
    """The year is over and reported on: nothing of its plan changes any more (P52)."""

    party_fields = ("year", "occurred_on")


class ActionTagged(PlanEvent):
    """The frameworks, the regional policy and the regional measure that an action belongs to (P16, P17, P48)."""

    action_id: UUID
    frameworks: tuple[Framework, ...]
    regional_policy: Code | None
    completes: UUID | None
    party_fields = ("year", "action_id", "frameworks", "regional_policy", "completes", "occurred_on")


class ActionAssigned(PlanEvent):
    """The Tavolo tecnico assigned an action to a party, to be done by `due_on` (P58)."""

    action_id: UUID
    strand: Strand
    party: Code
    due_on: date | None
    party_fields = ("year", "action_id", "strand", "party", "due_on", "occurred_on")


class ActionProgressReported(PlanEvent):
    """How far an action is; `late` where it is not done and its day has passed (P58)."""

    action_id: UUID
    strand: Strand
    percent: Percent
    late: bool
    party_fields = ("year", "action_id", "strand", "percent", "late", "occurred_on")


class BoardEvent(GovernanceEvent):
    company_id: UUID


class CompanyJoinedBoard(BoardEvent):
    """A company joined the Board by a signed adhesion (P59).

    `merged_from` is the id under which it was a member before the two ids were merged. `agreement_version` is None
    where nobody had adopted one yet.
    """

    adhesion_on: date | None = None
    merged_from: UUID | None = None
    agreement_version: Code | None = None
    party_fields = ("company_id", "adhesion_on", "merged_from", "occurred_on")


class CompanyLeftBoard(BoardEvent):
    """`occurred_on` is the first day on which it is no member; `merged_into` the id that goes on for it (P59)."""

    merged_into: UUID | None = None
    party_fields = ("company_id", "merged_into", "occurred_on")


class PresentationKind(StrEnum):
    """How the results were presented to the public (P56)."""

    IN_PERSON = "in_person"
    ONLINE = "online"
    BOTH = "both"


class PresentationEvent(GovernanceEvent):
    year: int


class AnnualResultsPresented(PresentationEvent):
    """The Tavolo presented the results of the year in public, out of a frozen set (P56).

    Italian: presentazione pubblica dei risultati.
    """

    snapshot_id: UUID
    snapshot_hash: Sha256
    comune: Comune
    kind: PresentationKind
    late: bool
    party_fields = ("year", "snapshot_id", "snapshot_hash", "comune", "kind", "late", "occurred_on")


class AnnualPresentationOverdue(PresentationEvent):
    """The year ended without its presentation (P56)."""

    due_on: date
    party_fields = ("year", "due_on", "occurred_on")


class LegalForm(StrEnum):
    """What Insieme per il lavoro could become (P83, P84)."""

    AS_IT_IS = "as_it_is"
    ASSOCIATION = "association"
    CONSORTIUM = "consortium"
    FOUNDATION = "foundation"
    SOCIAL_ENTERPRISE = "social_enterprise"
    SPECIAL_AGENCY = "special_agency"


class StudyMilestone(StrEnum):
    """The steps of the study (P83)."""

    GROUP_SET_UP = "group_set_up"
    OPTIONS_COMPARED = "options_compared"
    LEGAL_OPINION = "legal_opinion"
    FINANCIAL_PLAN = "financial_plan"
    DRAFT_STATUTE = "draft_statute"


class StudyOutcome(StrEnum):
    FORM_PROPOSED = "form_proposed"
    NO_NEW_FORM = "no_new_form"


class StudyEvent(GovernanceEvent):
    """Of the study on a new legal form; `document_id` is an entry of the parties' own archive."""

    protocol_id: UUID


class LegalFormStudyStarted(StudyEvent):
    """`late` after the month of the signature's year in which it had to start (P82).

    Italian: studio sulla nuova rilevanza giuridica e organizzativa.
    """

    late: bool
    agreement_version: Code | None
    party_fields = ("protocol_id", "late", "agreement_version", "occurred_on")


class StudyStartOverdue(StudyEvent):
    """The study had not started by `due_on` (P82)."""

    due_on: date
    agreement_version: Code | None
    party_fields = ("protocol_id", "due_on", "agreement_version", "occurred_on")


class StudyMilestoneReached(StudyEvent):
    milestone: StudyMilestone
    option: LegalForm | None
    document_id: UUID | None
    party_fields = ("protocol_id", "milestone", "option", "document_id", "occurred_on")


class StudyConcluded(StudyEvent):
    """What the study comes to; the parties decide on it in the Tavolo (P83)."""

    outcome: StudyOutcome
    option: LegalForm | None
    document_id: UUID
    party_fields = ("protocol_id", "outcome", "option", "document_id", "occurred_on")
