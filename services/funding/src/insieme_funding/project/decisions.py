"""Every command of a project and who answers it (P43-P45, P61, P63, P64)."""

from __future__ import annotations

from typing import assert_never

from insieme_events.decider import Decider, Decision
from insieme_funding.gates import not_after
from insieme_funding.project import following, granting, judging, submission
from insieme_funding.project.commands import (
    ApproveProject,
    CloseAccompaniment,
    CloseProject,
    DeclareJobTarget,
    EvaluateProject,
    FundProject,
    LinkPlacement,
    PayInstalment,
    ProjectCircumstances,
    ProjectCommand,
    RecordConsolidationAction,
    RecordSurvival,
    RejectProject,
    ReportMicrocredit,
    ReturnFunds,
    RevokeFunding,
    StartAccompaniment,
    SubmitProject,
    UnlinkPlacement,
)
from insieme_funding.project.state import NotSubmitted, Project, evolve


def decide(command: ProjectCommand, state: Project, circumstances: ProjectCircumstances) -> Decision:
    if future := not_after(circumstances.today, command.on):
        return future
    match command:
        case SubmitProject():
            return submission.submit(command, state, circumstances)
        case StartAccompaniment(on=on):
            return submission.start_accompaniment(state, on)
        case CloseAccompaniment():
            return submission.close_accompaniment(command, state)
        case EvaluateProject():
            return judging.evaluate(command, state, circumstances)
        case ApproveProject():
            return judging.approve(command, state, circumstances)
        case RejectProject():
            return judging.reject(command, state, circumstances)
        case FundProject():
            return granting.fund(command, state, circumstances)
        case PayInstalment():
            return granting.pay(command, state)
        case RevokeFunding():
            return granting.revoke(command, state)
        case ReturnFunds():
            return granting.give_back(command, state)
        case CloseProject():
            return granting.close(command, state)
        case DeclareJobTarget():
            return following.declare_jobs(command, state)
        case LinkPlacement():
            return following.link(command, state, circumstances)
        case UnlinkPlacement():
            return following.unlink(command, state)
        case RecordConsolidationAction():
            return following.consolidate(command, state, circumstances)
        case RecordSurvival():
            return following.survive(command, state)
        case ReportMicrocredit():
            return following.report_microcredit(command, state, circumstances)
        case _:
            assert_never(command)


PROJECT: Decider[Project, ProjectCommand, ProjectCircumstances] = Decider(
    context="funding", name="project", initial=NotSubmitted(), decide=decide, evolve=evolve
)
