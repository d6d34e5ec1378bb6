"""The aggregates of funding with their edges: what their decisions are told, and the views that they write."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from insieme_events import in_charge
from insieme_events.contracts.funding import ErasureCompleted
from insieme_events.contracts.vocabulary import ProjectKind
from insieme_events.decider import Circumstances
from insieme_events.erasing import acknowledgements
from insieme_events.store import Connection
from insieme_events.units import Aggregate, Asked
from insieme_funding.budget import (
    BUDGET,
    Budget,
    BudgetCircumstances,
    BudgetCommand,
    RecordExpenditure,
    SetAnnualBudget,
)
from insieme_funding.call import CALL, Call, CallCommand
from insieme_funding.committee import (
    COMMITTEE,
    AppointCommittee,
    Committee,
    CommitteeCircumstances,
    CommitteeCommand,
    DeclareConflict,
)
from insieme_funding.decision import (
    DECISION,
    ApproveActivityFunding,
    DecisionCircumstances,
    DecisionCommand,
    FundingDecision,
    RefuseActivityFunding,
)
from insieme_funding.project import (
    PROJECT,
    ApproveProject,
    EvaluateProject,
    FundProject,
    LinkPlacement,
    Project,
    ProjectCircumstances,
    ProjectCommand,
    RecordConsolidationAction,
    RejectProject,
    SubmitProject,
)
from insieme_funding.reduction import REDUCTION, AnswerReduction, Reduction
from insieme_funding.views import budgets, calls, committees, decisions, plans, projects, told

JUDGING = (EvaluateProject, ApproveProject, RejectProject, FundProject)


async def of_budgets(connection: Connection, asked: Sequence[Asked[BudgetCommand]]) -> list[BudgetCircumstances]:
    places = await budgets.places(connection, {each.stream_id for each in asked})
    for each in asked:
        if isinstance(each.command, SetAnnualBudget):
            places[each.stream_id] = (each.command.year, each.command.source)
    wanted = {(year - back, source) for year, source in places.values() for back in (0, 1)}
    ceilings = await plans.ceilings(connection, wanted)
    found = []
    for each in asked:
        year, source = places.get(each.stream_id, (0, ""))
        found.append(
            BudgetCircumstances(
                actor=each.situation.actor,
                today=each.situation.today,
                agreement=each.situation.agreement_on(each.command.on),
                ceilings=ceilings.get((year, source)),
                previous=ceilings.get((year - 1, source)),
            )
        )
    return found


async def of_reductions(connection: Connection, asked: Sequence[Asked[AnswerReduction]]) -> list[Circumstances]:
    return [Circumstances(each.situation.actor, each.situation.today, None) for each in asked]


async def of_calls(connection: Connection, asked: Sequence[Asked[CallCommand]]) -> list[Circumstances]:
    return [
        Circumstances(each.situation.actor, each.situation.today, each.situation.agreement_on(each.command.on))
        for each in asked
    ]


async def of_committees(
    connection: Connection, asked: Sequence[Asked[CommitteeCommand]]
) -> list[CommitteeCircumstances]:
    found = []
    for each in asked:
        overlaps = project_known = False
        match each.command:
            case AppointCommittee(committee_id=committee_id, kind=kind, on=on, mandate_to=until):
                overlaps = await committees.overlapping(connection, committee_id, kind.value, on, until)
            case DeclareConflict(project_id=project_id):
                project_known = await projects.placed(connection, project_id) is not None
            case _:
                pass
        agreement = each.situation.agreement_on(each.command.on)
        situation = (each.situation.actor, each.situation.today, agreement)
        found.append(CommitteeCircumstances(*situation, overlaps=overlaps, project_known=project_known))
    return found


async def of_projects(connection: Connection, asked: Sequence[Asked[ProjectCommand]]) -> list[ProjectCircumstances]:
    commands = [each.command for each in asked]
    submitted = [c for c in commands if isinstance(c, SubmitProject)]
    panels = await committees.panels(connection, {c.committee_id for c in commands if isinstance(c, JUDGING)})
    judged = {each.stream_id for each in asked if isinstance(each.command, JUDGING)}
    conflicted = await committees.conflicted(connection, judged)
    open_calls = await calls.seen(connection, {c.call_id for c in submitted})
    persons = {c.proposer_id for c in submitted if c.kind is ProjectKind.SELF_ENTERPRISE}
    charges = await in_charge.of_persons(connection, persons) if persons else {}
    employments = {c.employment_id for c in commands if isinstance(c, LinkPlacement)}
    placements = await told.placements(connection, employments)
    acting = {c.company_id for c in commands if isinstance(c, RecordConsolidationAction)}
    board = await told.board(connection, acting)
    found = []
    for each in asked:
        c = each.command
        found.append(
            ProjectCircumstances(
                actor=each.situation.actor,
                today=each.situation.today,
                agreement=each.situation.agreement_on(c.on),
                panel=panels.get(c.committee_id) if isinstance(c, JUDGING) else None,
                conflicted=conflicted.get(each.stream_id, frozenset[UUID]()),
                call=open_calls.get(c.call_id) if isinstance(c, SubmitProject) else None,
                in_charge=charges.get(c.proposer_id) if isinstance(c, SubmitProject) else None,
                placement=placements.get(c.employment_id) if isinstance(c, LinkPlacement) else None,
                board=board.get(c.company_id) if isinstance(c, RecordConsolidationAction) else None,
            )
        )
    return found


async def of_decisions(connection: Connection, asked: Sequence[Asked[DecisionCommand]]) -> list[DecisionCircumstances]:
    deciding = (ApproveActivityFunding, RefuseActivityFunding)
    named = {each.command.committee_id for each in asked if isinstance(each.command, deciding)}
    panels = await committees.panels(connection, named)
    return [
        DecisionCircumstances(
            actor=each.situation.actor,
            today=each.situation.today,
            agreement=each.situation.agreement_on(each.command.on),
            panel=panels.get(each.command.committee_id) if isinstance(each.command, deciding) else None,
        )
        for each in asked
    ]


BUDGETS: Aggregate[Budget, BudgetCommand, BudgetCircumstances] = Aggregate(
    BUDGET, of_budgets, budgets.write, together=(RecordExpenditure,)
)
REDUCTIONS: Aggregate[Reduction, AnswerReduction, Circumstances] = Aggregate(REDUCTION, of_reductions, plans.write)
CALLS: Aggregate[Call, CallCommand, Circumstances] = Aggregate(CALL, of_calls, calls.write)
COMMITTEES: Aggregate[Committee, CommitteeCommand, CommitteeCircumstances] = Aggregate(
    COMMITTEE, of_committees, committees.write
)
PROJECTS: Aggregate[Project, ProjectCommand, ProjectCircumstances] = Aggregate(
    PROJECT, of_projects, projects.write, projects.UNIQUE
)
DECISIONS: Aggregate[FundingDecision, DecisionCommand, DecisionCircumstances] = Aggregate(
    DECISION, of_decisions, decisions.write
)
ERASURES = acknowledgements("funding", ErasureCompleted)

AGGREGATES = (BUDGETS, REDUCTIONS, CALLS, COMMITTEES, PROJECTS, DECISIONS, ERASURES)
