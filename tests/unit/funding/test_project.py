"""A project is coached, evaluated, approved and funded, in this order and by two committees (P43-P44, P63-P64; I2)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from insieme_events.contracts.agreement import SpendingRule
from insieme_events.contracts.funding_committees import CommitteeKind, Consent, SpendingDecisionTaken
from insieme_events.contracts.funding_projects import (
    AccompanimentClosed,
    AccompanimentOutcome,
    AccompanimentStarted,
    CriterionScore,
    EvaluationOutcome,
    ProjectFunded,
    ProjectRejected,
    RejectionGround,
)
from insieme_events.contracts.vocabulary import ProjectKind
from insieme_events.gates import Interval
from insieme_events.testing import scenario
from insieme_events.testing.agreements import agreement
from insieme_funding.project import (
    PROJECT,
    CallSeen,
    CloseAccompaniment,
    RejectProject,
    StartAccompaniment,
)
from insieme_funding.testing import (
    A3,
    B3,
    EVALUATING,
    EVALUATION_ID,
    EVALUATORS,
    MANAGEMENT_ID,
    MANAGERS,
    accompanied,
    approve,
    approved,
    evaluate,
    evaluated,
    fund,
    funded,
    of_project,
    panel,
    project_circumstances,
    submit,
    submitted,
    to_approval,
    to_funding,
    vote,
)

given = scenario(PROJECT, project_circumstances())
EVALUATOR, MANAGER = next(iter(EVALUATORS)), next(iter(MANAGERS))
REJECT = RejectProject(
    committee_id=MANAGEMENT_ID,
    members_present=tuple(MANAGERS),
    ground=RejectionGround.NO_BUDGET,
    on=date(2022, 5, 12),
)
REJECTED = ProjectRejected(
    **of_project(date(2022, 5, 12)),
    committee_id=MANAGEMENT_ID,
    members_present=tuple(MANAGERS),
    ground=RejectionGround.NO_BUDGET,
)
SELF = CallSeen(A3, date(2022, 2, 1), date(2022, 2, 28))


@pytest.mark.clause("P43", "P44")
def test_a_project_is_submitted_to_an_open_call_of_its_kind() -> None:
    given().when(submit()).then(submitted())
    given(submitted()).when(submit()).then_refused("funding.project_already_submitted", clause="P44")
    given().under(project_circumstances(call=None)).when(submit()).then_refused("funding.call_unknown", clause="P43")
    given().under(project_circumstances(call=SELF)).when(submit()).then_refused("funding.other_call", clause="P44")
    for day in (date(2022, 1, 31), date(2022, 3, 1)):
        given().when(submit(on=day)).then_refused("funding.call_not_open", clause="P43")
    given().under(project_circumstances(agreement=None)).when(submit()).then_refused("funding.agreement_unknown")


@pytest.mark.clause("P43", "P44")
def test_what_the_agreement_asks_of_a_project() -> None:
    given().when(submit(sustainability_years=2)).then_refused("funding.sustainability_too_short", clause="P43")
    given().when(submit(seat="015146")).then_refused("funding.seat_outside", clause="P44")
    elsewhere = project_circumstances(agreement=agreement(seat_in_territory=False, sustainability_years=1))
    given().under(elsewhere).when(submit(seat="015146", sustainability_years=1)).then_types(type(submitted()))


@pytest.mark.clause("P44")
def test_self_enterprise_is_for_a_person_in_charge_and_tells_nothing_of_its_place() -> None:
    self_enterprise = submit(kind=ProjectKind.SELF_ENTERPRISE)
    given().under(project_circumstances(call=SELF)).when(self_enterprise).then(submitted(A3))
    unheard = project_circumstances(call=SELF, in_charge=None)
    given().under(unheard).when(self_enterprise).then_refused("funding.person_unknown", clause="P44")
    later = project_circumstances(call=SELF, in_charge=(Interval(date(2022, 3, 1), None),))
    given().under(later).when(self_enterprise).then_refused("funding.not_in_charge", clause="P44")
    # An organisation is no person in charge.
    given().under(project_circumstances(in_charge=None)).when(submit()).then(submitted())


@pytest.mark.clause("P43")
def test_coaching_begins_and_ends_with_an_outcome() -> None:
    start, close = StartAccompaniment(on=date(2022, 3, 1)), date(2022, 4, 20)
    ready = CloseAccompaniment(outcome=AccompanimentOutcome.READY, on=close)
    begun = AccompanimentStarted(**of_project(date(2022, 3, 1)))
    ended = AccompanimentClosed(**of_project(close), outcome=AccompanimentOutcome.READY)
    given(submitted()).when(start).then(begun)
    given(submitted(), begun).when(start).then_nothing()
    given(submitted()).when(ready).then_refused("funding.no_accompaniment", clause="P43")
    given(submitted(), begun).when(ready).then(ended)
    given(submitted(), begun, ended).when(ready).then_nothing()
    given(submitted(), begun).when(StartAccompaniment(on=date(2022, 3, 2))).then_refused("funding.accompaniment_runs")
    early = CloseAccompaniment(outcome=AccompanimentOutcome.READY, on=date(2022, 2, 28))
    given(submitted(), begun).when(early).then_refused("funding.before_last_step", clause="P43")
    again = StartAccompaniment(on=date(2022, 4, 25))
    given(submitted(), begun, ended).when(again).then_types(AccompanimentStarted)
    given(*to_funding()).when(again).then_refused("funding.funded_already")


@pytest.mark.clause("P63")
def test_the_evaluation_is_the_comitato_di_valutaziones() -> None:
    judging = given(submitted()).under(EVALUATING)
    judging.when(evaluate()).then(evaluated())
    given(submitted(), evaluated()).under(EVALUATING).when(evaluate()).then_nothing()
    by_management = evaluate(committee_id=MANAGEMENT_ID, members_present=tuple(MANAGERS))
    given(submitted()).when(by_management).then_refused("funding.not_evaluation_committee", clause="P63")
    given(submitted()).under(project_circumstances(panel=None)).when(evaluate()).then_refused(
        "funding.committee_unknown"
    )
    judging.when(evaluate(members_present=(EVALUATOR, MANAGER))).then_refused("funding.stranger_present")
    judging.when(evaluate(members_present=(EVALUATOR, EVALUATOR))).then_refused("funding.stranger_present")
    over = project_circumstances(panel=panel(CommitteeKind.EVALUATION, until=date(2022, 5, 1)))
    given(submitted()).under(over).when(evaluate()).then_refused("funding.not_in_mandate", clause="P63")
    low = evaluate(criteria=(CriterionScore(criterion="impact", points=59, most=100),))
    judging.when(low).then_refused("funding.score_too_low", clause="P63")
    negative = evaluate(criteria=low.criteria, outcome=EvaluationOutcome.NEGATIVE)
    judging.when(negative).then(evaluated(score=59, criteria=low.criteria, outcome=EvaluationOutcome.NEGATIVE))
    wrong = evaluate(criteria=(CriterionScore(criterion="impact", points=11, most=10),))
    judging.when(wrong).then_refused("funding.points_above_most")


@pytest.mark.clause("P63")
@pytest.mark.invariant("I2", "command")
def test_who_declared_a_conflict_takes_no_part() -> None:
    conflicted = frozenset({EVALUATOR, MANAGER})
    evaluating = project_circumstances(panel=panel(CommitteeKind.EVALUATION), conflicted=conflicted)
    deciding = project_circumstances(conflicted=conflicted)
    given(submitted()).under(evaluating).when(evaluate()).then_refused("funding.conflicted_member", clause="P63")
    others = tuple(member for member in EVALUATORS if member != EVALUATOR)
    given(submitted()).under(evaluating).when(evaluate(members_present=others)).then(evaluated(members_present=others))
    clean = evaluated(members_present=others)
    given(submitted(), clean).under(deciding).when(approve()).then_refused("funding.conflicted_member", clause="P63")
    rest = tuple(member for member in MANAGERS if member != MANAGER)
    given(submitted(), clean).under(deciding).when(approve(members_present=rest)).then_types(type(approved()))
    given(submitted()).under(deciding).when(REJECT).then_refused("funding.conflicted_member")
    lenient = project_circumstances(conflicted=conflicted, agreement=agreement(conflicted_abstain=False))
    given(submitted(), evaluated()).under(lenient).when(approve()).then_types(type(approved()))


@pytest.mark.clause("P63", "P64")
@pytest.mark.invariant("I2", "command")
def test_a_conflict_declared_later_takes_the_ground_from_what_was_decided() -> None:
    of_evaluator = project_circumstances(conflicted=frozenset({EVALUATOR}))
    of_manager = project_circumstances(conflicted=frozenset({MANAGER}))
    rest = tuple(member for member in MANAGERS if member != MANAGER)
    given(submitted(), evaluated()).under(of_evaluator).when(approve()).then_refused(
        "funding.evaluation_does_not_stand", clause="P63"
    )
    given(*to_approval()).under(of_evaluator).when(fund()).then_refused("funding.evaluation_does_not_stand")
    without = fund(vote=vote(in_favour=rest))
    given(*to_approval()).under(of_manager).when(without).then_refused("funding.approval_does_not_stand", clause="P64")
    again = [*to_approval(), evaluated(occurred_on=date(2022, 5, 11))]
    fresh = approved(members_present=rest, occurred_on=date(2022, 5, 12))
    given(*again).under(of_manager).when(without).then_refused("funding.not_approved")
    given(*again, fresh).under(of_manager).when(without).then_types(ProjectFunded, SpendingDecisionTaken)
    given(*again, fresh).under(of_manager).when(fund()).then_refused("funding.conflicted_member")


@pytest.mark.clause("P64")
@pytest.mark.invariant("I2", "command")
def test_approval_comes_after_a_positive_evaluation_of_another_committee() -> None:
    negative = evaluated(outcome=EvaluationOutcome.NEGATIVE)
    given(submitted(), evaluated()).when(approve()).then(approved())
    given(*to_approval()).when(approve()).then_nothing()
    given(submitted()).when(approve()).then_refused("funding.not_evaluated_positive", clause="P63")
    given(submitted(), negative).when(approve()).then_refused("funding.not_evaluated_positive")
    given(submitted(), evaluated(), negative).when(approve()).then_refused("funding.not_evaluated_positive")
    same = approve(committee_id=EVALUATION_ID)
    given(submitted(), evaluated()).when(same).then_refused("funding.same_committee", clause="P64")
    wrong = project_circumstances(panel=panel(CommitteeKind.EVALUATION, committee_id=UUID(int=77)))
    another = approve(committee_id=UUID(int=77))
    given(submitted(), evaluated()).under(wrong).when(another).then_refused(
        "funding.not_management_committee", clause="P64"
    )
    early = approve(on=date(2022, 5, 1))
    given(submitted(), evaluated()).when(early).then_refused("funding.before_decision")
    given(submitted(), evaluated()).when(REJECT).then(REJECTED)
    given(submitted(), evaluated(), approved()).when(REJECT).then(REJECTED)
    given(submitted()).when(REJECT).then(REJECTED)
    given(submitted(), REJECTED).when(REJECT).then_nothing()
    given(submitted(), evaluated(), REJECTED).when(approve()).then_refused("funding.project_over")


@pytest.mark.clause("P64", "P69")
@pytest.mark.invariant("I2", "command")
@pytest.mark.invariant("I10", "command")
def test_only_an_approved_project_is_funded() -> None:
    found = given(*to_approval()).when(fund()).then_types(ProjectFunded, SpendingDecisionTaken)
    assert found[0] == funded()
    decision = found[1]
    assert isinstance(decision, SpendingDecisionTaken)
    assert {one.party for one in decision.consents} == set(MANAGERS.values())
    assert {one.consent for one in decision.consents} == {Consent.IN_FAVOUR}
    assert (decision.strand, decision.rule) == (B3, SpendingRule.UNANIMOUS)
    given(*to_funding()).when(fund()).then_nothing()
    given(*to_funding()).when(fund(investment=1)).then_refused("funding.funded_already", clause="P64")
    given(submitted(), *accompanied()).when(fund()).then_refused("funding.not_approved", clause="P64")
    given(submitted(), *accompanied(), evaluated()).when(fund()).then_refused("funding.not_approved")
    given(*to_approval(), REJECTED).when(fund()).then_refused("funding.project_over")
    lost = evaluated(outcome=EvaluationOutcome.NEGATIVE, occurred_on=date(2022, 5, 15))
    given(*to_approval(), lost).when(fund()).then_refused("funding.not_approved")
    given(*to_approval()).when(fund(on=date(2022, 5, 9))).then_refused("funding.before_decision")
    given().when(fund()).then_refused("funding.project_unknown")


@pytest.mark.clause("P43")
def test_the_coaching_is_closed_before_the_money_where_the_agreement_says_so() -> None:
    order = [evaluated(), approved()]
    given(submitted(), *order).when(fund()).then_refused("funding.not_accompanied", clause="P43")
    running = accompanied()[:1]
    given(submitted(), *running, *order).when(fund()).then_refused("funding.not_accompanied")
    not_ready = accompanied(outcome=AccompanimentOutcome.NOT_READY)
    given(submitted(), *not_ready, *order).when(fund()).then_refused("funding.not_accompanied")
    free = project_circumstances(agreement=agreement(accompaniment_first=False))
    given(submitted(), *order).under(free).when(fund()).then_types(ProjectFunded, SpendingDecisionTaken)


@pytest.mark.clause("P64")
@pytest.mark.parametrize(
    ("strand", "investment", "consultancy"), [(B3, 600_001, 0), (B3, 0, 200_001), (A3, 800_001, 0)]
)
def test_the_grant_stays_under_the_ceilings_of_its_kind(strand: str, investment: int, consultancy: int) -> None:
    history = to_approval(A3 if strand == A3 else B3)
    over = fund(investment=investment, consultancy=consultancy)
    given(*history).when(over).then_refused("funding.over_ceiling", clause="P64")
    none = project_circumstances(agreement=agreement(grant_ceilings=()))
    given(*history).under(none).when(fund(investment=1, consultancy=0)).then_refused("funding.over_ceiling")
    given(*history).when(fund(investment=0, consultancy=0)).then_refused("funding.nothing_granted")
    total = fund(investment=700_000, consultancy=200_000)
    given(*to_approval(A3)).when(total).then_refused("funding.over_ceiling")


@pytest.mark.clause("P69")
def test_a_spending_is_agreed_by_the_rule_of_the_agreement() -> None:
    one, two, three = MANAGERS
    split = fund(vote=vote(in_favour=(one, two), against=(three,)))
    given(*to_approval()).when(split).then_refused("funding.spending_not_agreed", clause="P69")
    absent = fund(vote=vote(in_favour=(one, two)))
    given(*to_approval()).when(absent).then_refused("funding.spending_not_agreed", clause="P69")
    majority = project_circumstances(agreement=agreement(spending_rule=SpendingRule.MAJORITY))
    found = given(*to_approval()).under(majority).when(split).then_types(ProjectFunded, SpendingDecisionTaken)
    assert isinstance(found[1], SpendingDecisionTaken)
    assert {each.party: each.consent for each in found[1].consents} == {
        "comune_bologna": Consent.IN_FAVOUR,
        "citta_metropolitana": Consent.IN_FAVOUR,
        "fondazione_san_petronio": Consent.AGAINST,
    }
    few = fund(vote=vote(in_favour=(one,), against=()))
    given(*to_approval()).under(majority).when(few).then_refused("funding.spending_not_agreed")
    # Who has to abstain counts nowhere: the others are unanimous.
    conflicted = project_circumstances(conflicted=frozenset({three}))
    order = [*to_approval()[:-1], approved(members_present=(one, two))]
    given(*order).under(conflicted).when(absent).then_types(ProjectFunded, SpendingDecisionTaken)


def test_a_cup_has_the_shape_that_the_ministry_gives_it() -> None:
    with pytest.raises(ValueError, match="cup"):
        fund(cup="G17H0300013000")
    given(*to_approval()).when(fund(cup="G17H03000130001")).then_types(ProjectFunded, SpendingDecisionTaken)


def test_money_of_a_natural_person_is_never_disclosed() -> None:
    with pytest.raises(ValueError, match="not disclosed"):
        funded(A3, disclosed_amount=800_000)
