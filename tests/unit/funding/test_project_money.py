"""A grant is paid, revoked, returned and closed; what becomes of the project is followed (P43, P45, P61, P64)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from insieme_events.contracts.funding import money
from insieme_events.contracts.funding_projects import (
    ConsolidationActionRecorded,
    ConsolidationKind,
    FundingRevoked,
    FundsReturned,
    InstalmentPaid,
    JobTargetDeclared,
    MicrocreditReported,
    PlacementLinkedToProject,
    PlacementUnlinkedFromProject,
    ProjectClosed,
    ProjectOutcome,
    ProjectSurvivalRecorded,
    RevocationReason,
    UnlinkReason,
    WorkSuitability,
)
from insieme_events.gates import Interval
from insieme_events.testing import scenario
from insieme_funding.project import (
    PROJECT,
    CloseProject,
    DeclareJobTarget,
    LinkPlacement,
    PayInstalment,
    PlacementSeen,
    RecordConsolidationAction,
    RecordSurvival,
    ReportMicrocredit,
    ReturnFunds,
    RevokeFunding,
    UnlinkPlacement,
)
from insieme_funding.testing import (
    B3,
    COMPANY_ID,
    EMPLOYMENT,
    EXPENDITURE,
    evaluated,
    of_project,
    project_circumstances,
    submitted,
    to_approval,
    to_funding,
)

given = scenario(PROJECT, project_circumstances())
OTHER, JUNE, SEPTEMBER = UUID(int=99), date(2022, 6, 1), date(2022, 9, 5)
PAID = InstalmentPaid(**of_project(JUNE) | money(B3, 500_000), instalment_no=1, expenditure_id=EXPENDITURE)
REVOKE = RevokeFunding(reason=RevocationReason.ACTIVITY_CEASED, on=SEPTEMBER)
REVOKED = FundingRevoked(**of_project(SEPTEMBER), reason=RevocationReason.ACTIVITY_CEASED)
CLOSED = ProjectClosed(**of_project(SEPTEMBER), outcome=ProjectOutcome.COMPLETED)
LINK = LinkPlacement(employment_id=EMPLOYMENT, suitability=WorkSuitability.SUITABLE, on=SEPTEMBER)
LINKED = PlacementLinkedToProject(
    **of_project(SEPTEMBER), employment_id=EMPLOYMENT, suitability=WorkSuitability.SUITABLE
)


def pay(amount: int, expenditure_id: UUID = EXPENDITURE, on: date = JUNE) -> PayInstalment:
    return PayInstalment(expenditure_id=expenditure_id, amount=amount, on=on)


def give_back(amount: int, return_id: UUID = OTHER) -> ReturnFunds:
    return ReturnFunds(return_id=return_id, amount=amount, on=SEPTEMBER)


@pytest.mark.clause("P64")
@pytest.mark.invariant("I3", "command")
def test_instalments_stay_within_the_grant() -> None:
    given(*to_funding()).when(pay(500_000)).then(PAID)
    given(*to_funding(), PAID).when(pay(500_000)).then_nothing()
    given(*to_funding(), PAID).when(pay(1)).then_refused("funding.repeated_otherwise")
    given(*to_funding(), PAID).when(pay(300_001, OTHER)).then_refused("funding.over_grant", clause="P64")
    second = InstalmentPaid(**of_project(JUNE) | money(B3, 300_000), instalment_no=2, expenditure_id=OTHER)
    given(*to_funding(), PAID).when(pay(300_000, OTHER)).then(second)
    given(*to_approval()).when(pay(1)).then_refused("funding.not_funded", clause="P64")
    given(*to_funding()).when(pay(1, on=date(2022, 5, 19))).then_refused("funding.before_decision")


@pytest.mark.clause("P64")
def test_after_a_revocation_nothing_is_paid_and_money_comes_back() -> None:
    history = [*to_funding(), PAID]
    given(*history).when(REVOKE).then(REVOKED)
    given(*history, REVOKED).when(REVOKE).then_nothing()
    given(*to_approval()).when(REVOKE).then_refused("funding.not_funded")
    given(*history, REVOKED).when(pay(1, OTHER)).then_refused("funding.project_over")
    returned = FundsReturned(**of_project(SEPTEMBER) | money(B3, 200_000), return_id=OTHER)
    given(*history, REVOKED).when(give_back(200_000)).then(returned)
    given(*history, REVOKED, returned).when(give_back(200_000)).then_nothing()
    given(*history, REVOKED, returned).when(give_back(1)).then_refused("funding.repeated_otherwise")
    too_much = give_back(300_001, EXPENDITURE)
    given(*history, REVOKED, returned).when(too_much).then_refused("funding.over_kept", clause="P64")
    given(*history).when(give_back(1)).then_types(FundsReturned)
    given(*to_funding()).when(give_back(1)).then_refused("funding.over_kept")
    given(submitted()).when(give_back(1)).then_refused("funding.not_funded")


def test_a_project_is_closed_and_one_that_was_never_funded_only_withdrawn() -> None:
    close = CloseProject(outcome=ProjectOutcome.COMPLETED, releasing=True, on=SEPTEMBER)
    given(*to_funding()).when(close).then(CLOSED)
    given(*to_funding(), CLOSED).when(close).then_nothing()
    given(*to_approval()).when(close).then_refused("funding.only_withdrawn")
    withdraw = CloseProject(outcome=ProjectOutcome.WITHDRAWN, releasing=False, on=SEPTEMBER)
    for unfunded in ([submitted()], [submitted(), evaluated()], to_approval()):
        given(*unfunded).when(withdraw).then_types(ProjectClosed)
    # Sent before it was funded, decided on after: its money would stay bound for ever.
    given(*to_funding()).when(withdraw).then_refused("funding.funded_meanwhile", clause="P64")
    given(*to_funding(), REVOKED).when(close).then_refused("funding.project_over")
    given(*to_funding(), PAID, CLOSED).when(give_back(1)).then_types(FundsReturned)


@pytest.mark.clause("P45")
def test_a_project_promises_jobs() -> None:
    declare = DeclareJobTarget(jobs=3, on=date(2022, 2, 10))
    declared = JobTargetDeclared(**of_project(date(2022, 2, 10)), jobs=3)
    given(submitted()).when(declare).then(declared)
    given(submitted(), declared).when(declare).then_nothing()
    given(submitted(), declared).when(DeclareJobTarget(jobs=2, on=JUNE)).then_types(JobTargetDeclared)
    given(*to_funding(), REVOKED).when(declare).then_refused("funding.project_over")


@pytest.mark.clause("P45")
def test_placements_are_linked_once_known_and_unlinked_once_voided() -> None:
    given(*to_funding()).when(LINK).then(LINKED)
    given(*to_funding(), LINKED).when(LINK).then_nothing()
    given(*to_approval()).when(LINK).then_refused("funding.not_funded")
    unheard = given(*to_funding()).under(project_circumstances(placement=None))
    unheard.when(LINK).then_refused("funding.placement_unknown", clause="P45")
    void = project_circumstances(placement=PlacementSeen(SEPTEMBER, voided=True))
    given(*to_funding()).under(void).when(LINK).then_refused("funding.placement_void", clause="P45")
    early = project_circumstances(placement=PlacementSeen(date(2022, 5, 19), voided=False))
    given(*to_funding()).under(early).when(LINK).then_refused("funding.placement_before_funding", clause="P45")
    unlink = UnlinkPlacement(employment_id=EMPLOYMENT, reason=UnlinkReason.PLACEMENT_VOIDED, on=SEPTEMBER)
    unlinked = PlacementUnlinkedFromProject(
        **of_project(SEPTEMBER), employment_id=EMPLOYMENT, reason=UnlinkReason.PLACEMENT_VOIDED
    )
    given(*to_funding(), LINKED).when(unlink).then(unlinked)
    given(*to_funding(), LINKED, unlinked).when(unlink).then_nothing()
    given(*to_funding(), LINKED, CLOSED).when(unlink).then(unlinked)


@pytest.mark.clause("P61")
def test_companies_of_the_board_support_funded_projects() -> None:
    act = RecordConsolidationAction(action_id=OTHER, company_id=COMPANY_ID, kind=ConsolidationKind.ORDERS, on=SEPTEMBER)
    acted = ConsolidationActionRecorded(
        **of_project(SEPTEMBER), action_id=OTHER, company_id=COMPANY_ID, kind=ConsolidationKind.ORDERS
    )
    given(*to_funding()).when(act).then(acted)
    given(*to_funding(), acted).when(act).then_nothing()
    given(*to_approval()).when(act).then_refused("funding.not_funded")
    unheard = given(*to_funding()).under(project_circumstances(board=None))
    unheard.when(act).then_refused("funding.company_unheard", clause="P61")
    left = project_circumstances(board=(Interval(date(2021, 6, 1), date(2022, 9, 4)),))
    given(*to_funding()).under(left).when(act).then_refused("funding.not_in_board", clause="P61")


@pytest.mark.clause("P61")
def test_survival_is_recorded_once_the_months_are_over() -> None:
    circumstances = project_circumstances(today=date(2024, 12, 31))
    survive = RecordSurvival(months=12, alive=True, on=date(2023, 5, 20))
    survived = ProjectSurvivalRecorded(**of_project(date(2023, 5, 20)), months=12, alive=True)
    later = given(*to_funding()).under(circumstances)
    later.when(survive).then(survived)
    later.given(survived).when(survive).then_nothing()
    early = RecordSurvival(months=12, alive=True, on=date(2023, 5, 19))
    later.when(early).then_refused("funding.too_early", clause="P61")
    given(*to_funding(), CLOSED).under(circumstances).when(survive).then(survived)


@pytest.mark.clause("P43")
def test_the_banks_microcredit_is_reported_within_the_agreement() -> None:
    report = ReportMicrocredit(report_id=OTHER, amount=2_000_000, on=JUNE)
    reported = MicrocreditReported(**of_project(JUNE) | money(B3, 2_000_000), report_id=OTHER)
    given(*to_funding()).when(report).then(reported)
    given(*to_funding(), reported).when(report).then_nothing()
    given(submitted()).when(report).then(reported)
    more = ReportMicrocredit(report_id=EXPENDITURE, amount=500_001, on=JUNE)
    given(*to_funding(), reported).when(more).then_refused("funding.over_microcredit", clause="P43")
    given().when(report).then_refused("funding.project_unknown")
