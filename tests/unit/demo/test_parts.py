"""The whole projects and budgets to June 2026 through the services' own decisions, and their money by the ledger.

So too the whole courses and internships of those years.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from tests.unit.demo.on_paper import Paper

from insieme_demo import later, ledger, plan
from insieme_demo.ledger_money import MoneyLedger
from insieme_demo.mending import Mending
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.funding import ActivityFundingApproved
from insieme_events.contracts.funding_budget import (
    AnnualBudgetSet,
    BudgetAmended,
    BudgetClosed,
    CommitmentReleased,
    ExpenditureRecorded,
    ExpenditureReturned,
    FundsCommitted,
)
from insieme_events.contracts.funding_committees import CommitteeAppointed, ConflictDeclared
from insieme_events.contracts.funding_projects import (
    CallOpened,
    FundingRevoked,
    InstalmentPaid,
    MicrocreditReported,
    ProjectClosed,
    ProjectEvaluated,
    ProjectFunded,
    ProjectSubmitted,
    ProjectSurvivalRecorded,
)
from insieme_events.contracts.matching import InternshipEnded, InternshipStarted
from insieme_events.contracts.training_courses import CoursePlanned
from insieme_events.contracts.training_participations import ParticipantCompleted, ParticipantStarted
from insieme_events.contracts.vocabulary import Strand

WHOLE = plan.make(onwards=True)
NOTHING = Mending((), (), (), {}, (), ())


def both(to_2021: MoneyLedger, after: MoneyLedger) -> MoneyLedger:
    """Of both parts together, year by year."""
    added = ((Counter(getattr(to_2021, one.name)), getattr(after, one.name)) for one in fields(MoneyLedger))
    return MoneyLedger(*(dict(one + Counter(more)) for one, more in added))


assert WHOLE.later is not None
MONEY = both(ledger.count(WHOLE).money, ledger.count_later(WHOLE.later).money)


@pytest.fixture(scope="module")
def events() -> list[DomainEvent]:
    """With the cases of those who take part, the companies and the placements that projects count, and no more."""
    linked = {one for project in WHOLE.money.projects for _, one, _ in project.after.placements}
    chains = [chain for chain in WHOLE.chains if chain.employment_id in linked]
    ways = [pupil.way for course in WHOLE.courses for pupil in course.pupils]
    ways += [one.way for one in WHOLE.internships]
    ways += [one.way for one in WHOLE.money.projects if one.way is not None]
    ways += [chain.way for chain in chains]
    once = list({way.case_id: way for way in ways}.values())
    companies = replace(WHOLE.offers, needs=[], vacancies=[], candidacies=[], vacancy_of={})
    paper = Paper()
    paper.write(plan.months(replace(WHOLE, ways=once, chains=chains, offers=companies, mending=NOTHING)))
    return [event for stream in paper.streams.values() for _, event in stream]


def of(events: Iterable[DomainEvent], *types: type[DomainEvent]) -> list[Any]:
    return [event for event in events if isinstance(event, types)]


def by_year(amounts: Iterable[tuple[date, int]]) -> dict[int, int]:
    found: Counter[int] = Counter()
    for on, amount in amounts:
        found[on.year] += amount
    return dict(found)


def test_every_kind_of_end_of_a_project_is_told(events: list[DomainEvent]) -> None:
    types = Counter(type(event).__name__ for event in events)
    assert types["ProjectSubmitted"] == 64 + 40
    assert types["ProjectSubmitted"] > types["ProjectEvaluated"] > types["ProjectApproved"] == types["ProjectFunded"]
    for rare in (
        "ProjectRejected", "FundingRevoked", "FundsReturned", "ProjectClosed", "ConflictDeclared",
        "PlacementLinkedToProject", "ConsolidationActionRecorded", "ProjectSurvivalRecorded", "MicrocreditReported",
        "ActivityFundingRefused", "BudgetAmended", "BudgetClosed",
    ):  # fmt: skip
        assert types[rare] > 0, rare


def test_the_years_after_2021_have_money_of_their_own(events: list[DomainEvent]) -> None:
    """Budgets to 2026, calls, grants and activities to 2025; what was open of the years before is ended."""
    budgets = Counter(one.year for one in of(events, AnnualBudgetSet))
    assert budgets == dict.fromkeys(range(2018, 2027), 3)
    assert Counter(one.year for one in of(events, BudgetClosed)) == dict.fromkeys(range(2018, 2026), 3)
    assert [one.year for one in of(events, BudgetAmended)] == [2020, 2024]
    straight = Counter(one.occurred_on.year for one in of(events, ExpenditureRecorded) if one.commitment_id is None)
    assert straight == {**dict.fromkeys(range(2018, 2026), 3 * 4 * 2), 2026: 3 * 2 * 2}
    for kind in (CallOpened, ProjectSubmitted, ProjectFunded, ActivityFundingApproved, ExpenditureRecorded):
        years = {one.occurred_on.year for one in of(events, kind)}
        assert years >= set(range(2022, 2026)), kind
    assert max(one.occurred_on for one in of(events, CallOpened)) < later.EXPIRED
    appointed = {(one.kind, one.occurred_on.year): one.mandate_to for one in of(events, CommitteeAppointed)}
    assert sorted({year for _, year in appointed}) == [2018, 2020, 2022, 2024]


def test_projects_of_the_years_to_2021_come_to_their_end_after_them(events: list[DomainEvent]) -> None:
    """A grant of 2021 is paid on in 2022, and every grant that was paid whole, revoked or given up is over."""
    before = {one.project_id for one in of(events, ProjectFunded) if one.occurred_on.year < 2022}
    paid = [one for one in of(events, InstalmentPaid) if one.project_id in before]
    assert any(one.occurred_on.year == 2022 for one in paid)
    ended = {one.project_id for one in of(events, ProjectClosed, FundingRevoked)}
    assert before <= ended
    asked: dict[Any, list[tuple[int, bool]]] = {}
    for one in of(events, ProjectSurvivalRecorded):
        asked.setdefault(one.project_id, []).append((one.months, one.alive))
    for project_id in before:
        assert [months for months, _ in asked[project_id]] == [12, 24, 36]


def test_the_money_of_the_events_is_that_of_the_ledger(events: list[DomainEvent]) -> None:
    """A commitment counts on its day, whenever part of it was given up or came back."""
    assert by_year((one.occurred_on, 1) for one in of(events, ProjectSubmitted)) == MONEY.submitted
    funded = of(events, ProjectFunded)
    assert by_year((one.occurred_on, 1) for one in funded) == MONEY.funded
    assert by_year((one.occurred_on, one.investment + one.consultancy) for one in funded) == MONEY.granted
    lines: dict[Any, Any] = {}
    for one in of(events, AnnualBudgetSet, BudgetAmended):
        lines[one.budget_id] = date(one.year, 1, 1), sum(line.amount for line in one.lines)
    assert by_year(lines.values()) == MONEY.budget
    bound = of(events, FundsCommitted)
    day = {one.commitment_id: one.occurred_on for one in bound}
    less = of(events, CommitmentReleased, ExpenditureReturned)
    kept = [(one.occurred_on, one.amount) for one in bound] + [(day[one.commitment_id], -one.amount) for one in less]
    assert by_year(kept) == MONEY.committed
    spent = [(one.occurred_on, one.amount) for one in of(events, ExpenditureRecorded)]
    spent += [(one.occurred_on, -one.amount) for one in of(events, ExpenditureReturned)]
    assert by_year(spent) == MONEY.spent
    assert by_year((one.occurred_on, one.amount) for one in of(events, MicrocreditReported)) == MONEY.microcredit


def test_the_whole_courses_and_internships_after_2021_are_taken_as_the_ledger_says(events: list[DomainEvent]) -> None:
    assert WHOLE.later is not None
    counted = ledger.count_later(WHOLE.later)
    codes = {one.course_id: one.course_code for one in of(events, CoursePlanned)}
    later_on = [event for event in events if event.occurred_on.year > 2021]
    started = Counter(codes[one.course_id] for one in of(later_on, ParticipantStarted))
    completed = Counter(codes[one.course_id] for one in of(later_on, ParticipantCompleted))
    assert started == {code: sizes[0] for code, sizes in counted.courses.items()}
    assert completed == {code: sizes[1] for code, sizes in counted.courses.items()}
    assert Counter(one.occurred_on.year for one in of(later_on, InternshipStarted)) == counted.internships
    assert Counter(one.occurred_on.year for one in of(later_on, InternshipEnded)) == counted.internships_ended
    assert {code: sizes[0] for code, sizes in counted.courses.items()} == {
        code: {"italian": 14}.get(code.partition("-")[0], 12) for code in counted.courses
    }, "at the whole scale there is somebody for every seat"
    assert len(counted.courses) == 17
    assert all(counted.internships[year] >= 15 for year in range(2022, 2026))


def test_no_line_of_a_budget_carries_more_than_it_has(events: list[DomainEvent]) -> None:
    """Counted at the end of each year, when all of it is bound: what is committed, and what was spent without."""
    used: Counter[tuple[Any, Strand]] = Counter()
    lines: dict[tuple[Any, Strand], int] = {}
    for one in of(events, FundsCommitted):
        used[one.budget_id, one.strand] += one.amount
    for one in of(events, ExpenditureRecorded):
        if one.commitment_id is None:
            used[one.budget_id, one.strand] += one.amount
    for one in of(events, AnnualBudgetSet, BudgetAmended):
        lines |= {(one.budget_id, line.strand): line.amount for line in one.lines}
    assert used.keys() <= lines.keys()
    assert all(0 < amount <= lines[line] for line, amount in used.items())


def test_a_member_in_conflict_never_takes_part_in_the_evaluation(events: list[DomainEvent]) -> None:
    conflicts = {(one.project_id, one.member_id) for one in of(events, ConflictDeclared)}
    evaluated = of(events, ProjectEvaluated)
    assert conflicts
    assert {project for project, _ in conflicts} <= {one.project_id for one in evaluated}
    assert not {(one.project_id, member) for one in evaluated for member in one.members_present} & conflicts
