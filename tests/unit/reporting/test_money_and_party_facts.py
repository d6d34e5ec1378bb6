"""What the events of funding and governance make of budgets, projects, plans, meetings and registers."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from insieme_events.contracts import funding_budget as budgets
from insieme_events.contracts import funding_projects as projects
from insieme_events.contracts import governance_bodies as bodies
from insieme_events.contracts import governance_registers as registers
from insieme_events.contracts.funding import money
from insieme_events.contracts.governance_plan import (
    ActionProgressReported,
    Ceiling,
    PlannedAction,
    WorkPlanAmended,
    WorkPlanApproved,
    WorkPlanDrafted,
    WorkPlanRejected,
)
from insieme_events.contracts.vocabulary import BodyKind, Strand
from insieme_reporting.v2.facts.budget import BudgetLineVersion
from insieme_reporting.v2.facts.capacity import DeskVersion
from insieme_reporting.v2.facts.commitment import CommitmentVersion
from insieme_reporting.v2.facts.contribution import PracticeVersion
from insieme_reporting.v2.facts.expenditure import ExpenditureVersion
from insieme_reporting.v2.facts.meeting import DecisionVersion, InvitationVersion, MeetingVersion
from insieme_reporting.v2.facts.outreach import VisibilityVersion
from insieme_reporting.v2.facts.plan_action import PlanActionVersion
from insieme_reporting.v2.facts.project import ProjectVersion
from insieme_reporting.v2.facts.project_following import ProjectPlacementVersion
from insieme_reporting.v2.facts.work_plan import PlanCeilingVersion, WorkPlanVersion

ONE, TWO, THREE, FOUR = (UUID(int=n) for n in range(1, 5))
MARCH, APRIL, MAY = date(2019, 3, 4), date(2019, 4, 1), date(2019, 5, 6)
SEARCH, SOCIAL = Strand.MATCHING, Strand.SOCIAL_INNOVATION
BUDGET: dict[str, Any] = {"budget_id": ONE, "year": 2019, "source": "comune"}
VERSION = "2017.1"


def lines(**amounts: int) -> tuple[budgets.StrandAmount, ...]:
    strands = {"search": SEARCH, "social": SOCIAL}
    return tuple(budgets.StrandAmount(strand=strands[name], amount=amount) for name, amount in amounts.items())


def budget_set(**amounts: int) -> budgets.AnnualBudgetSet:
    return budgets.AnnualBudgetSet(
        **BUDGET,
        borne_by="comune_bologna",
        lines=lines(**amounts),
        provisional=True,
        agreement_version=VERSION,
        occurred_on=MARCH,
    )


def test_a_line_that_an_amendment_leaves_out_is_nothing_from_then_on(versions: Any) -> None:
    amended = budgets.BudgetAmended(
        **BUDGET,
        lines=lines(social=700),
        provisional=False,
        cause=budgets.AmendmentCause.PLAN_APPROVED,
        occurred_on=APRIL,
    )
    rows = versions(BudgetLineVersion, budget_set(search=500), amended)
    assert [(row.strand, row.amount, row.provisional) for row in rows] == [
        ("1", 500, True),
        ("1", 0, False),
        ("3b", 700, False),
    ]
    assert {(row.year, row.source, row.borne_by) for row in rows} == {(2019, "comune", "comune_bologna")}


def test_a_commitment_is_what_is_bound_still_and_a_return_is_below_nothing(latest: Any, versions: Any) -> None:
    bound = money(SOCIAL, 900)
    story = (
        budget_set(social=1_000),
        budgets.FundsCommitted(
            **BUDGET,
            **bound,
            commitment_id=TWO,
            commitment_kind=budgets.CommitmentKind.PROJECT,
            occurred_on=MARCH,
        ),
        budgets.ExpenditureRecorded(
            **BUDGET,
            **money(SOCIAL, 600),
            expenditure_id=THREE,
            commitment_id=TWO,
            borne_by="comune",
            occurred_on=APRIL,
        ),
        budgets.ExpenditureReturned(
            **BUDGET, **money(SOCIAL, 100), return_id=FOUR, commitment_id=TWO, borne_by="comune", occurred_on=MAY
        ),
        budgets.CommitmentReleased(
            **BUDGET,
            **money(SOCIAL, 300),
            commitment_id=TWO,
            reason=budgets.ReleaseReason.REVOKED,
            occurred_on=MAY,
        ),
    )
    (commitment,) = latest(CommitmentVersion, *story)
    assert (commitment.granted, commitment.amount, commitment.committed_on) == (900, 500, MARCH)
    assert [(row.kind, row.amount) for row in versions(ExpenditureVersion, *story)] == [
        ("spent", 600),
        ("returned", -100),
    ]


PROJECT: dict[str, Any] = {"project_id": ONE, "strand": SOCIAL}


def test_a_project_keeps_the_day_of_its_first_instalment_though_it_is_told_later(latest: Any) -> None:
    asked: dict[str, Any] = {"requested_investment": 1, "requested_consultancy": 0, "agreement_version": VERSION}
    submitted = projects.ProjectSubmitted(
        **PROJECT,
        **asked,
        call_id=TWO,
        proposer_id=THREE,
        sector="care",
        sustainability_years=3,
        seat=None,
        occurred_on=MARCH,
    )
    paid = [
        projects.InstalmentPaid(
            **PROJECT | money(SOCIAL, 10), instalment_no=number, expenditure_id=FOUR, occurred_on=day
        )
        for number, day in ((1, MAY), (2, APRIL))
    ]
    (row,) = latest(ProjectVersion, submitted, *paid)
    assert (row.submitted_on, row.first_paid_on, row.call_id) == (MARCH, APRIL, TWO)
    assert THREE not in {getattr(row, name) for name in row.__slots__}, "who proposed it is no column"


def test_a_placement_that_is_linked_again_counts_again(latest: Any) -> None:
    fits = projects.WorkSuitability.PARTLY
    linked = projects.PlacementLinkedToProject(**PROJECT, employment_id=TWO, suitability=fits, occurred_on=MARCH)
    why = projects.UnlinkReason.LINKED_BY_MISTAKE
    taken = projects.PlacementUnlinkedFromProject(**PROJECT, employment_id=TWO, reason=why, occurred_on=APRIL)
    (row,) = latest(ProjectPlacementVersion, linked, taken)
    assert row.unlinked_on == APRIL
    again = linked.model_copy(update={"occurred_on": MAY})
    (row,) = latest(ProjectPlacementVersion, linked, taken, again)
    assert (row.linked_on, row.unlinked_on) == (MAY, None)


MEETING: dict[str, Any] = {"meeting_id": ONE}
DECIDED: dict[str, Any] = {**MEETING, "meeting_id": ONE, "decision_no": 1}


def planned(number: UUID, cost: int = 5) -> PlannedAction:
    return PlannedAction(action_id=number, strand=SEARCH, source="comune", planned_cost=cost)


def capped(amount: int, strand: Strand = SEARCH) -> tuple[Ceiling, ...]:
    return (Ceiling(source="comune", strand=strand, amount=amount),)


def test_a_plan_counts_its_drafts_and_only_the_approved_one_has_ceilings_and_actions(latest: Any) -> None:
    story = (
        WorkPlanDrafted(year=2019, ceilings=capped(9), actions=(planned(ONE),), occurred_on=MARCH),
        WorkPlanRejected(year=2019, **MEETING, decision_no=1, occurred_on=MARCH),
        WorkPlanDrafted(year=2019, ceilings=capped(7), actions=(planned(TWO), planned(THREE)), occurred_on=APRIL),
        WorkPlanApproved(
            year=2019, **MEETING, decision_no=2, ceilings=capped(7), agreement_version=VERSION, occurred_on=APRIL
        ),
    )
    (plan,) = latest(WorkPlanVersion, *story)
    assert (plan.drafts, plan.rejections, plan.drafted_on, plan.approved_on) == (2, 1, MARCH, APRIL)
    assert [row.amount for row in latest(PlanCeilingVersion, *story)] == [7]
    actions = {row.action_id: (row.planned_on, row.dropped) for row in latest(PlanActionVersion, *story)}
    assert actions == {ONE: (None, True), TWO: (APRIL, False), THREE: (APRIL, False)}


def test_an_amendment_takes_out_ceilings_and_actions_and_keeps_how_far_the_others_are(latest: Any) -> None:
    amendment: dict[str, Any] = {"amendment_id": FOUR, **MEETING, "decision_no": 3, "agreement_version": VERSION}
    story = (
        WorkPlanDrafted(year=2019, ceilings=capped(7), actions=(planned(ONE), planned(TWO)), occurred_on=MARCH),
        WorkPlanApproved(
            year=2019, **MEETING, decision_no=2, ceilings=capped(7), agreement_version=VERSION, occurred_on=MARCH
        ),
        ActionProgressReported(year=2019, action_id=ONE, strand=SEARCH, percent=40, late=True, occurred_on=APRIL),
        WorkPlanAmended(
            year=2019,
            **amendment,
            ceilings=capped(3, SOCIAL),
            actions=(planned(ONE, 8), planned(THREE)),
            occurred_on=MAY,
        ),
    )
    assert {row.strand: row.amount for row in latest(PlanCeilingVersion, *story)} == {"1": 0, "3b": 3}
    actions = {row.action_id: row for row in latest(PlanActionVersion, *story)}
    assert (actions[ONE].planned_cost, actions[ONE].percent, actions[ONE].late) == (8, 40, True)
    assert [actions[each].planned_on for each in (ONE, TWO, THREE)] == [MARCH, MARCH, MAY]
    assert [actions[each].dropped for each in (ONE, TWO, THREE)] == [False, True, False]


def convened(*invited: str) -> bodies.MeetingConvened:
    return bodies.MeetingConvened(
        **MEETING,
        body_id=TWO,
        kind=BodyKind.COORDINATION_TABLE,
        meets_on=MAY,
        protocol_id=THREE,
        invited=invited,
        agreement_version=VERSION,
        occurred_on=APRIL,
    )


def held(*invited: str) -> bodies.MeetingHeld:
    return bodies.MeetingHeld(
        **MEETING, body_id=TWO, protocol_id=THREE, invited=invited, agreement_version=VERSION, occurred_on=MAY
    )


def test_an_invitation_lapses_of_who_was_no_party_when_the_meeting_was_held(latest: Any) -> None:
    joined = bodies.PartiesInvited(**MEETING, invited=("uil",), occurred_on=APRIL)
    there = bodies.MeetingAttendanceRecorded(**MEETING, party="uil", present=True, occurred_on=MAY)
    rows = latest(InvitationVersion, convened("cgil", "cna"), joined, held("cgil", "uil"), there)
    assert {row.party: (row.lapsed, row.present) for row in rows} == {
        "cgil": (False, None),
        "cna": (True, None),
        "uil": (False, True),
    }


def test_a_meeting_is_held_or_cancelled_and_its_decisions_are_done(latest: Any) -> None:
    (row,) = latest(MeetingVersion, convened("cgil"), held("cgil"))
    assert (row.body, row.meets_on, row.held_on) == ("coordination_table", MAY, MAY)
    postponed = bodies.MeetingCancelled(**MEETING, reason=bodies.CancelReason.POSTPONED, occurred_on=MAY)
    (row,) = latest(MeetingVersion, convened("cgil"), postponed)
    assert (row.held_on, row.cancelled_on, row.cancel_reason) == (None, MAY, "postponed")
    taken = bodies.DecisionTaken(
        **DECIDED, decision_id=TWO, subject=bodies.DecisionSubject.RESOURCES, owner="cgil", occurred_on=MAY
    )
    done = bodies.DecisionCompleted(**DECIDED, decision_id=TWO, occurred_on=date(2019, 6, 3))
    (decision,) = latest(DecisionVersion, taken, done)
    assert (decision.subject, decision.owner, decision.completed_on) == ("resources", "cgil", date(2019, 6, 3))


def visible(promoters: tuple[str, ...], *themes: registers.Theme, corrects: UUID | None = None) -> Any:
    scope = registers.Scope.NATIONAL
    return registers.VisibilityEventHeld(
        entry_id=ONE, corrects=corrects, promoters=promoters, themes=themes, scope=scope, occurred_on=MARCH
    )


def test_a_corrected_public_event_is_no_more_of_those_it_leaves_out(latest: Any) -> None:
    poverty, fragility = registers.Theme.WORKING_POVERTY, registers.Theme.FRAGILITY
    rows = latest(
        VisibilityVersion, visible(("cgil", "uil"), poverty), visible(("cgil",), poverty, fragility, corrects=TWO)
    )
    assert {(row.party, row.theme): row.voided for row in rows} == {
        ("cgil", "lavoro_povero"): False,
        ("cgil", "fragilita"): False,
        ("uil", "lavoro_povero"): True,
    }
    gone = registers.EntryVoided(entry_id=ONE, voids=TWO, occurred_on=MAY)
    assert all(row.voided for row in latest(VisibilityVersion, visible(("cgil",), poverty), gone))


def test_a_practice_that_is_voided_was_neither_proposed_nor_adopted(latest: Any) -> None:
    proposed = registers.PracticeProposed(
        entry_id=ONE, proposed_by="cna", practice="buddy", strand=SEARCH, occurred_on=MARCH
    )
    adopted = registers.PracticeAdopted(entry_id=ONE, adopted_by="cgil", occurred_on=APRIL)
    rows = latest(PracticeVersion, proposed, adopted)
    assert [(row.step, row.party, row.voided) for row in rows] == [
        ("adopted", "cgil", False),
        ("proposed", "cna", False),
    ]
    gone = registers.EntryVoided(entry_id=ONE, voids=TWO, occurred_on=MAY)
    assert all(row.voided for row in latest(PracticeVersion, proposed, adopted, gone))


def test_a_desk_stays_closed_where_its_comune_is_corrected(latest: Any) -> None:
    opened = registers.DeskRegistered(entry_id=ONE, party="cgil", desk="one", comune="037006", occurred_on=MARCH)
    closed = registers.DeskClosed(entry_id=ONE, occurred_on=MAY)
    other = opened.model_copy(update={"comune": "037032", "corrects": TWO})
    (row,) = latest(DeskVersion, opened, closed, other)
    assert (row.comune, row.opened_on, row.closed_on) == ("037032", MARCH, MAY)
