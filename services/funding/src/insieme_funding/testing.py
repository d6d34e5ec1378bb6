"""Builders for tests of funding: one of everything, each value replaceable by name, and the way of one project."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from insieme_events.contracts import Actor, DomainEvent
from insieme_events.contracts.funding import ActivityKind, money
from insieme_events.contracts.funding_budget import (
    AnnualBudgetSet,
    CommitmentKind,
    ExpenditureRecorded,
    FundsCommitted,
    StrandAmount,
)
from insieme_events.contracts.funding_committees import (
    CommitteeAppointed,
    CommitteeKind,
    CommitteeMember,
    ConflictDeclared,
)
from insieme_events.contracts.funding_projects import (
    AccompanimentClosed,
    AccompanimentOutcome,
    AccompanimentStarted,
    CallOpened,
    CriterionScore,
    EvaluationOutcome,
    ProjectApproved,
    ProjectEvaluated,
    ProjectFunded,
    ProjectSubmitted,
)
from insieme_events.contracts.vocabulary import ProjectKind, Strand
from insieme_events.decider import Circumstances
from insieme_events.gates import Interval
from insieme_events.testing.agreements import agreement
from insieme_funding.budget import BudgetCircumstances, Commit, RecordExpenditure, SetAnnualBudget
from insieme_funding.committee import AppointCommittee, CommitteeCircumstances
from insieme_funding.decision import ApproveActivityFunding, DecisionCircumstances, ProposeActivityFunding
from insieme_funding.gates import budget_id
from insieme_funding.panel import Panel, Vote
from insieme_funding.project import (
    ApproveProject,
    CallSeen,
    EvaluateProject,
    FundProject,
    PlacementSeen,
    ProjectCircumstances,
    SubmitProject,
)

ACTOR = Actor(party="citta_metropolitana", role="operator", purpose="funding")
CALL_ID, PROJECT_ID, PROPOSER, DECISION_ID, ACTIVITY_ID, MEETING, EXPENDITURE, EMPLOYMENT, COMPANY_ID, AMENDMENT = (
    UUID(int=n) for n in range(1, 11)
)
EVALUATION_ID, MANAGEMENT_ID = UUID(int=21), UUID(int=22)
EVALUATORS = {UUID(int=31): "comune_bologna", UUID(int=32): "citta_metropolitana"}
MANAGERS = {
    UUID(int=41): "comune_bologna",
    UUID(int=42): "citta_metropolitana",
    UUID(int=43): "fondazione_san_petronio",
}
TODAY = date(2022, 12, 31)
YEAR, SOURCE = 2022, "comune_bologna"
BUDGET_ID = budget_id(YEAR, SOURCE)
AGREEMENT = agreement()
B3, B2, A3 = Strand.SOCIAL_INNOVATION, Strand.TRAINING_TARGETED, Strand.SELF_ENTERPRISE
CEILINGS = {B3: 2_000_000, B2: 1_000_000, A3: 1_000_000}
ACCOUNTS = Circumstances(ACTOR, TODAY, AGREEMENT)


def lines(**amounts: int) -> tuple[StrandAmount, ...]:
    """`lines(s3b=100)`: a line of strand 3b."""
    return tuple(StrandAmount(strand=Strand(name.removeprefix("s")), amount=a) for name, a in amounts.items())


def budget_circumstances(**changes: Any) -> BudgetCircumstances:
    values: dict[str, Any] = {
        "actor": ACTOR,
        "today": TODAY,
        "agreement": AGREEMENT,
        "ceilings": CEILINGS,
        "previous": None,
    }
    return BudgetCircumstances(**{**values, **changes})


def set_budget(**changes: Any) -> SetAnnualBudget:
    values: dict[str, Any] = {
        "year": YEAR,
        "source": SOURCE,
        "borne_by": "comune_bologna",
        "lines": lines(s3b=1_000_000, s2b=500_000),
        "on": date(2022, 1, 20),
    }
    return SetAnnualBudget(**{**values, **changes})


def budget_set(**changes: Any) -> AnnualBudgetSet:
    """What `set_budget` leads to."""
    values: dict[str, Any] = {
        "budget_id": BUDGET_ID,
        "year": YEAR,
        "source": SOURCE,
        "borne_by": "comune_bologna",
        "lines": lines(s3b=1_000_000, s2b=500_000),
        "provisional": False,
        "agreement_version": "2021.1",
        "occurred_on": date(2022, 1, 20),
    }
    return AnnualBudgetSet(**{**values, **changes})


def commit(**changes: Any) -> Commit:
    values: dict[str, Any] = {
        "commitment_id": PROJECT_ID,
        "kind": CommitmentKind.PROJECT,
        "strand": B3,
        "amount": 800_000,
        "personal": False,
        "on": date(2022, 5, 20),
    }
    return Commit(**{**values, **changes})


def committed(amount: int = 800_000, strand: Strand = B3, personal: bool = False, **changes: Any) -> FundsCommitted:
    values: dict[str, Any] = {
        "budget_id": BUDGET_ID,
        "year": YEAR,
        "source": SOURCE,
        "commitment_id": PROJECT_ID,
        "commitment_kind": CommitmentKind.PROJECT,
        "occurred_on": date(2022, 5, 20),
    }
    return FundsCommitted(**money(strand, amount, personal), **{**values, **changes})


def expenditure(**changes: Any) -> RecordExpenditure:
    values: dict[str, Any] = {"expenditure_id": EXPENDITURE, "strand": B2, "amount": 100_000, "on": date(2022, 3, 1)}
    return RecordExpenditure(**{**values, **changes})


def spent(amount: int = 100_000, strand: Strand = B2, personal: bool = False, **changes: Any) -> ExpenditureRecorded:
    values: dict[str, Any] = {
        "budget_id": BUDGET_ID,
        "year": YEAR,
        "source": SOURCE,
        "expenditure_id": EXPENDITURE,
        "commitment_id": None,
        "borne_by": "comune_bologna",
        "occurred_on": date(2022, 3, 1),
    }
    return ExpenditureRecorded(**money(strand, amount, personal), **{**values, **changes})


def members(who: dict[UUID, str]) -> tuple[CommitteeMember, ...]:
    return tuple(CommitteeMember(member_id=member, party=party) for member, party in who.items())


def appoint(**changes: Any) -> AppointCommittee:
    values: dict[str, Any] = {
        "committee_id": EVALUATION_ID,
        "kind": CommitteeKind.EVALUATION,
        "members": members(EVALUATORS),
        "mandate_to": date(2024, 12, 31),
        "on": date(2022, 1, 10),
    }
    return AppointCommittee(**{**values, **changes})


def appointed(**changes: Any) -> CommitteeAppointed:
    values: dict[str, Any] = {
        "committee_id": EVALUATION_ID,
        "kind": CommitteeKind.EVALUATION,
        "members": members(EVALUATORS),
        "parties": ("citta_metropolitana", "comune_bologna"),
        "mandate_to": date(2024, 12, 31),
        "occurred_on": date(2022, 1, 10),
    }
    return CommitteeAppointed(**{**values, **changes})


def conflict(**changes: Any) -> ConflictDeclared:
    values: dict[str, Any] = {
        "committee_id": EVALUATION_ID,
        "kind": CommitteeKind.EVALUATION,
        "member_id": UUID(int=31),
        "party": "comune_bologna",
        "project_id": PROJECT_ID,
        "occurred_on": date(2022, 4, 1),
    }
    return ConflictDeclared(**{**values, **changes})


def committee_circumstances(overlaps: bool = False, project_known: bool = True) -> CommitteeCircumstances:
    return CommitteeCircumstances(ACTOR, TODAY, AGREEMENT, overlaps, project_known)


def panel(kind: CommitteeKind = CommitteeKind.MANAGEMENT, **changes: Any) -> Panel:
    evaluates = kind is CommitteeKind.EVALUATION
    values: dict[str, Any] = {
        "committee_id": EVALUATION_ID if evaluates else MANAGEMENT_ID,
        "kind": kind,
        "since": date(2022, 1, 10),
        "until": date(2024, 12, 31),
        "members": EVALUATORS if evaluates else MANAGERS,
    }
    return Panel(**{**values, **changes})


def vote(**changes: Any) -> Vote:
    values: dict[str, Any] = {"in_favour": tuple(MANAGERS), "meeting_id": MEETING, "decision_no": 1}
    return Vote(**{**values, **changes})


def project_circumstances(**changes: Any) -> ProjectCircumstances:
    """Everything as it should be; the Comitato di gestione decides."""
    values: dict[str, Any] = {
        "actor": ACTOR,
        "today": TODAY,
        "agreement": AGREEMENT,
        "panel": panel(),
        "call": CallSeen(B3, date(2022, 2, 1), date(2022, 2, 28)),
        "in_charge": (Interval(date(2021, 6, 1), None),),
        "placement": PlacementSeen(date(2022, 9, 1), voided=False),
        "board": (Interval(date(2021, 6, 1), None),),
    }
    return ProjectCircumstances(**{**values, **changes})


EVALUATING = project_circumstances(panel=panel(CommitteeKind.EVALUATION))


def submit(**changes: Any) -> SubmitProject:
    values: dict[str, Any] = {
        "project_id": PROJECT_ID,
        "kind": ProjectKind.SOCIAL_INNOVATION,
        "call_id": CALL_ID,
        "proposer_id": PROPOSER,
        "sector": "welfare_services",
        "sustainability_years": 3,
        "seat": "037006",
        "requested_investment": 600_000,
        "requested_consultancy": 200_000,
        "on": date(2022, 2, 10),
    }
    return SubmitProject(**{**values, **changes})


def evaluate(**changes: Any) -> EvaluateProject:
    values: dict[str, Any] = {
        "committee_id": EVALUATION_ID,
        "criteria": (CriterionScore(criterion="impact", points=80, most=100),),
        "outcome": EvaluationOutcome.POSITIVE,
        "members_present": tuple(EVALUATORS),
        "on": date(2022, 5, 2),
    }
    return EvaluateProject(**{**values, **changes})


def approve(**changes: Any) -> ApproveProject:
    values: dict[str, Any] = {
        "committee_id": MANAGEMENT_ID,
        "members_present": tuple(MANAGERS),
        "on": date(2022, 5, 10),
    }
    return ApproveProject(**{**values, **changes})


def fund(**changes: Any) -> FundProject:
    values: dict[str, Any] = {
        "committee_id": MANAGEMENT_ID,
        "vote": vote(),
        "year": YEAR,
        "source": SOURCE,
        "investment": 600_000,
        "consultancy": 200_000,
        "on": date(2022, 5, 20),
    }
    return FundProject(**{**values, **changes})


def of_project(on: date, strand: Strand = B3) -> dict[str, Any]:
    return {"project_id": PROJECT_ID, "strand": strand, "occurred_on": on}


def submitted(strand: Strand = B3, **changes: Any) -> ProjectSubmitted:
    values: dict[str, Any] = {
        **of_project(date(2022, 2, 10), strand),
        "call_id": CALL_ID,
        "proposer_id": PROPOSER,
        "sector": "welfare_services",
        "sustainability_years": 3,
        "seat": "037006" if strand is B3 else None,
        "requested_investment": 600_000,
        "requested_consultancy": 200_000,
        "agreement_version": "2021.1",
    }
    return ProjectSubmitted(**{**values, **changes})


def accompanied(strand: Strand = B3, outcome: AccompanimentOutcome = AccompanimentOutcome.READY) -> list[DomainEvent]:
    return [
        AccompanimentStarted(**of_project(date(2022, 3, 1), strand)),
        AccompanimentClosed(**of_project(date(2022, 4, 20), strand), outcome=outcome),
    ]


def evaluated(strand: Strand = B3, **changes: Any) -> ProjectEvaluated:
    values: dict[str, Any] = {
        **of_project(date(2022, 5, 2), strand),
        "committee_id": EVALUATION_ID,
        "outcome": EvaluationOutcome.POSITIVE,
        "score": 80,
        "criteria": (CriterionScore(criterion="impact", points=80, most=100),),
        "members_present": tuple(EVALUATORS),
        "agreement_version": "2021.1",
    }
    return ProjectEvaluated(**{**values, **changes})


def approved(strand: Strand = B3, **changes: Any) -> ProjectApproved:
    values: dict[str, Any] = {
        **of_project(date(2022, 5, 10), strand),
        "committee_id": MANAGEMENT_ID,
        "members_present": tuple(MANAGERS),
        "agreement_version": "2021.1",
    }
    return ProjectApproved(**{**values, **changes})


def funded(strand: Strand = B3, amount: int = 800_000, **changes: Any) -> ProjectFunded:
    values: dict[str, Any] = {
        **of_project(date(2022, 5, 20), strand),
        **money(strand, amount),
        "committee_id": MANAGEMENT_ID,
        "members_present": tuple(MANAGERS),
        "year": YEAR,
        "source": SOURCE,
        "investment": amount - 200_000,
        "consultancy": 200_000,
        "cup": None,
        "agreement_version": "2021.1",
    }
    return ProjectFunded(**{**values, **changes})


def to_approval(strand: Strand = B3) -> list[DomainEvent]:
    """A project that may be funded."""
    return [submitted(strand), *accompanied(strand), evaluated(strand), approved(strand)]


def to_funding(strand: Strand = B3) -> list[DomainEvent]:
    return [*to_approval(strand), funded(strand)]


def call_opened(**changes: Any) -> CallOpened:
    values: dict[str, Any] = {
        "call_id": CALL_ID,
        "strand": B3,
        "closes_on": date(2022, 2, 28),
        "occurred_on": date(2022, 2, 1),
    }
    return CallOpened(**{**values, **changes})


def decision_circumstances(**changes: Any) -> DecisionCircumstances:
    values: dict[str, Any] = {"actor": ACTOR, "today": TODAY, "agreement": AGREEMENT, "panel": panel()}
    return DecisionCircumstances(**{**values, **changes})


def propose(**changes: Any) -> ProposeActivityFunding:
    values: dict[str, Any] = {
        "decision_id": DECISION_ID,
        "activity_kind": ActivityKind.COURSE,
        "activity_id": ACTIVITY_ID,
        "strand": B2,
        "year": YEAR,
        "source": SOURCE,
        "amount": 300_000,
        "on": date(2022, 3, 1),
    }
    return ProposeActivityFunding(**{**values, **changes})


def approve_activity(**changes: Any) -> ApproveActivityFunding:
    values: dict[str, Any] = {"committee_id": MANAGEMENT_ID, "vote": vote(), "on": date(2022, 3, 10)}
    return ApproveActivityFunding(**{**values, **changes})
