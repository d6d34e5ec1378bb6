"""What reads of projects answer, and the examples of their commands (P43-P45, P61, P63, P64)."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from insieme_events.contracts.funding_projects import ConsolidationKind, WorkSuitability
from insieme_events.contracts.vocabulary import Strand
from insieme_events.http import Page

MEMBERS = ["4c1d8f0a-0e1b-4f55-9a3c-0a6f1f6b7d01", "4c1d8f0a-0e1b-4f55-9a3c-0a6f1f6b7d02"]
EVALUATION = "2f0e4c13-8a47-4d7c-91f7-d40c115b7a1e"
MANAGEMENT = "2f0e4c13-8a47-4d7c-91f7-d40c115b7a1f"

PROJECT_EXAMPLE = {
    "kind": "3b",
    "call_id": "7f4c1a52-3d0e-4e11-9a57-0c6f4f2b8a10",
    "proposer_id": "c0a1f3de-6f7b-4a39-b6a1-55c1ef3f2a77",
    "sector": "welfare_services",
    "sustainability_years": 3,
    "seat": "037006",
    "requested_investment": 600000,
    "requested_consultancy": 200000,
    "on": "2024-04-10",
}
EVALUATION_EXAMPLE = {
    "committee_id": EVALUATION,
    "criteria": [
        {"criterion": "social_impact", "points": 32, "most": 40},
        {"criterion": "sustainability", "points": 45, "most": 60},
    ],
    "outcome": "positive",
    "members_present": MEMBERS,
    "on": "2024-07-03",
}
APPROVAL_EXAMPLE = {"committee_id": MANAGEMENT, "members_present": MEMBERS, "on": "2024-07-10"}
REJECTION_EXAMPLE = {**APPROVAL_EXAMPLE, "ground": "not_in_plan"}
FUNDING_EXAMPLE = {
    "committee_id": MANAGEMENT,
    "vote": {"in_favour": MEMBERS, "meeting_id": "9e11a570-c6f4-4f2b-8a10-7f4c1a523d0e", "decision_no": 4},
    "year": 2024,
    "source": "comune_bologna",
    "investment": 600000,
    "consultancy": 200000,
    "cup": "G17H03000130001",
    "on": "2024-07-10",
}
MONEY_EXAMPLE = {"amount": 400000, "on": "2024-07-25"}
LINK_EXAMPLE = {
    "employment_id": "0b8a1a52-5a0e-4b0c-8f2b-2f1b8f3f9b11",
    "suitability": "suitable",
    "on": "2024-10-01",
}
UNLINK_EXAMPLE = {
    "employment_id": "0b8a1a52-5a0e-4b0c-8f2b-2f1b8f3f9b11",
    "reason": "linked_by_mistake",
    "on": "2024-10-02",
}
ACTION_EXAMPLE = {"company_id": "7f4c1a52-3d0e-4e11-9a57-0c6f4f2b8a10", "kind": "mentoring", "on": "2024-11-04"}

ProjectStatus = Literal["submitted", "evaluated", "approved", "rejected", "funded", "revoked", "closed"]


class ProjectRow(BaseModel):
    """Money in euro cents. `conflict_late`: a conflict was declared after the funding by somebody who took part."""

    project_id: UUID
    strand: Strand
    call_id: UUID
    proposer_id: UUID
    sector: str
    seat: str | None
    status: ProjectStatus
    submitted_on: date
    accompaniment: str | None
    outcome: str | None
    score: int | None
    evaluated_on: date | None
    approved_on: date | None
    funded_on: date | None
    year: int | None
    source: str | None
    granted: int | None
    paid: int | None
    returned: int | None
    cup: str | None
    jobs: int | None
    microcredit: int
    conflict_late: bool
    version: int


class PlacementRow(BaseModel):
    employment_id: UUID
    suitability: WorkSuitability
    linked_on: date
    active: bool


class ActionRow(BaseModel):
    action_id: UUID
    company_id: UUID
    kind: ConsolidationKind
    on_day: date


class SurvivalRow(BaseModel):
    months: int
    alive: bool
    recorded_on: date


class ProjectDetail(ProjectRow):
    placements: list[PlacementRow]
    actions: list[ActionRow]
    survival: list[SurvivalRow]


class ProjectPage(Page):
    items: list[ProjectRow]
