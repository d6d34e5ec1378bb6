"""Every state of every aggregate answers every command, and takes its own answer in.

Each status is reached by a history of accepted commands or stored events; from there random commands are run one after
the other: a decision never raises, an answer with events folds, and a refusal is of the closed form. Against vacuity
the histories must reach every status of the union.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.funding import PlanReductionAccepted, PlanReductionRefused
from insieme_events.contracts.funding_budget import BudgetClosed, StrandAmount
from insieme_events.contracts.funding_committees import (
    ActivityFundingEnded,
    ActivityFundingRefused,
    CommitteeEnded,
    CommitteeKind,
    RefusalGround,
)
from insieme_events.contracts.funding_projects import (
    CallClosed,
    CriterionScore,
    FundingRevoked,
    ProjectClosed,
    ProjectOutcome,
    ProjectRejected,
    RejectionGround,
    RevocationReason,
)
from insieme_events.contracts.vocabulary import Strand
from insieme_events.decider import Command, Decider, Refused
from insieme_events.testing.answering import Answering, Drawing
from insieme_funding import budget, call, committee, decision, project, reduction, testing
from insieme_funding.panel import Vote
from insieme_funding.testing import (
    AMENDMENT,
    B2,
    B3,
    BUDGET_ID,
    CALL_ID,
    DECISION_ID,
    EVALUATION_ID,
    EVALUATORS,
    MANAGEMENT_ID,
    MANAGERS,
    PROJECT_ID,
    SOURCE,
    YEAR,
    of_project,
)

ON = date(2022, 6, 1)
KNOWN = [UUID(int=n) for n in (*range(1, 11), 21, 22, 31, 32, 41, 42, 43)]
IDS = st.sampled_from(KNOWN)
DAYS = st.integers(0, 364).map(lambda n: date(2022, 1, 1) + timedelta(days=n))
AMOUNTS = st.integers(1, 900_000)
LINES = st.lists(st.builds(StrandAmount, strand=st.sampled_from([B3, B2]), amount=AMOUNTS), min_size=1, max_size=2)
MEMBERS = st.sampled_from([tuple(EVALUATORS), tuple(MANAGERS), tuple(MANAGERS)[:1]])
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "on": DAYS,
    "closes_on": DAYS,
    "mandate_to": DAYS,
    "year": st.sampled_from([YEAR, 2021]),
    "source": st.just(SOURCE),
    "borne_by": st.just("comune_bologna"),
    "sector": st.just("crafts"),
    "seat": st.sampled_from(["037006", "015146"]),
    "cup": st.none(),
    "amount": AMOUNTS,
    "investment": st.integers(0, 700_000),
    "consultancy": st.integers(0, 300_000),
    "requested_investment": AMOUNTS,
    "requested_consultancy": AMOUNTS,
    "sustainability_years": st.integers(0, 5),
    "jobs": st.integers(0, 5),
    "months": st.sampled_from([12, 24, 36]),
    "lines": LINES.map(tuple),
    "ceilings": LINES.map(tuple),
    "strand": st.sampled_from([B3, B2, Strand.SELF_ENTERPRISE]),
    "commitment_id": IDS,
    "amendment_id": IDS,
    "committee_id": st.sampled_from([EVALUATION_ID, MANAGEMENT_ID]),
    "members_present": MEMBERS,
    "members": st.just(testing.members(EVALUATORS)),
    "criteria": st.integers(0, 100).map(lambda n: (CriterionScore(criterion="impact", points=n, most=100),)),
    "vote": MEMBERS.map(lambda who: Vote(in_favour=who, meeting_id=UUID(int=6), decision_no=1)),
}


DRAWING = Drawing(FIELDS, IDS, DAYS)
CLOSED = BudgetClosed(budget_id=BUDGET_ID, year=YEAR, source=SOURCE, occurred_on=ON)
JUDGED = {"committee_id": MANAGEMENT_ID, "members_present": tuple(MANAGERS)}
REJECTED = ProjectRejected(**of_project(ON), **JUDGED, ground=RejectionGround.NO_BUDGET)
REVOKED = FundingRevoked(**of_project(ON), reason=RevocationReason.RENOUNCED)
ENDED = ProjectClosed(**of_project(ON), outcome=ProjectOutcome.COMPLETED)
CIRCUMSTANCES = testing.decision_circumstances()


def accepted(decider: Decider[Any, Any, Any], circumstances: Any, *commands: Command) -> tuple[DomainEvent, ...]:
    """The events of commands that are all accepted."""
    state, events = decider.initial, list[DomainEvent]()
    for command in commands:
        decided = decider.decide(command, state, circumstances)
        assert not isinstance(decided, Refused), decided
        state = decider.fold(decided, state)
        events.extend(decided)
    return tuple(events)


PROPOSED = accepted(decision.DECISION, CIRCUMSTANCES, testing.propose())
APPROVED = accepted(decision.DECISION, CIRCUMSTANCES, testing.propose(), testing.approve_activity())
ACTIVITY = {
    "decision_id": DECISION_ID,
    "strand": B2,
    "activity_kind": testing.propose().activity_kind,
    "activity_id": testing.ACTIVITY_ID,
    "occurred_on": ON,
}
DECLINED = ActivityFundingRefused(**ACTIVITY, committee_id=MANAGEMENT_ID, ground=RefusalGround.NO_BUDGET)

AGGREGATES = [
    Answering(
        budget.BUDGET,
        budget.Budget,
        budget.BudgetCommand,
        testing.budget_circumstances(),
        (
            (),
            (testing.budget_set(),),
            (testing.budget_set(), testing.committed(), testing.spent()),
            (testing.budget_set(), testing.committed(), CLOSED),
        ),
    ),
    Answering(
        reduction.REDUCTION,
        reduction.Reduction,
        (reduction.AnswerReduction,),
        testing.ACCOUNTS,
        (
            (),
            (PlanReductionAccepted(year=YEAR, amendment_id=AMENDMENT, occurred_on=ON),),
            (PlanReductionRefused(year=YEAR, amendment_id=AMENDMENT, occurred_on=ON),),
        ),
    ),
    Answering(
        call.CALL,
        call.Call,
        call.CallCommand,
        testing.ACCOUNTS,
        (
            (),
            (testing.call_opened(),),
            (testing.call_opened(), CallClosed(call_id=CALL_ID, strand=B3, occurred_on=ON)),
        ),
    ),
    Answering(
        committee.COMMITTEE,
        committee.Committee,
        committee.CommitteeCommand,
        testing.committee_circumstances(),
        (
            (),
            (testing.appointed(), testing.conflict()),
            (
                testing.appointed(),
                CommitteeEnded(committee_id=EVALUATION_ID, kind=CommitteeKind.EVALUATION, occurred_on=ON),
            ),
        ),
    ),
    Answering(
        decision.DECISION,
        decision.FundingDecision,
        decision.DecisionCommand,
        CIRCUMSTANCES,
        ((), PROPOSED, APPROVED, (*PROPOSED, DECLINED), (*APPROVED, ActivityFundingEnded(**ACTIVITY))),
    ),
    Answering(
        project.PROJECT,
        project.Project,
        project.ProjectCommand,
        testing.project_circumstances(),
        (
            (),
            (testing.submitted(),),
            (testing.submitted(), *testing.accompanied(), testing.evaluated()),
            tuple(testing.to_approval()),
            (testing.submitted(), REJECTED),
            tuple(testing.to_funding()),
            (*testing.to_funding(), REVOKED),
            (*testing.to_funding(), ENDED),
            (testing.submitted(), ENDED),
        ),
    ),
]
each_aggregate = pytest.mark.parametrize("aggregate", AGGREGATES, ids=[each.decider.name for each in AGGREGATES])


@each_aggregate
def test_the_histories_reach_every_status(aggregate: Answering) -> None:
    aggregate.reaches_every_status()
    assert PROJECT_ID in KNOWN


@each_aggregate
def test_every_state_answers_every_command(aggregate: Answering) -> None:
    aggregate.answers_every_command(DRAWING, 60)


@each_aggregate
def test_every_status_answers_each_kind_of_command(aggregate: Answering) -> None:
    aggregate.answers_each_kind(DRAWING, 6)
