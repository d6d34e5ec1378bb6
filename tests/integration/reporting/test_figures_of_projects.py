"""Projects from the call to what became of them, on histories whose figures are known beforehand."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.integration.reporting.telling_money import Project, activity, call

from insieme_events.contracts import funding_projects as told
from insieme_events.contracts.funding import ActivityKind, money
from insieme_events.contracts.vocabulary import Strand
from insieme_reporting.testing import Employment, History

OWN, SOCIAL = Strand.SELF_ENTERPRISE, Strand.SOCIAL_INNOVATION
OPENED, SUBMITTED, EVALUATED = date(2019, 1, 7), date(2019, 2, 4), date(2019, 4, 1)
FUNDED, PAID = date(2019, 5, 6), date(2019, 6, 3)
YEAR = {"since": date(2019, 1, 1), "to": date(2019, 12, 31)}


def funded(history: History, call_id: UUID, strand: Strand = SOCIAL, jobs: int | None = None) -> Project:
    project = Project(history, strand, call_id, SUBMITTED)
    project.accompanied(date(2019, 2, 11), date(2019, 3, 25))
    project.evaluated(EVALUATED)
    project.approved(date(2019, 4, 8))
    project.funded(FUNDED, 800_000, jobs=jobs)
    return project


@pytest.mark.clause("P43", "P44", "P63", "P64")
async def test_the_funnel_of_projects_and_their_states_on_a_day(facts: Any) -> None:
    history = History()
    opened = call(history, SOCIAL, OPENED, date(2019, 2, 7))
    paid = funded(history, opened)
    paid.paid(PAID, 400_000)
    paid.paid(date(2019, 9, 2), 400_000, 2)
    funded(history, opened)
    Project(history, OWN, opened, SUBMITTED)
    failing = Project(history, SOCIAL, opened, date(2019, 2, 6))
    failing.evaluated(EVALUATED, positive=False)
    by: dict[str, Any] = {"committee_id": uuid4(), "members_present": (), "occurred_on": date(2019, 4, 9)}
    failing.record(told.ProjectRejected(**failing.ids, **by, ground=told.RejectionGround.NOT_EVALUATED_POSITIVE))
    await facts.fill(history, batch=3)

    assert await facts.value("calls_opened", **YEAR) == 1
    assert await facts.by("projects_submitted", "strand", **YEAR) == {"3a": 1, "3b": 3}
    assert [await facts.value(f"projects_{step}", **YEAR) for step in ("accompanied", "approved", "funded")] == [
        2,
        2,
        2,
    ]
    assert await facts.by("projects_by_state", "state", to=date(2019, 3, 1)) == {"in_accompaniment": 2, "submitted": 2}
    assert await facts.by("projects_by_state", "state", to=EVALUATED) == {"evaluated": 3, "submitted": 1}
    assert await facts.by("projects_by_state", "state", to=date(2019, 12, 31)) == {
        "paid": 1,
        "funded": 1,
        "rejected": 1,
        "submitted": 1,
    }
    assert await facts.rows("project_pass_rate", **YEAR) == [{"numerator": 2, "denominator": 3, "value": 0.6667}]
    assert await facts.rows("project_funding_rate", **YEAR) == [{"numerator": 2, "denominator": 4, "value": 0.5}]
    assert await facts.by("project_grants", "source", **YEAR) == {"comune": 1_600_000}
    for name, days, count in (
        ("days_to_evaluation", (56 + 56 + 54) / 3, 3),
        ("days_to_funding", 91.0, 2),
        ("days_to_first_instalment", 28.0, 1),
        ("days_from_call_to_instalment", 147.0, 1),
    ):
        (row,) = await facts.rows(name, **YEAR)
        assert (row["value"], row["count"]) == (round(days, 1), count), name


@pytest.mark.clause("P43", "P64")
async def test_a_revoked_and_a_closed_project_are_in_their_last_state(facts: Any) -> None:
    history = History()
    opened = call(history, SOCIAL, OPENED, date(2019, 2, 7))
    revoked, closed = funded(history, opened), funded(history, opened)
    why = told.RevocationReason.RENOUNCED
    revoked.record(told.FundingRevoked(**revoked.ids, reason=why, occurred_on=date(2019, 8, 5)))
    done = told.ProjectOutcome.COMPLETED
    closed.record(told.ProjectClosed(**closed.ids, outcome=done, occurred_on=date(2019, 10, 7)))
    await facts.fill(history)
    at_the_end = await facts.by("projects_by_state", "state", to=date(2019, 12, 31))
    assert at_the_end == {"revoked": 1, "closed": 1}
    assert await facts.by("projects_by_state", "state", to=date(2019, 9, 1)) == {"revoked": 1, "funded": 1}


def placed(history: History, on: date, person: UUID | None = None) -> Employment:
    return history.placed(person or uuid4(), history.company(OPENED), on, date(2019, 12, 31))


@pytest.mark.clause("P45", "P20")
async def test_jobs_that_projects_created_lie_beside_those_promised(facts: Any) -> None:
    history = History()
    opened = call(history, SOCIAL, OPENED, date(2019, 2, 7))
    two, none, over = funded(history, opened, jobs=4), funded(history, opened, jobs=2), funded(history, opened, jobs=1)
    person = uuid4()
    # One person twice, a link taken back, a placement voided, one linked twice over.
    first, second, wrong, void, again = (
        placed(history, date(2019, 7, 1), who) for who in (person, person, None, None, None)
    )
    for job in (first, second, wrong, void):
        two.linked(job.employment_id, date(2019, 7, 2))
    two.unlinked(wrong.employment_id, date(2019, 7, 9))
    void.voided(date(2019, 7, 10))
    for _ in range(2):
        over.linked(again.employment_id, date(2019, 7, 3))
    extra = placed(history, date(2019, 8, 1))
    over.linked(extra.employment_id, date(2019, 8, 2))
    over.unlinked(extra.employment_id, date(2019, 8, 3))
    over.linked(extra.employment_id, date(2019, 8, 5))
    # The renewal of a job is the same job.
    first.extended(date(2019, 10, 1), date(2019, 12, 31))
    await facts.fill(history, batch=5)

    promised = {str(project.project_id): jobs for project, jobs in ((two, 4), (none, 2), (over, 1))}
    assert await facts.by("jobs_promised", "project", **YEAR) == promised
    assert await facts.by("project_jobs", "month", **YEAR) == {"2019-07": 3, "2019-08": 1}
    assert await facts.value("project_job_persons", **YEAR) == 3
    rows = {row["project"]: row for row in await facts.rows("job_target_rate", by="project", **YEAR)}
    assert {project: (row["numerator"], row["denominator"]) for project, row in rows.items()} == {
        str(two.project_id): (2, 4),
        str(none.project_id): (0, 2),
        str(over.project_id): (2, 1),
    }
    assert await facts.rows("job_target_rate", **YEAR) == [{"numerator": 4, "denominator": 7, "value": 0.5714}]


@pytest.mark.clause("P61", "P43")
async def test_what_followed_a_project_is_counted_by_its_last_answer(facts: Any) -> None:
    history = History()
    opened = call(history, SOCIAL, OPENED, date(2019, 2, 7))
    one, other = funded(history, opened), funded(history, opened)
    for project, month, alive in ((one, 5, True), (other, 5, True), (other, 6, False)):
        answered = date(2020, month, 4)
        project.record(told.ProjectSurvivalRecorded(**project.ids, months=12, alive=alive, occurred_on=answered))
    for kind in told.ConsolidationKind:
        ids = {**one.ids, "action_id": uuid4(), "company_id": uuid4()}
        one.record(told.ConsolidationActionRecorded(**ids, kind=kind, occurred_on=date(2020, 2, 3)))
    lent = {**one.ids, **money(SOCIAL, 2_500_000), "report_id": uuid4()}
    one.record(told.MicrocreditReported(**lent, occurred_on=date(2020, 3, 2)))
    await facts.fill(history)
    year = {"since": date(2020, 1, 1), "to": date(2020, 12, 31)}
    assert await facts.rows("project_survival_rate", by="months", **year) == [
        {"months": "12", "numerator": 1, "denominator": 2, "value": 0.5}
    ]
    kinds = {kind.value: 1 for kind in told.ConsolidationKind}
    assert await facts.by("consolidation_actions", "consolidation_kind", **year) == kinds
    assert [await facts.value(name, **year) for name in ("microcredits", "microcredit_amount")] == [1, 2_500_000]


@pytest.mark.clause("P64")
async def test_activities_count_once_they_are_funded(facts: Any) -> None:
    history = History()
    activity(history, ActivityKind.COURSE, FUNDED, 100_000)
    activity(history, ActivityKind.INTERNSHIP_ALLOWANCE, FUNDED, 45_000)
    activity(history, ActivityKind.COURSE, FUNDED, 900_000, approved=False)
    await facts.fill(history)
    assert await facts.by("activities_funded", "activity_kind", **YEAR) == {"course": 1, "internship_allowance": 1}
