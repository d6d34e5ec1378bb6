"""A year of two schedulers that are killed at random, against the calendar of this test (P11, P18, P24).

The calendar is written down with what is told of each person, from the text of the agreement and of the law (35 days
to the interview, 30 to the plan, 15 to an answer, 28 and six months after an exit, 30 for an erasure, two years for
what is kept; GDPR art. 5, 17): it asks nothing of the code. What prevents a deadline is told in time; what comes later
is told once the deadline is on record.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from insieme_events.clock import business_date
from insieme_events.testing.scheduler import Day, Schedulers, each_once, without_the_guard
from insieme_intake.service import SERVICE
from insieme_local.provision import Provisioned

FIRST, LAST_ENTRY, END = date(2024, 1, 8), date(2024, 10, 31), date(2025, 1, 20)
PERSONS = 48
SAID = """
select type, stream, occurred_on, coalesce(data::json ->> 'months_after_exit', ''), recorded_at
from events.events where type in ('InterviewOverdue', 'PlanOverdue', 'ReferralExpired', 'ErasureOverdue', 'FollowUpDue',
    'ParticipationFollowUpDue', 'RetentionEnded')
order by position
"""

Said = tuple[str, str, str, date]
"""Type, stream, months after the exit where it is a follow-up, and the day of which it speaks."""


def days(day: date, count: int) -> date:
    return day + timedelta(days=count)


def half_a_year_after(day: date) -> date:
    """The same day six months on; every exit of this test but one falls on a day that each month has."""
    if day == date(2024, 5, 31):
        return date(2024, 11, 30)
    return date(day.year + (day.month > 6), (day.month + 5) % 12 + 1, day.day)


def early_in_the_month(day: date) -> date:
    """That day, or the next one that every month has; the last of May stays what it is."""
    while day.day > 28 and day != date(2024, 5, 31):
        day = days(day, 1)
    return day


class Year:
    """What is told on which day, and what the clock must say of it."""

    def __init__(self, intake: Any, somebody: Callable[[], Any], chance: random.Random) -> None:
        self.intake = intake
        self.somebody = somebody
        self.chance = chance
        self.told: defaultdict[date, list[Any]] = defaultdict(list)
        self.late: set[date] = set()
        """Days on which something is told that would hide a deadline that nobody noted."""
        self.calendar: set[Said] = set()

    def due(self, kind: str, stream: str, day: date, months: str = "") -> None:
        if day <= END:
            self.calendar.add((kind, stream, months, day))

    def due_once_told(self, told_on: date, kind: str, stream: str, day: date, months: str = "") -> None:
        """Due on a day before the one on which it is told what makes it due."""

        async def note() -> None:
            self.due(kind, stream, day, months)

        if told_on < END:
            self.told[told_on].append(note)

    def on(self, day: date, path: str, **body: Any) -> None:
        """Told on that day, and of that day unless the body says another."""
        if day < END:
            self.told[day].append(lambda: self.intake.post(path, 200, **{"on": str(day), **body}))

    async def enters(self, day: date, way: int) -> None:
        """One person; which of the ways they go follows from `way`."""
        if way % 8 == 7:
            await self.left_long_ago(day, way // 8)
            return
        told = await self.intake.apply(self.somebody(), received_on=str(day))
        case, person, stream = f"/v1/cases/{told['case_id']}", told["person_id"], f"case-{told['case_id']}"
        match way % 8:
            case 0:  # Nobody calls; the person goes, comes back, and nobody calls again.
                self.due("InterviewOverdue", stream, days(day, 36))
                self.late.add(days(day, 90))
                self.on(days(day, 90), f"{case}/close", exit_state="withdrew")
                back = days(day, 100)
                self.on(back, f"{case}/reopen", reason="came_back")
                self.due("InterviewOverdue", stream, days(back, 36))
            case 1:  # Fixed in time, and missed. A referral that nobody answers.
                interview = {"interview_id": str(uuid4()), "kind": "access"}
                self.on(days(day, 2), f"{case}/schedule-interview", scheduled_for=str(days(day, 20)), **interview)
                self.on(days(day, 20), f"{case}/miss-interview", interview_id=interview["interview_id"])
                self.due("InterviewOverdue", stream, days(day, 36))
                await self.referred(person, days(day, 5), answered=False)
            case 2:  # In charge, and no plan. A referral that is answered. Out of an operation while the case goes on.
                await self.in_charge(case, day)
                self.due("PlanOverdue", stream, days(day, 36))
                await self.referred(person, days(day, 5), answered=True)
                left = early_in_the_month(days(day, 40))
                await self.participates(person, told["case_id"], day, left, answered=way % 16 == 2)
            case 3:  # With a plan; leaves, and nobody asks.
                await self.in_charge(case, day)
                self.on(days(day, 6), f"{case}/agree-plan", ready_for="placement")
                left = self.leaves(case, stream, days(day, 40))
                self.due("FollowUpDue", stream, days(left, 28), "0")
                self.due("FollowUpDue", stream, half_a_year_after(left), "6")
                await self.participates(person, told["case_id"], day, left, answered=False)
            case 4:  # With a plan; leaves, and is asked at the exit, or after six months.
                await self.in_charge(case, day)
                self.on(days(day, 6), f"{case}/agree-plan", ready_for="training")
                left = self.leaves(case, stream, days(day, 30))
                self.asked(case, stream, left, at_exit=self.chance.random() < 0.5)
            case 5:  # Nobody calls, and while it was late the data could not be used.
                self.on(days(day, 10), f"/v1/persons/{person}/restrict", ground="objection_pending")
                self.on(days(day, 60), f"/v1/persons/{person}/lift-restriction")
                self.due_once_told(days(day, 60), "InterviewOverdue", stream, days(day, 36))
            case _:  # Asks for an erasure before anything is due, and no service answers.
                asked = days(day, self.chance.randrange(3, 30))
                self.on(asked, f"/v1/persons/{person}/erasure", ground="request")
                self.due("ErasureOverdue", f"person-{person}", days(asked, 31))
                self.due("InterviewOverdue", stream, days(day, 36))

    async def left_long_ago(self, day: date, way: int) -> None:
        """Entered now, two years late: received, and gone after forty days. The retention ends in some weeks."""
        received, left = days(day, -740), early_in_the_month(days(day, -700))
        told = await self.intake.apply(self.somebody(), received_on=str(received))
        case, person, stream = f"/v1/cases/{told['case_id']}", told["person_id"], f"case-{told['case_id']}"
        self.due("InterviewOverdue", stream, days(received, 36))
        self.late.add(days(day, 1))
        self.on(days(day, 1), f"{case}/close", exit_state="withdrew", on=str(left))

        self.due_once_told(days(day, 1), "FollowUpDue", stream, days(left, 28), "0")
        self.due_once_told(days(day, 1), "FollowUpDue", stream, half_a_year_after(left), "6")
        later, over = days(day, 12), days(left.replace(year=left.year + 2), 1)
        match way % 4:
            case 0:  # Nobody decides anything before the end.
                self.due("RetentionEnded", f"person-{person}", over)
            case 1:  # Kept for longer, and that ends, too.
                longer = {"ground": "legal_claims", "until": str(days(day, 100))}
                self.on(later, f"/v1/persons/{person}/extend-retention", **longer)
                self.due("RetentionEnded", f"person-{person}", days(day, 101))
            case 2:  # Comes back before the end, and leaves again: two years from then are after this year.
                self.late.add(later)
                self.on(later, f"{case}/reopen", reason="came_back")
                again = self.leaves(case, stream, days(later, 20))
                self.due("FollowUpDue", stream, days(again, 28), "0")
                self.due("FollowUpDue", stream, half_a_year_after(again), "6")
            case _:  # Erased before the end.
                self.late.add(later)
                self.on(later, f"/v1/persons/{person}/erasure", ground="request")
                self.due("ErasureOverdue", f"person-{person}", days(later, 31))

    async def in_charge(self, case: str, day: date) -> None:
        """Interviewed on the second day and in charge from the fifth."""
        held = {"interview_id": str(uuid4()), "kind": "access", "interviewer_id": str(uuid4())}
        self.on(days(day, 2), f"{case}/hold-interview", **held)
        proof = {"status": "disoccupato", "evidence": "did", "evidence_on": str(day)}
        self.on(days(day, 2), f"{case}/record-employment-status", **proof)
        self.on(days(day, 3), f"{case}/assess-fragility", band="high", instrument_version="isf.2")
        self.on(days(day, 4), f"{case}/assess-eligibility")
        self.on(days(day, 5), f"{case}/take-in-charge", referent_id=str(uuid4()))

    async def referred(self, person: str, day: date, answered: bool) -> None:
        body = {"person_id": person, "direction": "sent", "other_class": "public_service"}

        async def send() -> None:
            told = await self.intake.post("/v1/referrals", 201, **body, on=str(day))
            referral = told["referral_id"]
            if answered:
                self.on(days(day, 10), f"/v1/referrals/{referral}/accept")
            else:
                self.due("ReferralExpired", f"referral-{referral}", days(day, 16))

        self.told[day].append(send)

    def leaves(self, case: str, stream: str, day: date) -> date:
        day = early_in_the_month(day)
        self.on(day, f"{case}/close", exit_state="stable_work")
        return day

    def asked(self, case: str, stream: str, left: date, at_exit: bool) -> None:
        on, months, other, day = (
            (days(left, 10), 0, "6", half_a_year_after(left))
            if at_exit
            else (days(half_a_year_after(left), -5), 6, "0", days(left, 28))
        )
        self.on(on, f"{case}/record-follow-up", months_after_exit=months, outcome="employed")
        self.due("FollowUpDue", stream, day, other)
        if on >= END and not at_exit:
            self.due("FollowUpDue", stream, half_a_year_after(left), "6")

    async def participates(self, person: str, case_id: str, day: date, left: date, answered: bool) -> None:
        """Out of the operation on that day, the exit from the case or not; asked both times in time, or never."""
        body = {"person_id": person, "case_id": case_id, "operation": f"po.{case_id[:8]}"}

        async def opens() -> None:
            told = await self.intake.post("/v1/participations", 201, **body, on=str(days(day, 8)))
            path = f"/v1/participations/{told['id']}"
            self.on(left, f"{path}/close")
            for months, due in ((0, days(left, 28)), (6, half_a_year_after(left))):
                if answered:
                    self.on(days(due, -1), f"{path}/record-follow-up", months_after_exit=months, outcome="employed")
                else:
                    self.due("ParticipationFollowUpDue", f"participation-{told['id']}", due, str(months))

        self.told[days(day, 8)].append(opens)


@pytest.fixture
def day(tmp_path: Path) -> Day:
    today = Day(tmp_path / "today")
    today.set(FIRST)
    return today


@pytest.fixture
async def of_the_day(bare_intake: Any, day: Day) -> Any:
    """Everything that this process does is done on that day too."""
    day.told_to(bare_intake.service)
    return bare_intake


async def said(intake: Any) -> list[tuple[Said, date]]:
    """What the timers said, and the day on which each was recorded."""
    return [
        ((kind, stream, months, on), business_date(recorded))
        for kind, stream, on, months, recorded in await intake.rows(SAID)
    ]


@pytest.mark.timeout(600)
@pytest.mark.clause("P11", "P18", "P24")
@pytest.mark.invariant("I9", "clock")
async def test_a_year_of_two_schedulers_that_are_killed(
    of_the_day: Any, fresh_provisioned: Provisioned, day: Day, somebody: Any
) -> None:
    chance = random.Random(20240108)
    year = Year(of_the_day, somebody, chance)
    span = (LAST_ENTRY - FIRST).days
    entering = defaultdict(list)
    for way in range(PERSONS):
        entering[days(FIRST, chance.randrange(span))].append(way)
    entering[date(2024, 4, 21)].append(3)  # Leaves on 31 May: six months later is the last of November.
    look = partial(said, of_the_day)
    with Schedulers("intake", fresh_provisioned.environment("intake"), day, count=2, seed=11) as schedulers:

        async def happens(today: date) -> None:
            for way in entering[today]:
                await year.enters(today, way)
            if today in year.late:
                await schedulers.until_said(look, {one for one in year.calendar if one[3] <= today}, 90)
            for tell in year.told[today]:
                await tell()

        await schedulers.year(FIRST, days(END, -1), happens)
        day.set(END)
        await schedulers.until_said(look, year.calendar, 150)
    found = await look()
    each_once(found, year.calendar, schedulers)
    assert {kind for (kind, *_), _ in found} == {
        "InterviewOverdue",
        "PlanOverdue",
        "ReferralExpired",
        "ErasureOverdue",
        "FollowUpDue",
        "ParticipationFollowUpDue",
        "RetentionEnded",
    }


async def test_without_the_guard_two_schedulers_say_it_twice(
    bare_intake: Any, fresh_provisioned: Provisioned, somebody: Any
) -> None:
    """The control: what holds the exactly once is the version on which a step was decided, and this test sees it."""
    for _ in range(10):
        await bare_intake.apply(somebody())
    await without_the_guard(bare_intake.service, SERVICE.timers, fresh_provisioned.urls["intake_owner"])
    assert max(Counter(one for one, _ in await said(bare_intake)).values()) > 1
