"""The Comitato di gestione funds every activity that costs money, without an evaluation before (P64, P69)."""

from __future__ import annotations

from datetime import date

import pytest

from insieme_events.contracts.agreement import SpendingRule
from insieme_events.contracts.funding import ActivityFundingApproved, ActivityKind, money
from insieme_events.contracts.funding_budget import CommitmentKind
from insieme_events.contracts.funding_committees import (
    ActivityFundingEnded,
    ActivityFundingProposed,
    ActivityFundingRefused,
    CommitteeKind,
    Consent,
    PartyConsent,
    RefusalGround,
    SpendingDecisionTaken,
)
from insieme_events.testing import scenario
from insieme_events.testing.agreements import agreement
from insieme_funding.decision import DECISION, EndActivityFunding, RefuseActivityFunding
from insieme_funding.testing import (
    A3,
    ACTIVITY_ID,
    B2,
    DECISION_ID,
    MANAGEMENT_ID,
    MANAGERS,
    MEETING,
    SOURCE,
    YEAR,
    approve_activity,
    decision_circumstances,
    panel,
    propose,
    vote,
)

given = scenario(DECISION, decision_circumstances())
PROPOSED = ActivityFundingProposed(
    **money(B2, 300_000),
    decision_id=DECISION_ID,
    activity_kind=ActivityKind.COURSE,
    activity_id=ACTIVITY_ID,
    year=YEAR,
    source=SOURCE,
    occurred_on=date(2022, 3, 1),
)
APPROVED = ActivityFundingApproved(
    decision_id=DECISION_ID,
    activity_kind=ActivityKind.COURSE,
    activity_id=ACTIVITY_ID,
    strand=B2,
    year=YEAR,
    source=SOURCE,
    amount=300_000,
    agreement_version="2021.1",
    occurred_on=date(2022, 3, 10),
)
TAKEN = SpendingDecisionTaken(
    **money(B2, 300_000),
    committee_id=MANAGEMENT_ID,
    subject_kind=CommitmentKind.ACTIVITY,
    subject_id=DECISION_ID,
    year=YEAR,
    source=SOURCE,
    rule=SpendingRule.UNANIMOUS,
    meeting_id=MEETING,
    decision_no=1,
    consents=tuple(PartyConsent(party=party, consent=Consent.IN_FAVOUR) for party in sorted(MANAGERS.values())),
    agreement_version="2021.1",
    occurred_on=date(2022, 3, 10),
)
REFUSE = RefuseActivityFunding(
    committee_id=MANAGEMENT_ID,
    members_present=tuple(MANAGERS),
    ground=RefusalGround.NOT_IN_PLAN,
    on=date(2022, 3, 10),
)
REFUSED = ActivityFundingRefused(
    decision_id=DECISION_ID,
    strand=B2,
    committee_id=MANAGEMENT_ID,
    activity_kind=ActivityKind.COURSE,
    activity_id=ACTIVITY_ID,
    ground=RefusalGround.NOT_IN_PLAN,
    occurred_on=date(2022, 3, 10),
)


@pytest.mark.clause("P64", "P69")
@pytest.mark.invariant("I10", "command")
def test_the_comitato_di_gestione_approves_without_an_evaluation() -> None:
    given().when(propose()).then(PROPOSED)
    given(PROPOSED).when(propose()).then_refused("funding.already_proposed")
    given(PROPOSED).when(approve_activity()).then(APPROVED, TAKEN)
    given(PROPOSED, APPROVED, TAKEN).when(approve_activity()).then_nothing()
    given().when(approve_activity()).then_refused("funding.decision_unknown")
    given(PROPOSED, REFUSED).when(approve_activity()).then_refused("funding.decided_already", clause="P64")
    early = approve_activity(on=date(2022, 2, 28))
    given(PROPOSED).when(early).then_refused("funding.before_proposal")


@pytest.mark.clause("P64")
def test_only_the_comitato_di_gestione_in_its_mandate_decides() -> None:
    technical = given(PROPOSED).under(decision_circumstances(panel=panel(CommitteeKind.EVALUATION)))
    technical.when(approve_activity()).then_refused("funding.not_management_committee", clause="P64")
    none = given(PROPOSED).under(decision_circumstances(panel=None))
    none.when(approve_activity()).then_refused("funding.committee_unknown")
    none.when(REFUSE).then_refused("funding.committee_unknown")
    without = given(PROPOSED).under(decision_circumstances(agreement=None))
    without.when(approve_activity()).then_refused("funding.agreement_unknown", clause="P62")
    over = given(PROPOSED).under(decision_circumstances(panel=panel(until=date(2022, 3, 9))))
    over.when(approve_activity()).then_refused("funding.not_in_mandate")


@pytest.mark.clause("P69")
def test_an_activity_is_agreed_by_the_same_rule_as_a_project() -> None:
    one, two, three = MANAGERS
    split = approve_activity(vote=vote(in_favour=(one, two), against=(three,)))
    given(PROPOSED).when(split).then_refused("funding.spending_not_agreed", clause="P69")
    majority = decision_circumstances(agreement=agreement(spending_rule=SpendingRule.MAJORITY))
    given(PROPOSED).under(majority).when(split).then_types(ActivityFundingApproved, SpendingDecisionTaken)


def test_projects_have_their_own_path() -> None:
    given().when(propose(strand=A3)).then_refused("funding.projects_have_their_path", clause="P64")


def test_an_allowance_is_what_one_person_gets_so_its_amount_is_not_disclosed() -> None:
    allowance = propose(activity_kind=ActivityKind.INTERNSHIP_ALLOWANCE)
    found = given().when(allowance).then_types(ActivityFundingProposed)
    assert isinstance(found[0], ActivityFundingProposed)
    assert found[0].disclosed_amount is None
    decided = given(found[0]).when(approve_activity()).then_types(ActivityFundingApproved, SpendingDecisionTaken)
    assert isinstance(decided[1], SpendingDecisionTaken)
    assert decided[1].disclosed_amount is None


@pytest.mark.clause("P64")
def test_a_funding_is_refused_or_ended_once() -> None:
    given(PROPOSED).when(REFUSE).then(REFUSED)
    given(PROPOSED, REFUSED).when(REFUSE).then_nothing()
    given(PROPOSED, APPROVED, TAKEN).when(REFUSE).then_refused("funding.decided_already")
    end = EndActivityFunding(on=date(2022, 6, 1))
    ended = ActivityFundingEnded(
        decision_id=DECISION_ID,
        strand=B2,
        activity_kind=ActivityKind.COURSE,
        activity_id=ACTIVITY_ID,
        occurred_on=date(2022, 6, 1),
    )
    given(PROPOSED, APPROVED, TAKEN).when(end).then(ended)
    given(PROPOSED, APPROVED, TAKEN, ended).when(end).then_nothing()
    given(PROPOSED).when(end).then_refused("funding.activity_not_approved")
    given(PROPOSED, APPROVED).when(EndActivityFunding(on=date(2022, 3, 9))).then_refused("funding.before_approval")
