"""Events of the two committees and of their decisions on spending (P63, P64, P69).

Members are persons: opaque ids, which signatories do not get; they get the parties that named them.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from insieme_events.contracts.agreement import Part, SpendingRule
from insieme_events.contracts.base import Code
from insieme_events.contracts.funding import ActivityKind, FundingEvent, MoneyEvent, Year
from insieme_events.contracts.funding_budget import CommitmentKind
from insieme_events.contracts.vocabulary import Strand


class CommitteeKind(StrEnum):
    """Comitato di valutazione and Comitato di gestione (P63, P64)."""

    EVALUATION = "evaluation"
    """Judges projects technically (P63). Italian: Comitato di valutazione."""
    MANAGEMENT = "management"
    """Approves activities and pays for them (P64). Italian: Comitato di gestione."""


class CommitteeMember(Part):
    member_id: UUID
    party: Code


class CommitteeEvent(FundingEvent):
    committee_id: UUID
    kind: CommitteeKind


class CommitteeAppointed(CommitteeEvent):
    """A committee begins its mandate on `occurred_on`; `mandate_to` is its last day (P63, P64)."""

    mandate_to: date
    members: tuple[CommitteeMember, ...]
    parties: tuple[Code, ...]
    party_fields = ("committee_id", "kind", "mandate_to", "parties", "occurred_on")


class ConflictDeclared(CommitteeEvent):
    """A member has an interest of its own in a project and takes no part in any decision on it (P63).

    Italian: conflitto di interessi.
    """

    member_id: UUID
    party: Code
    project_id: UUID
    party_fields = ("committee_id", "kind", "party", "project_id", "occurred_on")


class CommitteeEnded(CommitteeEvent):
    """The mandate ended before its last day: `occurred_on` is the first day without it (P63, P64)."""

    party_fields = ("committee_id", "kind", "occurred_on")


class RefusalGround(StrEnum):
    """Why the Comitato di gestione does not fund an activity (P64)."""

    NO_BUDGET = "no_budget"
    NOT_IN_PLAN = "not_in_plan"
    NOT_USEFUL = "not_useful"
    WITHDRAWN = "withdrawn"


class DecisionEvent(FundingEvent):
    decision_id: UUID
    strand: Strand


class ActivityFundingProposed(DecisionEvent, MoneyEvent):
    """An activity asks for money of a budget (P64)."""

    activity_kind: ActivityKind
    activity_id: UUID
    year: Year
    source: Code
    party_fields = (
        "decision_id",
        "activity_kind",
        "strand",
        "year",
        "source",
        "amount_band",
        "disclosed_amount",
        "occurred_on",
    )


class ActivityFundingRefused(DecisionEvent):
    """The Comitato di gestione does not fund the activity (P64)."""

    committee_id: UUID
    activity_kind: ActivityKind
    activity_id: UUID
    ground: RefusalGround
    party_fields = ("decision_id", "activity_kind", "strand", "ground", "occurred_on")


class ActivityFundingEnded(DecisionEvent):
    """The activity is over, or does not take place: what was not paid is released (P64)."""

    activity_kind: ActivityKind
    activity_id: UUID
    party_fields = ("decision_id", "activity_kind", "strand", "occurred_on")


class Consent(StrEnum):
    IN_FAVOUR = "in_favour"
    AGAINST = "against"
    ABSTAINED = "abstained"


class PartyConsent(Part):
    """How the member that a party named stood to a spending; members of the same party may differ (P69)."""

    party: Code
    consent: Consent


class SpendingDecisionTaken(MoneyEvent):
    """Who decided which spending, with which consent, and in which minutes that stands (P69).

    `subject_id` is the project or the activity's decision; `meeting_id` and `decision_no` lead to the minutes.

    Italian: scelte circa l'utilizzo delle risorse.
    """

    committee_id: UUID
    subject_kind: CommitmentKind
    subject_id: UUID
    year: Year
    source: Code
    rule: SpendingRule
    meeting_id: UUID
    decision_no: Annotated[int, Field(ge=1, le=999)]
    consents: tuple[PartyConsent, ...]
    agreement_version: Code
    party_fields = (
        "committee_id",
        "subject_kind",
        "subject_id",
        "strand",
        "year",
        "source",
        "rule",
        "meeting_id",
        "decision_no",
        "consents",
        "amount_band",
        "disclosed_amount",
        "agreement_version",
        "occurred_on",
    )
