"""What funding is told of projects: from the call to the last instalment, and what became of them.

The project's step and the budget's stand in one unit, as the service itself makes them (I2, I3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from uuid import UUID

from insieme_demo.days import recorded
from insieme_demo.grants import CRITERIA, MOST, Grant, Judged, Money, Project
from insieme_demo.happening import FundingPhase, Happening, Kind, Order
from insieme_demo.ids import made
from insieme_demo.rest import Rest
from insieme_events.contracts.funding_budget import CommitmentKind, ReleaseReason
from insieme_events.contracts.funding_committees import CommitteeKind, CommitteeMember
from insieme_events.contracts.funding_projects import CriterionScore, EvaluationOutcome, ProjectOutcome
from insieme_events.contracts.vocabulary import Strand
from insieme_events.decider import Command
from insieme_funding.budget import Commit, Pay, Release, TakeBack
from insieme_funding.call import OpenCall
from insieme_funding.committee import AppointCommittee, DeclareConflict
from insieme_funding.gates import budget_id, committee_lock, committees_lock, placement_lock, project_lock
from insieme_funding.panel import Vote
from insieme_funding.project import (
    ApproveProject,
    CloseAccompaniment,
    CloseProject,
    DeclareJobTarget,
    EvaluateProject,
    FundProject,
    LinkPlacement,
    PayInstalment,
    ProjectCommand,
    RecordConsolidationAction,
    RecordSurvival,
    RejectProject,
    ReportMicrocredit,
    ReturnFunds,
    RevokeFunding,
    StartAccompaniment,
    SubmitProject,
)

LATE = 40
"""Days until an instalment reaches the office at the latest; one of ten comes late."""


@dataclass
class Teller:
    """Makes happenings of funding; keys are numbered in the order of telling, and `last` is the instant before."""

    seed: int
    chance: Random
    part: str
    told: int = 0
    last: datetime | None = None

    def tell(
        self,
        on: date,
        phase: FundingPhase,
        *orders: Order,
        delay: int = 0,
        needs: tuple[str, ...] = (),
        locks: tuple[str, ...] = (),
    ) -> Happening:
        self.told += 1
        key = made(self.seed, f"{self.part} act", self.told)
        self.last = recorded(self.chance, on, delay, self.last)
        return Happening(self.last, key, orders, phase, needs=needs, locks=locks)

    def afresh(self) -> None:
        """What comes now does not follow what was told before."""
        self.last = None


def happenings(chance: Random, seed: int, money: Money, part: str = "grant") -> Iterator[Happening]:
    """Committees and calls, and the way of every project. `part` is what keys are numbered under."""
    teller = Teller(seed, chance, part)
    for one in money.committees:
        teller.afresh()
        appoint = AppointCommittee(
            committee_id=one.committee_id,
            kind=one.kind,
            members=tuple(CommitteeMember(member_id=member, party=party) for member, party in one.members),
            mandate_to=one.until,
            on=one.since,
        )
        order = Order(Kind.COMMITTEE, one.committee_id, appoint)
        yield teller.tell(one.since, FundingPhase.SEATS, order, locks=(committees_lock(one.kind.value),))
    for call in money.calls:
        teller.afresh()
        announce = OpenCall(call_id=call.call_id, kind=call.kind, closes_on=call.closes_on, on=call.opened_on)
        yield teller.tell(call.opened_on, FundingPhase.SEATS, Order(Kind.CALL, call.call_id, announce))
    for project in money.projects:
        teller.afresh()
        yield from Telling(teller, money, project).whole()


def later_on(chance: Random, seed: int, money: Money, rests: Iterable[Rest]) -> Iterator[Happening]:
    """What came of the projects of `money` in the years after it."""
    teller = Teller(seed, chance, "rest of grant")
    for rest in rests:
        teller.afresh()
        telling = Telling(teller, money, rest.project)
        yield from telling.paid(rest.grant, rest.told)
        yield from telling.over(rest.grant)
        for on, months, alive in rest.survival:
            teller.afresh()
            asked = telling.mine(RecordSurvival(months=months, alive=alive, on=on))
            yield teller.tell(on, FundingPhase.FOLLOWING, *asked)


@dataclass
class Telling:
    """One project, step by step."""

    teller: Teller
    money: Money
    project: Project

    def mine(self, *commands: ProjectCommand) -> tuple[Order, ...]:
        return tuple(Order(Kind.PROJECT, self.project.project_id, command) for command in commands)

    def of_budget(self, grant: Grant, command: Command) -> Order:
        return Order(Kind.BUDGET, budget_id(grant.funded_on.year, grant.source), command)

    def seats(self, kind: CommitteeKind, on: date) -> tuple[UUID, tuple[UUID, ...], tuple[str, ...]]:
        """The committee of that day, its members, and what a decision of it locks."""
        committee = self.money.committee(kind, on)
        locks = (committee_lock(committee.committee_id), project_lock(self.project.project_id))
        return committee.committee_id, tuple(member for member, _ in committee.members), locks

    def whole(self) -> Iterator[Happening]:
        yield from self._coached()
        if self.project.judged is None:
            return
        yield from self._evaluated(self.project.judged)
        if self.project.rejected is not None:
            on, ground = self.project.rejected
            committee, members, locks = self.seats(CommitteeKind.MANAGEMENT, on)
            reject = RejectProject(committee_id=committee, members_present=members, ground=ground, on=on)
            yield self.teller.tell(on, FundingPhase.JUDGEMENTS, *self.mine(reject), locks=locks)
        if self.project.grant is not None:
            yield from self._funded(self.project.grant)
        yield from self._followed()

    def _coached(self) -> Iterator[Happening]:
        one, tell = self.project, self.teller.tell
        submit = SubmitProject(
            project_id=one.project_id,
            kind=one.call.kind,
            call_id=one.call.call_id,
            proposer_id=one.proposer_id,
            sector=one.sector,
            sustainability_years=3,
            seat=one.seat,
            requested_investment=one.investment,
            requested_consultancy=one.consultancy,
            on=one.submitted_on,
        )
        needs = () if one.way is None else (f"{Kind.CASE}-{one.way.case_id}",)
        yield tell(one.submitted_on, FundingPhase.SUBMISSIONS, *self.mine(submit), needs=needs)
        start = StartAccompaniment(on=one.accompanied_from)
        yield tell(one.accompanied_from, FundingPhase.SUBMISSIONS, *self.mine(start), delay=2)
        over = CloseAccompaniment(outcome=one.outcome, on=one.accompanied_to)
        promise = DeclareJobTarget(jobs=one.jobs, on=one.accompanied_to)
        yield tell(one.accompanied_to, FundingPhase.SUBMISSIONS, *self.mine(over, promise), delay=2)
        if one.withdrawn_on is not None:
            gone = CloseProject(outcome=ProjectOutcome.WITHDRAWN, releasing=False, on=one.withdrawn_on)
            yield tell(one.withdrawn_on, FundingPhase.FOLLOWING, *self.mine(gone))

    def _evaluated(self, judged: Judged) -> Iterator[Happening]:
        committee, _, locks = self.seats(CommitteeKind.EVALUATION, judged.on)
        if judged.conflicted is not None:
            conflict = DeclareConflict(
                member_id=judged.conflicted, project_id=self.project.project_id, on=self.project.accompanied_to
            )
            order = Order(Kind.COMMITTEE, committee, conflict)
            yield self.teller.tell(self.project.accompanied_to, FundingPhase.CONFLICTS, order, locks=locks)
        evaluate = EvaluateProject(
            committee_id=committee,
            criteria=tuple(
                CriterionScore(criterion=name, points=points, most=MOST)
                for name, points in zip(CRITERIA, judged.points, strict=True)
            ),
            outcome=EvaluationOutcome.POSITIVE if judged.passed else EvaluationOutcome.NEGATIVE,
            members_present=judged.present,
            on=judged.on,
        )
        yield self.teller.tell(judged.on, FundingPhase.JUDGEMENTS, *self.mine(evaluate), locks=locks)

    def _funded(self, grant: Grant) -> Iterator[Happening]:
        one, tell = self.project, self.teller.tell
        committee, members, locks = self.seats(CommitteeKind.MANAGEMENT, grant.approved_on)
        approve = ApproveProject(committee_id=committee, members_present=members, on=grant.approved_on)
        yield tell(grant.approved_on, FundingPhase.JUDGEMENTS, *self.mine(approve), locks=locks)
        strand = Strand(one.call.kind.value)
        sitting = made(self.teller.seed, f"sitting {one.project_id}", 0)
        fund = FundProject(
            committee_id=committee,
            vote=Vote(in_favour=members, meeting_id=sitting, decision_no=1),
            year=grant.funded_on.year,
            source=grant.source,
            investment=grant.investment,
            consultancy=grant.consultancy,
            on=grant.funded_on,
        )
        commit = Commit(
            commitment_id=one.project_id,
            kind=CommitmentKind.PROJECT,
            strand=strand,
            amount=grant.amount,
            personal=strand is Strand.SELF_ENTERPRISE,
            on=grant.funded_on,
        )
        granted = (*self.mine(fund), self.of_budget(grant, commit))
        yield tell(grant.funded_on, FundingPhase.JUDGEMENTS, *granted, locks=locks)
        yield from self.paid(grant, 0)
        yield from self.over(grant)

    def paid(self, grant: Grant, first: int) -> Iterator[Happening]:
        """The instalments of the grant; `first` were paid before them."""
        one = self.project
        for n, (on, amount) in enumerate(grant.instalments, start=first):
            paid = made(self.teller.seed, f"instalment of {one.project_id}", n)
            pay = PayInstalment(expenditure_id=paid, amount=amount, on=on)
            spend = Pay(expenditure_id=paid, commitment_id=one.project_id, amount=amount, on=on)
            delay = LATE if self.teller.chance.random() < 0.1 else 2
            told = *self.mine(pay), self.of_budget(grant, spend)
            yield self.teller.tell(on, FundingPhase.PAYMENTS, *told, delay=delay)

    def over(self, grant: Grant) -> Iterator[Happening]:
        """How the grant ended: revoked and partly returned, or closed."""
        one, tell = self.project, self.teller.tell
        if grant.revoked is not None:
            on, reason = grant.revoked
            revoke = self.mine(RevokeFunding(reason=reason, on=on))
            release = Release(commitment_id=one.project_id, reason=ReleaseReason.REVOKED, on=on)
            yield tell(on, FundingPhase.FOLLOWING, *revoke, self.of_budget(grant, release))
        if grant.returned is not None:
            on, amount = grant.returned
            back = made(self.teller.seed, f"return of {one.project_id}", 0)
            give = self.mine(ReturnFunds(return_id=back, amount=amount, on=on))
            take = TakeBack(return_id=back, commitment_id=one.project_id, amount=amount, on=on)
            yield tell(on, FundingPhase.FOLLOWING, *give, self.of_budget(grant, take), delay=3)
        if grant.closed is not None:
            on, outcome = grant.closed
            close = self.mine(CloseProject(outcome=outcome, releasing=True, on=on))
            release = Release(commitment_id=one.project_id, reason=ReleaseReason.CLOSED, on=on)
            yield tell(on, FundingPhase.FOLLOWING, *close, self.of_budget(grant, release))

    def _followed(self) -> Iterator[Happening]:
        """Each on its own day, whatever was told before."""
        one, seed = self.project, self.teller.seed
        acts: list[tuple[date, ProjectCommand, tuple[str, ...], tuple[str, ...]]] = []
        for on, employment_id, suitability in one.after.placements:
            link = LinkPlacement(employment_id=employment_id, suitability=suitability, on=on)
            acts.append((on, link, (f"{Kind.EMPLOYMENT}-{employment_id}",), (placement_lock(employment_id),)))
        for n, (on, company, kind) in enumerate(one.after.actions):
            action_id = made(seed, f"action of {one.project_id}", n)
            act = RecordConsolidationAction(action_id=action_id, company_id=company.company_id, kind=kind, on=on)
            acts.append((on, act, (f"{Kind.BOARD}-{company.company_id}",), ()))
        for on, months, alive in one.after.survival:
            acts.append((on, RecordSurvival(months=months, alive=alive, on=on), (), ()))
        if one.microcredit is not None:
            on, amount = one.microcredit
            report_id = made(seed, f"microcredit of {one.project_id}", 0)
            acts.append((on, ReportMicrocredit(report_id=report_id, amount=amount, on=on), (), ()))
        for on, command, needs, locks in acts:
            self.teller.afresh()
            yield self.teller.tell(on, FundingPhase.FOLLOWING, *self.mine(command), needs=needs, locks=locks)
