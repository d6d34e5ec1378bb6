"""What may be asked of a project, and what a decision on it is told (P43-P45, P61, P63, P64)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from insieme_events.contracts.base import Code
from insieme_events.contracts.funding import Amount, Year
from insieme_events.contracts.funding_projects import (
    AccompanimentOutcome,
    ConsolidationKind,
    CriterionScore,
    Cup,
    EvaluationOutcome,
    ProjectOutcome,
    RejectionGround,
    RevocationReason,
    UnlinkReason,
    WorkSuitability,
)
from insieme_events.contracts.vocabulary import Cents, Comune, ProjectKind, Strand
from insieme_events.days import Day
from insieme_events.decider import Circumstances, Command
from insieme_events.gates import Interval
from insieme_funding.panel import Members, Panel, Vote


class NewProject(Command):
    """A project as it is submitted; `proposer_id` is a person in charge (3a) or an organisation (3b)."""

    kind: ProjectKind
    call_id: UUID
    proposer_id: UUID
    sector: Code
    sustainability_years: Annotated[int, Field(ge=0, le=20)]
    seat: Comune
    requested_investment: Cents
    requested_consultancy: Cents
    on: Day


class SubmitProject(NewProject):
    project_id: UUID


class StartAccompaniment(Command):
    on: Day


class CloseAccompaniment(Command):
    outcome: AccompanimentOutcome
    on: Day


class EvaluateProject(Command):
    """The Comitato di valutazione's judgement; a new one takes the place of the one before, and of the approval."""

    committee_id: UUID
    criteria: Annotated[tuple[CriterionScore, ...], Field(min_length=1, max_length=30)]
    outcome: EvaluationOutcome
    members_present: Members
    on: Day


class ApproveProject(Command):
    committee_id: UUID
    members_present: Members
    on: Day


class RejectProject(Command):
    committee_id: UUID
    members_present: Members
    ground: RejectionGround
    on: Day


class FundProject(Command):
    """The Comitato di gestione grants money of a budget: in one unit with the commitment there."""

    committee_id: UUID
    vote: Vote
    year: Year
    source: Code
    investment: Cents
    consultancy: Cents
    cup: Cup | None = None
    on: Day

    @property
    def amount(self) -> int:
        return self.investment + self.consultancy


class NewInstalment(Command):
    amount: Amount
    on: Day


class PayInstalment(NewInstalment):
    """In one unit with the payment on the budget, under the same `expenditure_id`."""

    expenditure_id: UUID


class RevokeFunding(Command):
    """In one unit with the release of what was not paid."""

    reason: RevocationReason
    on: Day


class NewReturn(Command):
    amount: Amount
    on: Day


class ReturnFunds(NewReturn):
    """In one unit with the budget, which has the money again."""

    return_id: UUID


class Closing(Command):
    """How the project ended."""

    outcome: ProjectOutcome
    on: Day


class CloseProject(Closing):
    """`releasing`: in one unit with the release of what was not paid, as the closing of a funded project has to be."""

    releasing: bool


class DeclareJobTarget(Command):
    jobs: Annotated[int, Field(ge=0, le=500)]
    on: Day


class LinkPlacement(Command):
    employment_id: UUID
    suitability: WorkSuitability
    on: Day


class UnlinkPlacement(Command):
    employment_id: UUID
    reason: UnlinkReason
    on: Day


class NewConsolidationAction(Command):
    company_id: UUID
    kind: ConsolidationKind
    on: Day


class RecordConsolidationAction(NewConsolidationAction):
    action_id: UUID


class RecordSurvival(Command):
    months: Literal[12, 24, 36]
    alive: bool
    on: Day


class NewMicrocredit(Command):
    amount: Amount
    on: Day


class ReportMicrocredit(NewMicrocredit):
    report_id: UUID


ProjectCommand = (
    SubmitProject
    | StartAccompaniment
    | CloseAccompaniment
    | EvaluateProject
    | ApproveProject
    | RejectProject
    | FundProject
    | PayInstalment
    | RevokeFunding
    | ReturnFunds
    | CloseProject
    | DeclareJobTarget
    | LinkPlacement
    | UnlinkPlacement
    | RecordConsolidationAction
    | RecordSurvival
    | ReportMicrocredit
)


@dataclass(frozen=True, slots=True)
class CallSeen:
    """A call as its view has it: `last_day` is the last on which projects are taken."""

    strand: Strand
    opened_on: date
    last_day: date


@dataclass(frozen=True, slots=True)
class PlacementSeen:
    """A placement as matching told of it."""

    starts_on: date
    voided: bool


@dataclass(frozen=True, slots=True)
class ProjectCircumstances(Circumstances):
    """What the command touches: its committee, the members in conflict with this project, the call, the person's
    intervals in charge, the placement, the company's intervals in the Board. None where nothing is known of it.
    """

    panel: Panel | None = None
    conflicted: frozenset[UUID] = frozenset()
    call: CallSeen | None = None
    in_charge: Sequence[Interval] | None = None
    placement: PlacementSeen | None = None
    board: Sequence[Interval] | None = None
