"""FundingDecision: courses, allowances and other activities that the Comitato di gestione funds (P64, P69)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import assert_never
from uuid import UUID

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.base import Code
from insieme_events.contracts.funding import ActivityFundingApproved, ActivityKind, Amount, Year, money
from insieme_events.contracts.funding_budget import CommitmentKind
from insieme_events.contracts.funding_committees import (
    ActivityFundingEnded,
    ActivityFundingProposed,
    ActivityFundingRefused,
    CommitteeKind,
    RefusalGround,
    SpendingDecisionTaken,
)
from insieme_events.contracts.vocabulary import Strand
from insieme_events.days import Day
from insieme_events.decider import Circumstances, Command, Decider, Decision, RefusalKind, Refused
from insieme_funding.gates import AGREEMENT_UNKNOWN, not_after
from insieme_funding.panel import Members, Panel, Vote, agreed_by, consents, sitting

DECISION_UNKNOWN = Refused(
    code="funding.decision_unknown",
    sentence="There is no decision with this id: propose the funding first.",
    clause="P64",
    kind=RefusalKind.NOT_FOUND,
)
ALREADY_PROPOSED = Refused(
    code="funding.already_proposed",
    sentence="This funding is proposed already: propose another one under an id of its own.",
    clause="P64",
)
PROJECTS_HAVE_THEIR_PATH = Refused(
    code="funding.projects_have_their_path",
    sentence="Strand {strand} is funded project by project, evaluated and approved: submit a project.",
    clause="P64",
    kind=RefusalKind.INVALID,
)
BEFORE_PROPOSAL = Refused(
    code="funding.before_proposal",
    sentence="The funding was proposed on {proposed_on}: nothing of it can be dated earlier.",
    clause="P64",
)
BEFORE_APPROVAL = Refused(
    code="funding.before_approval",
    sentence="The Comitato di gestione approved this funding on {approved_on}: it cannot end earlier.",
    clause="P64",
)
DECIDED_ALREADY = Refused(
    code="funding.decided_already",
    sentence="The Comitato di gestione decided on this already: propose the funding again if it is to decide anew.",
    clause="P64",
)
NOT_APPROVED = Refused(
    code="funding.activity_not_approved",
    sentence="The Comitato di gestione has not approved this funding: there is nothing to end.",
    clause="P64",
)


class NewActivityFunding(Command):
    """What an activity asks of which budget; `activity_id` is the course's or the internship's."""

    activity_kind: ActivityKind
    activity_id: UUID
    strand: Strand
    year: Year
    source: Code
    amount: Amount
    on: Day


class ProposeActivityFunding(NewActivityFunding):
    decision_id: UUID


class ApproveActivityFunding(Command):
    """The Comitato di gestione funds it: in one unit with the commitment on the budget. No evaluation comes before."""

    committee_id: UUID
    vote: Vote
    on: Day


class RefuseActivityFunding(Command):
    committee_id: UUID
    members_present: Members
    ground: RefusalGround
    on: Day


class EndActivityFunding(Command):
    """The activity is over: in one unit with the release of what was not paid."""

    on: Day


DecisionCommand = ProposeActivityFunding | ApproveActivityFunding | RefuseActivityFunding | EndActivityFunding


@dataclass(frozen=True, slots=True)
class DecisionCircumstances(Circumstances):
    """The committee that decides; None where there is none with this id."""

    panel: Panel | None


@dataclass(frozen=True, slots=True)
class NotProposed:
    pass


@dataclass(frozen=True, slots=True)
class Proposed:
    decision_id: UUID
    activity_kind: ActivityKind
    activity_id: UUID
    strand: Strand
    year: int
    source: str
    amount: int
    proposed_on: date


@dataclass(frozen=True, slots=True)
class Approved:
    proposal: Proposed
    approved_on: date


@dataclass(frozen=True, slots=True)
class Declined:
    proposal: Proposed


@dataclass(frozen=True, slots=True)
class Ended:
    proposal: Proposed


FundingDecision = NotProposed | Proposed | Approved | Declined | Ended


def decide(command: DecisionCommand, state: FundingDecision, circumstances: DecisionCircumstances) -> Decision:
    if future := not_after(circumstances.today, command.on):
        return future
    match command:
        case ProposeActivityFunding():
            return propose(command, state)
        case ApproveActivityFunding():
            return approve(command, state, circumstances)
        case RefuseActivityFunding():
            return refuse(command, state, circumstances)
        case EndActivityFunding(on=on):
            return end(state, on)
        case _:
            assert_never(command)


def propose(command: ProposeActivityFunding, decision: FundingDecision) -> Decision:
    match decision:
        case NotProposed() if command.strand in (Strand.SELF_ENTERPRISE, Strand.SOCIAL_INNOVATION):
            return PROJECTS_HAVE_THEIR_PATH.about(strand=command.strand.value)
        case NotProposed():
            return [
                ActivityFundingProposed(
                    **money(command.strand, command.amount, of_a_person(command.activity_kind)),
                    decision_id=command.decision_id,
                    activity_kind=command.activity_kind,
                    activity_id=command.activity_id,
                    year=command.year,
                    source=command.source,
                    occurred_on=command.on,
                )
            ]
        case Proposed() | Approved() | Declined() | Ended():
            return ALREADY_PROPOSED
        case _:
            assert_never(decision)


def of_a_person(kind: ActivityKind) -> bool:
    """An allowance is what one natural person receives: signatories see a band of it (privacy.md 3.6)."""
    return kind is ActivityKind.INTERNSHIP_ALLOWANCE


def approve(
    command: ApproveActivityFunding, decision: FundingDecision, circumstances: DecisionCircumstances
) -> Decision:
    match decision:
        case NotProposed():
            return DECISION_UNKNOWN
        case Proposed():
            return approved(command, decision, circumstances)
        case Approved(approved_on=on) if on == command.on:
            return []
        case Approved() | Declined() | Ended():
            return DECIDED_ALREADY
        case _:
            assert_never(decision)


def approved(command: ApproveActivityFunding, proposal: Proposed, circumstances: DecisionCircumstances) -> Decision:
    agreement = circumstances.agreement
    if agreement is None:
        return AGREEMENT_UNKNOWN.about(on=command.on)
    if command.on < proposal.proposed_on:
        return BEFORE_PROPOSAL.about(proposed_on=proposal.proposed_on)
    panel = sitting(circumstances.panel, CommitteeKind.MANAGEMENT, command.vote.present, (), agreement, command.on)
    if isinstance(panel, Refused):
        return panel
    if refused := agreed_by(panel, command.vote, (), agreement):
        return refused
    return [
        ActivityFundingApproved(
            decision_id=proposal.decision_id,
            activity_kind=proposal.activity_kind,
            activity_id=proposal.activity_id,
            strand=proposal.strand,
            year=proposal.year,
            source=proposal.source,
            amount=proposal.amount,
            agreement_version=agreement.version,
            occurred_on=command.on,
        ),
        SpendingDecisionTaken(
            **money(proposal.strand, proposal.amount, of_a_person(proposal.activity_kind)),
            committee_id=panel.committee_id,
            subject_kind=CommitmentKind.ACTIVITY,
            subject_id=proposal.decision_id,
            year=proposal.year,
            source=proposal.source,
            rule=agreement.spending_rule,
            meeting_id=command.vote.meeting_id,
            decision_no=command.vote.decision_no,
            consents=consents(panel, command.vote),
            agreement_version=agreement.version,
            occurred_on=command.on,
        ),
    ]


def refuse(command: RefuseActivityFunding, decision: FundingDecision, circumstances: DecisionCircumstances) -> Decision:
    match decision:
        case NotProposed():
            return DECISION_UNKNOWN
        case Proposed(proposed_on=proposed_on) if command.on < proposed_on:
            return BEFORE_PROPOSAL.about(proposed_on=proposed_on)
        case Proposed():
            agreement = circumstances.agreement
            if agreement is None:
                return AGREEMENT_UNKNOWN.about(on=command.on)
            panel = sitting(
                circumstances.panel, CommitteeKind.MANAGEMENT, command.members_present, (), agreement, command.on
            )
            if isinstance(panel, Refused):
                return panel
            return [
                ActivityFundingRefused(
                    decision_id=decision.decision_id,
                    strand=decision.strand,
                    committee_id=panel.committee_id,
                    activity_kind=decision.activity_kind,
                    activity_id=decision.activity_id,
                    ground=command.ground,
                    occurred_on=command.on,
                )
            ]
        case Declined():
            return []
        case Approved() | Ended():
            return DECIDED_ALREADY
        case _:
            assert_never(decision)


def end(decision: FundingDecision, on: date) -> Decision:
    match decision:
        case NotProposed():
            return DECISION_UNKNOWN
        case Proposed() | Declined():
            return NOT_APPROVED
        case Approved(approved_on=approved_on) if on < approved_on:
            return BEFORE_APPROVAL.about(approved_on=approved_on)
        case Approved(proposal=proposal):
            return [
                ActivityFundingEnded(
                    decision_id=proposal.decision_id,
                    strand=proposal.strand,
                    activity_kind=proposal.activity_kind,
                    activity_id=proposal.activity_id,
                    occurred_on=on,
                )
            ]
        case Ended():
            return []
        case _:
            assert_never(decision)


def evolve(state: FundingDecision, event: DomainEvent) -> FundingDecision:
    match event:
        case ActivityFundingProposed():
            return Proposed(
                decision_id=event.decision_id,
                activity_kind=event.activity_kind,
                activity_id=event.activity_id,
                strand=event.strand,
                year=event.year,
                source=event.source,
                amount=event.amount,
                proposed_on=event.occurred_on,
            )
        case ActivityFundingApproved() if isinstance(state, Proposed):
            return Approved(state, event.occurred_on)
        case SpendingDecisionTaken() if isinstance(state, Approved):
            return state
        case ActivityFundingRefused() if isinstance(state, Proposed):
            return Declined(state)
        case ActivityFundingEnded() if isinstance(state, Approved):
            return Ended(state.proposal)
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__} on a decision's stream")


DECISION: Decider[FundingDecision, DecisionCommand, DecisionCircumstances] = Decider(
    context="funding", name="funding_decision", initial=NotProposed(), decide=decide, evolve=evolve
)
