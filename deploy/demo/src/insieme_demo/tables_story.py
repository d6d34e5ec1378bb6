"""What governance is told of meetings and plans: convened, held, decided; committed, drafted, approved, carried out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from insieme_demo.days import recorded
from insieme_demo.happening import GovernancePhase, Happening, Kind, Order
from insieme_demo.ids import made
from insieme_demo.quotas import LAST_DAY
from insieme_demo.tables import Budget, Meeting, Tables, Year
from insieme_events.contracts.governance_bodies import DecisionSubject
from insieme_governance.body import BodyCommand, NoteCancelled, NoteConvened, NoteHeld
from insieme_governance.meeting.commands import (
    CancelMeeting,
    CompleteDecision,
    ConveneMeeting,
    DeclareMeetingHeld,
    MeetingCommand,
    RecordDecision,
    RecordMeetingAttendance,
)
from insieme_governance.plan_year import plan_year_id
from insieme_governance.plan_year.commands import (
    AmendWorkPlan,
    ApproveWorkPlan,
    AssignAction,
    ClosePlanYear,
    CommitResources,
    DraftWorkPlan,
    PlanYearCommand,
    RecordCash,
    ReportActionProgress,
)

LATE_ACTION = 4
"""The action of each year that is not done by its day, and then is."""


@dataclass
class Teller:
    """Makes happenings of governance; keys are numbered in the order of telling."""

    seed: int
    chance: Random
    last_day: date = LAST_DAY
    told: int = 0

    def tell(
        self, on: date, phase: GovernancePhase, *orders: Order, delay: int = 0, after: datetime | None = None
    ) -> Happening:
        self.told += 1
        key = made(self.seed, "table act", self.told)
        return Happening(recorded(self.chance, on, delay, after), key, orders, phase)


def happenings(
    chance: Random,
    seed: int,
    tables: Tables,
    last_day: date = LAST_DAY,
    told: int = 0,
    before: Iterable[Year] = (),
) -> Iterator[Happening]:
    """`told` is how many acts may have been told before; nothing is told after `last_day`. `before` are the years that
    were told until the last day of the published ones: what came after it of each.
    """
    teller = Teller(seed, chance, last_day, told)
    for meeting in tables.meetings:
        yield from _meeting(teller, meeting)
    for year in tables.years:
        yield from _year(teller, year)
    for year in before:
        yield from _carried_out(teller, year, LAST_DAY)


def _meeting(teller: Teller, meeting: Meeting) -> Iterator[Happening]:
    def orders(command: MeetingCommand, noted: BodyCommand | None = None) -> tuple[Order, ...]:
        first = Order(Kind.MEETING, meeting.meeting_id, command)
        return (first,) if noted is None else (first, Order(Kind.BODY, meeting.body_id, noted))

    one, on = meeting.meeting_id, meeting.meets_on
    convene = ConveneMeeting(
        meeting_id=one, body_id=meeting.body_id, meets_on=on, invited=meeting.invited, on=meeting.convened_on
    )
    convened = orders(convene, NoteConvened(meeting_id=one, on=meeting.convened_on))
    last = teller.tell(meeting.convened_on, GovernancePhase.CONVENED, *convened)
    yield last
    if meeting.cancelled is not None:
        off_on, reason = meeting.cancelled
        off = orders(CancelMeeting(reason=reason, on=off_on), NoteCancelled(meeting_id=one, on=off_on))
        yield teller.tell(off_on, GovernancePhase.HELD, *off, after=last.recorded_at)
        return
    held = orders(DeclareMeetingHeld(on=on), NoteHeld(meeting_id=one, on=on))
    # The minutes are written in the days after.
    minutes: list[MeetingCommand] = [
        RecordMeetingAttendance(
            party=party, present=came, representative_id=meeting.seated.get(party) if came else None
        )
        for party, came in meeting.present.items()
    ]
    minutes += [
        RecordDecision(decision_id=each.decision_id, subject=each.subject, owner=each.owner, deadline=each.deadline)
        for each in meeting.decisions
    ]
    written = [order for command in minutes for order in orders(command)]
    last = teller.tell(on, GovernancePhase.HELD, *held, *written, delay=1, after=last.recorded_at)
    yield last
    done = sorted(
        (each.completed_on, number)
        for number, each in enumerate(meeting.decisions, start=1)
        if each.completed_on is not None
    )
    for day, number in done:
        completed = orders(CompleteDecision(decision_no=number, on=day))
        last = teller.tell(day, GovernancePhase.CARRIED_OUT, *completed, after=last.recorded_at)
        yield last


def _year(teller: Teller, plan: Year) -> Iterator[Happening]:
    year, budget = plan.year, plan.budget

    def orders(*commands: PlanYearCommand) -> tuple[Order, ...]:
        return tuple(Order(Kind.PLAN_YEAR, plan_year_id(year), command) for command in commands)

    committed_on, drafted_on = date(year, 1, 16), date(year, 1, 23)
    commit = [
        CommitResources(year=year, party=party, source=party, amount=amount, on=committed_on)
        for party, amount in budget.committed.items()
    ]
    last = teller.tell(committed_on, GovernancePhase.RESOURCES, *orders(*commit), delay=3)
    yield last
    draft = DraftWorkPlan(year=year, ceilings=budget.ceilings, actions=budget.actions, on=drafted_on)
    last = teller.tell(drafted_on, GovernancePhase.RESOURCES, *orders(draft), after=last.recorded_at)
    yield last
    approved_on = plan.approved_at.meets_on + timedelta(days=2)
    number = _number(plan.approved_at, DecisionSubject.WORK_PLAN)
    approve = ApproveWorkPlan(meeting_id=plan.approved_at.meeting_id, decision_no=number, on=approved_on)
    last = teller.tell(approved_on, GovernancePhase.DECIDED, *orders(approve), after=last.recorded_at)
    yield last
    if plan.amended is not None:
        yield from _amendment(teller, plan)
    yield from _carried_out(teller, plan)


def _amendment(teller: Teller, plan: Year) -> Iterator[Happening]:
    """A promoter puts more in, and the Tavolo raises what may be spent of it."""
    assert plan.amended is not None
    amendment_id, after, meeting = plan.amended
    stream = plan_year_id(plan.year)
    more_on, amended_on = date(plan.year, 6, 4), meeting.meets_on + timedelta(days=2)
    more = [
        Order(
            Kind.PLAN_YEAR,
            stream,
            CommitResources(year=plan.year, party=party, source=party, amount=amount, on=more_on),
        )
        for party, amount in after.committed.items()
        if amount != plan.budget.committed[party]
    ]
    yield teller.tell(more_on, GovernancePhase.RESOURCES, *more)
    amend = AmendWorkPlan(
        amendment_id=amendment_id,
        meeting_id=meeting.meeting_id,
        decision_no=_number(meeting, DecisionSubject.WORK_PLAN_AMENDMENT),
        ceilings=after.ceilings,
        actions=after.actions,
        on=amended_on,
    )
    yield teller.tell(amended_on, GovernancePhase.DECIDED, Order(Kind.PLAN_YEAR, stream, amend))


def _carried_out(teller: Teller, plan: Year, told_until: date = date.min) -> Iterator[Happening]:
    """Actions are assigned and reported on, money comes in by halves, and the year is closed in the next one.

    What lies on `told_until` or before it was told already.
    """
    year, final = plan.year, plan.last
    owners = sorted(final.committed)
    acts: list[tuple[date, list[PlanYearCommand]]] = [
        (
            date(year, 3, 1),
            [
                AssignAction(
                    action_id=action.action_id, party=owners[n % len(owners)], due_on=date(year, 12, 10),
                    on=date(year, 3, 1),
                )
                for n, action in enumerate(final.actions)
            ],
        ),
        (date(year, 7, 5), [*_reports(final, date(year, 7, 5), 50), *_cash(final, date(year, 7, 5), 50)]),
        (date(year, 12, 14), [*_reports(final, date(year, 12, 14), 100), *_cash(final, date(year, 12, 14), 100)]),
    ]  # fmt: skip
    done_on, closed_on = date(year + 1, 1, 20), date(year + 1, 3, 30)
    late = final.actions[LATE_ACTION]
    acts += [
        (done_on, [ReportActionProgress(action_id=late.action_id, percent=100, on=done_on)]),
        (closed_on, [ClosePlanYear(on=closed_on)]),
    ]
    after = None
    for on, commands in acts:
        if on > teller.last_day:
            return
        if on <= told_until:
            continue
        orders = tuple(Order(Kind.PLAN_YEAR, plan_year_id(year), command) for command in commands)
        last = teller.tell(on, GovernancePhase.CARRIED_OUT, *orders, delay=3, after=after)
        after = last.recorded_at
        yield last


def _reports(budget: Budget, on: date, percent: int) -> list[ReportActionProgress]:
    return [
        ReportActionProgress(action_id=action.action_id, percent=80 if n == LATE_ACTION else percent, on=on)
        for n, action in enumerate(budget.actions)
        if n != LATE_ACTION or percent == 100
    ]


def _cash(budget: Budget, on: date, percent: int) -> list[RecordCash]:
    return [
        RecordCash(year=on.year, party=party, source=party, amount=amount * percent // 100, on=on)
        for party, amount in budget.committed.items()
    ]


def _number(meeting: Meeting, subject: DecisionSubject) -> int:
    number = meeting.number_of(subject)
    assert number is not None, f"the Tavolo of {meeting.meets_on} decides on {subject}"
    return number
