"""What funding and the plan of governance tell, in short words, for histories of figures."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from insieme_events.contracts import funding_budget as budgets
from insieme_events.contracts import funding_projects as projects
from insieme_events.contracts import governance_plan as plans
from insieme_events.contracts.funding import ActivityFundingApproved, ActivityKind, money
from insieme_events.contracts.funding_committees import ActivityFundingProposed, ActivityFundingRefused, RefusalGround
from insieme_events.contracts.vocabulary import Strand
from insieme_reporting.testing import History

VERSION = "2017.1"
Lines = dict[Strand, int]


class Budget:
    """A budget of a year and a source; every amount in euro cents."""

    def __init__(self, history: History, year: int, source: str, lines: Lines, party: str = "comune_bologna") -> None:
        self.history, self.budget_id, self.party = history, uuid4(), party
        self.ids: dict[str, Any] = {"budget_id": self.budget_id, "year": year, "source": source}
        self.first = date(year, 1, 1)
        self.record(
            budgets.AnnualBudgetSet(
                **self.ids,
                borne_by=party,
                lines=amounts(lines),
                provisional=False,
                agreement_version=VERSION,
                occurred_on=self.first,
            )
        )

    def record(self, event: budgets.BudgetEvent) -> None:
        self.history.record(f"budget-{self.budget_id}", event)

    def amended(self, lines: Lines, on: date) -> None:
        cause = budgets.AmendmentCause.DECIDED
        self.record(
            budgets.BudgetAmended(**self.ids, lines=amounts(lines), provisional=False, cause=cause, occurred_on=on)
        )

    def commit(self, strand: Strand, amount: int, on: date, commitment_id: UUID | None = None) -> UUID:
        made = commitment_id or uuid4()
        kind = budgets.CommitmentKind.PROJECT if commitment_id else budgets.CommitmentKind.ACTIVITY
        self.record(
            budgets.FundsCommitted(
                **self.ids, **money(strand, amount), commitment_id=made, commitment_kind=kind, occurred_on=on
            )
        )
        return made

    def release(self, commitment_id: UUID, strand: Strand, amount: int, on: date) -> None:
        reason = budgets.ReleaseReason.CLOSED
        self.record(
            budgets.CommitmentReleased(
                **self.ids, **money(strand, amount), commitment_id=commitment_id, reason=reason, occurred_on=on
            )
        )

    def spend(self, strand: Strand, amount: int, on: date, commitment_id: UUID | None = None) -> None:
        self.record(
            budgets.ExpenditureRecorded(
                **self.ids,
                **money(strand, amount),
                expenditure_id=uuid4(),
                commitment_id=commitment_id,
                borne_by=self.party,
                occurred_on=on,
            )
        )

    def returned(self, commitment_id: UUID, strand: Strand, amount: int, on: date) -> None:
        self.record(
            budgets.ExpenditureReturned(
                **self.ids,
                **money(strand, amount),
                return_id=uuid4(),
                commitment_id=commitment_id,
                borne_by=self.party,
                occurred_on=on,
            )
        )


def amounts(lines: Lines) -> tuple[budgets.StrandAmount, ...]:
    return tuple(budgets.StrandAmount(strand=strand, amount=amount) for strand, amount in lines.items())


class Project:
    """A project of a call; each step on its day."""

    def __init__(self, history: History, strand: Strand, call_id: UUID, on: date) -> None:
        self.history, self.project_id = history, uuid4()
        self.strand, self.ids = strand, {"project_id": self.project_id, "strand": strand}
        self.record(
            projects.ProjectSubmitted(
                **self.ids,
                call_id=call_id,
                proposer_id=uuid4(),
                sector="care",
                sustainability_years=3,
                seat=None,
                requested_investment=600_000,
                requested_consultancy=200_000,
                agreement_version=VERSION,
                occurred_on=on,
            )
        )

    def record(self, event: projects.ProjectEvent) -> None:
        self.history.record(f"project-{self.project_id}", event)

    def accompanied(self, first: date, last: date) -> None:
        self.record(projects.AccompanimentStarted(**self.ids, occurred_on=first))
        ready = projects.AccompanimentOutcome.READY
        self.record(projects.AccompanimentClosed(**self.ids, outcome=ready, occurred_on=last))

    def evaluated(self, on: date, positive: bool = True) -> None:
        outcome = projects.EvaluationOutcome.POSITIVE if positive else projects.EvaluationOutcome.NEGATIVE
        self.record(
            projects.ProjectEvaluated(
                **self.ids,
                committee_id=uuid4(),
                outcome=outcome,
                score=70 if positive else 30,
                criteria=(),
                members_present=(),
                agreement_version=VERSION,
                occurred_on=on,
            )
        )

    def approved(self, on: date) -> None:
        by: dict[str, Any] = {"committee_id": uuid4(), "members_present": (), "agreement_version": VERSION}
        self.record(projects.ProjectApproved(**self.ids, **by, occurred_on=on))

    def funded(self, on: date, amount: int, source: str = "comune", jobs: int | None = None) -> None:
        if jobs is not None:
            self.record(projects.JobTargetDeclared(**self.ids, jobs=jobs, occurred_on=on))
        self.record(
            projects.ProjectFunded(
                **self.ids | money(self.strand, amount),
                committee_id=uuid4(),
                members_present=(),
                year=on.year,
                source=source,
                investment=amount,
                consultancy=0,
                agreement_version=VERSION,
                occurred_on=on,
            )
        )

    def paid(self, on: date, amount: int, number: int = 1) -> None:
        paid = money(self.strand, amount)
        event = projects.InstalmentPaid(**self.ids | paid, instalment_no=number, expenditure_id=uuid4(), occurred_on=on)
        self.record(event)

    def linked(self, employment_id: UUID, on: date) -> None:
        fits = projects.WorkSuitability.SUITABLE
        self.record(
            projects.PlacementLinkedToProject(**self.ids, employment_id=employment_id, suitability=fits, occurred_on=on)
        )

    def unlinked(self, employment_id: UUID, on: date) -> None:
        why = projects.UnlinkReason.LINKED_BY_MISTAKE
        self.record(
            projects.PlacementUnlinkedFromProject(**self.ids, employment_id=employment_id, reason=why, occurred_on=on)
        )


def call(history: History, strand: Strand, on: date, closes_on: date) -> UUID:
    call_id = uuid4()
    history.record(
        f"call-{call_id}", projects.CallOpened(call_id=call_id, strand=strand, closes_on=closes_on, occurred_on=on)
    )
    return call_id


def activity(history: History, kind: ActivityKind, on: date, amount: int, approved: bool = True) -> UUID:
    """An activity of 2.b that asks for money of the Comune, and the answer."""
    decision_id, activity_id, strand = uuid4(), uuid4(), Strand.TRAINING_TARGETED
    ids: dict[str, Any] = {"decision_id": decision_id, "activity_kind": kind, "activity_id": activity_id}
    stream = f"funding_decision-{decision_id}"
    place: dict[str, Any] = {"year": on.year, "source": "comune"}
    history.record(stream, ActivityFundingProposed(**ids, **place, **money(strand, amount), occurred_on=on))
    ids["strand"] = strand
    if approved:
        event = ActivityFundingApproved(**ids, **place, amount=amount, agreement_version=VERSION, occurred_on=on)
        history.record(stream, event)
    else:
        ground = RefusalGround.NO_BUDGET
        history.record(stream, ActivityFundingRefused(**ids, committee_id=uuid4(), ground=ground, occurred_on=on))
    return decision_id


class Plan:
    """The plan of a year; `ceilings` by source and strand."""

    def __init__(self, history: History, year: int) -> None:
        self.history, self.year, self.stream = history, year, f"plan_year-{uuid4()}"
        self.meeting: dict[str, Any] = {"meeting_id": uuid4(), "decision_no": 1}

    def record(self, event: plans.PlanEvent) -> None:
        self.history.record(self.stream, event)

    def drafted(self, on: date, ceilings: dict[tuple[str, Strand], int], *actions: plans.PlannedAction) -> None:
        self.record(plans.WorkPlanDrafted(year=self.year, ceilings=caps(ceilings), actions=actions, occurred_on=on))

    def approved(self, on: date, ceilings: dict[tuple[str, Strand], int]) -> None:
        self.record(
            plans.WorkPlanApproved(
                year=self.year, **self.meeting, ceilings=caps(ceilings), agreement_version=VERSION, occurred_on=on
            )
        )

    def amended(self, on: date, ceilings: dict[tuple[str, Strand], int], *actions: plans.PlannedAction) -> None:
        self.record(
            plans.WorkPlanAmended(
                year=self.year,
                amendment_id=uuid4(),
                **self.meeting,
                ceilings=caps(ceilings),
                actions=actions,
                agreement_version=VERSION,
                occurred_on=on,
            )
        )

    def committed(self, on: date, party: str, source: str, amount: int) -> None:
        self.record(
            plans.ResourcesCommitted(
                year=self.year, party=party, source=source, amount=amount, agreement_version=VERSION, occurred_on=on
            )
        )

    def cashed(self, on: date, party: str, source: str, amount: int) -> None:
        self.record(plans.ResourcesCashed(year=self.year, party=party, source=source, amount=amount, occurred_on=on))


def caps(ceilings: dict[tuple[str, Strand], int]) -> tuple[plans.Ceiling, ...]:
    return tuple(plans.Ceiling(source=s, strand=strand, amount=amount) for (s, strand), amount in ceilings.items())


def action(strand: Strand, cost: int = 100_000, source: str = "comune") -> plans.PlannedAction:
    return plans.PlannedAction(action_id=uuid4(), strand=strand, source=source, planned_cost=cost)
