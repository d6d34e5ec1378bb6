"""A year of two schedulers that are killed at random, against the calendar of this test (P31, P32; GDPR art. 18).

The calendar is written down with what is told of each candidacy, and asks nothing of the code. A company has 15 days to
answer to a presentation, by the agreement that follows on 1 July 10; whoever waits for a vacancy waits in vain from its
end on, or from the last step where that came later. Days are those of the calendar, holidays too. What prevents a
deadline is told in time; what comes later is told once the deadline is on record.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from insieme_events.clock import business_date
from insieme_events.contracts.intake_persons import (
    ProcessingRestricted,
    RestrictionGround,
    RestrictionLifted,
)
from insieme_events.parameters import PUT
from insieme_events.testing.agreements import agreement
from insieme_events.testing.scheduler import Day, Schedulers, each_once, without_the_guard
from insieme_local.provision import Provisioned
from insieme_matching.service import SERVICE
from insieme_matching.views.told import RestrictionView

FIRST, LAST_ENTRY, END = date(2024, 1, 8), date(2024, 11, 30), date(2025, 2, 10)
NEXT_AGREEMENT = date(2024, 7, 1)
CHRISTMAS = date(2024, 12, 13)
"""Who enters on it is presented on the 15th, and the company has until 25 December."""
GOES = 44
SAID = """
select type, stream, coalesce(data::json ->> 'reason', data::json ->> 'due_on'), occurred_on, recorded_at
from events.events
where type = 'CandidateReplyOverdue'
    or type = 'CandidateWithdrawn' and data::json ->> 'reason' in ('position_taken', 'vacancy_gone')
order by position
"""
"""For those two reasons nobody of this year withdraws a candidacy by hand."""

Said = tuple[str, str, str, date]
"""Type, stream, why it was withdrawn or by when an answer was due, and the day of which it speaks."""

TAKEN, GONE = "position_taken", "vacancy_gone"


def days(day: date, count: int) -> date:
    return day + timedelta(days=count)


def reply_days(presented: date) -> int:
    return 15 if presented < NEXT_AGREEMENT else 10


class Year:
    """What is told on which day, and what the clock must say of it."""

    def __init__(self, matching: Any, company: UUID, persons: list[UUID], placing: Callable[..., Any]) -> None:
        self.matching = matching
        self.company = company
        self.persons = persons
        self.placing = placing
        self.told: defaultdict[date, list[Callable[[], Awaitable[Any]]]] = defaultdict(list)
        self.late: set[date] = set()
        """Days on which something is told that would hide a deadline that nobody noted."""
        self.calendar: dict[Said, date] = {}
        """With the day on which the last of what it follows from is told: it cannot be recorded before."""

    def due(self, kind: str, stream: str, why: str, day: date, known: date) -> None:
        if day <= END and known < END:
            self.calendar[kind, stream, why, day] = known

    def overdue(self, candidacy: str, presented: date, known: date) -> date:
        """Nobody answers; the first day on which it was late."""
        by = days(presented, reply_days(presented))
        self.due("CandidateReplyOverdue", candidacy, str(by), days(by, 1), known)
        return days(by, 1)

    def ended(self, candidacy: str, why: str, day: date, known: date) -> None:
        self.due("CandidateWithdrawn", candidacy, why, day, known)

    def on(self, day: date, path: str, dated: date | None = None, **body: Any) -> None:
        """Told on the day, of the day or of an earlier one."""
        if day < END:
            self.told[day].append(lambda: self.matching.post(path, 200, **body, on=str(dated or day)))

    async def vacancy(self, day: date, positions: int = 1) -> str:
        body = {"company_id": str(self.company), "profile": "8.1.4", "positions": positions, "comune": "037006"}
        return str((await self.matching.post("/v1/vacancies", **body, on=str(day)))["id"])

    async def waits(self, vacancy: str, day: date, person: UUID | None = None) -> str:
        """Somebody on the shortlist of a vacancy; the candidacy's stream."""
        body = {"vacancy_id": vacancy, "person_id": str(person or self.persons.pop()), "on": str(day)}
        return f"candidacy-{(await self.matching.post('/v1/candidacies', **body))['id']}"

    def step(self, candidacy: str, day: date, name: str, dated: date | None = None, **body: Any) -> None:
        self.on(day, f"/v1/candidacies/{candidacy.removeprefix('candidacy-')}/{name}", dated, **body)

    def over(self, vacancy: str, day: date, dated: date | None = None) -> None:
        self.on(day, f"/v1/vacancies/{vacancy}/closing", dated, reason="expired")

    def placed(self, person: UUID, vacancy: str, day: date, first_day: date, voided: date | None = None) -> None:
        """Told on the day; the first day of the placement may be ahead."""
        ends_on = str(days(first_day, 90))
        body = self.placing(person, self.company, vacancy_id=vacancy, starts_on=str(first_day), ends_on=ends_on)

        async def place() -> None:
            employment = (await self.matching.post("/v1/employments", **body))["id"]
            if voided is not None:
                (link,) = (await self.matching.get(f"/v1/employments/{employment}"))["chain"]
                self.on(voided, f"/v1/employments/{employment}/void", voids=link["event_id"], reason="never_started")

        self.told[day].append(place)

    async def enters(self, day: date, way: int) -> None:
        """A vacancy and who is put forward for it; which of the ways they go follows from `way`."""
        await getattr(self, WAYS[way % len(WAYS)])(day)

    async def nobody_answers(self, day: date) -> None:
        one = await self.waits(await self.vacancy(day), day)
        self.step(one, days(day, 2), "presentation")
        noted = self.overdue(one, days(day, 2), days(day, 2))
        self.late.add(days(noted, 9))
        self.step(one, days(noted, 9), "withdrawal", reason="no_answer")

    async def answers_on_the_last_day(self, day: date) -> None:
        """And is taken: the place is filled from the first day of the contract, which is told before."""
        vacancy, taken = await self.vacancy(day), self.persons.pop()
        one, other = await self.waits(vacancy, day, taken), await self.waits(vacancy, days(day, 0))
        last = days(day, 2 + reply_days(days(day, 2)))
        self.step(one, days(day, 2), "presentation")
        self.step(one, last, "interview")
        self.step(one, days(last, 2), "acceptance")
        self.placed(taken, vacancy, days(last, 3), first_day=days(last, 12))
        self.ended(other, TAKEN, days(last, 12), days(last, 3))

    async def answers_a_day_late(self, day: date) -> None:
        """Then the vacancy lapses: seen last before its end."""
        vacancy = await self.vacancy(day)
        one = await self.waits(vacancy, day)
        self.step(one, days(day, 2), "presentation")
        late = self.overdue(one, days(day, 2), days(day, 2))
        self.late.add(late)
        self.step(one, late, "interview")
        self.over(vacancy, days(late, 10))
        self.ended(one, GONE, days(late, 10), days(late, 10))

    async def end_is_told_late(self, day: date) -> None:
        """One candidacy saw something after the end, the other nothing since before it."""
        vacancy = await self.vacancy(day)
        after, before = await self.waits(vacancy, day), await self.waits(vacancy, day)
        self.step(after, days(day, 4), "presentation")
        self.over(vacancy, days(day, 9), dated=days(day, 2))
        self.ended(after, GONE, days(day, 4), days(day, 9))
        self.ended(before, GONE, days(day, 2), days(day, 9))

    async def company_takes_it_back(self, day: date) -> None:
        """Who was accepted or refused by then is not concerned; who withdrew is not withdrawn again."""
        vacancy = await self.vacancy(day)
        presented, accepted, refused, withdrew = [await self.waits(vacancy, day) for _ in range(4)]
        for one in (presented, accepted, refused):
            self.step(one, days(day, 1), "presentation")
        self.step(accepted, days(day, 3), "interview")
        self.step(accepted, days(day, 5), "acceptance")
        self.step(refused, days(day, 5), "refusal", refused_by="company", reason="profile")
        self.step(withdrew, days(day, 5), "withdrawal", reason="keyed_by_mistake")
        self.on(days(day, 8), f"/v1/vacancies/{vacancy}/withdrawal", reason="need_ceased")
        self.ended(presented, GONE, days(day, 8), days(day, 8))

    async def void_before_the_first_day(self, day: date) -> None:
        """The place is free again before anybody waited in vain; the company does not answer, then it lapses."""
        vacancy = await self.vacancy(day)
        one = await self.waits(vacancy, day)
        self.placed(self.persons.pop(), vacancy, days(day, 3), first_day=days(day, 12), voided=days(day, 6))
        self.step(one, days(day, 14), "presentation")
        late = self.overdue(one, days(day, 14), days(day, 14))
        self.over(vacancy, days(late, 3))
        self.ended(one, GONE, days(late, 3), days(late, 3))

    async def void_after_the_first_day(self, day: date) -> None:
        """Withdrawn, the place is free again, put forward again; and it lapses."""
        vacancy, person = await self.vacancy(day), self.persons.pop()
        one = await self.waits(vacancy, day, person)
        self.placed(self.persons.pop(), vacancy, days(day, 3), first_day=days(day, 3), voided=days(day, 30))
        self.ended(one, TAKEN, days(day, 3), days(day, 3))
        self.late.add(days(day, 30))

        async def again() -> None:
            other = await self.waits(vacancy, days(day, 31), person)
            self.ended(other, GONE, days(day, 40), days(day, 40))

        self.told[days(day, 31)].append(again)
        self.over(vacancy, days(day, 40))

    async def something_comes_after_the_end(self, day: date) -> None:
        """One of two places is taken from a day ahead, the vacancy lapses before, and the placement is voided: neither
        is the vacancy's end."""
        vacancy = await self.vacancy(day, positions=2)
        one = await self.waits(vacancy, day)
        self.placed(self.persons.pop(), vacancy, days(day, 3), first_day=days(day, 50), voided=days(day, 9))
        self.over(vacancy, days(day, 9), dated=days(day, 5))
        self.ended(one, GONE, days(day, 5), days(day, 9))

    async def has_the_place(self, day: date) -> None:
        """Interviewed and placed, and nobody recorded the acceptance: the others wait in vain, this one does not."""
        vacancy, person = await self.vacancy(day), self.persons.pop()
        one, other = await self.waits(vacancy, day, person), await self.waits(vacancy, day)
        self.step(one, days(day, 1), "presentation")
        self.step(one, days(day, 4), "interview")
        self.placed(person, vacancy, days(day, 6), first_day=days(day, 6))
        self.ended(other, TAKEN, days(day, 6), days(day, 6))

    async def not_to_be_used(self, day: date) -> None:
        """Nothing is noted of somebody while the use of their data is restricted; then it is, of its own day."""
        person = self.persons.pop()
        vacancy = await self.vacancy(day)
        one = await self.waits(vacancy, day, person)
        self.step(one, days(day, 2), "presentation")
        lifted = days(day, 60)
        self.overdue(one, days(day, 2), lifted)
        self.over(vacancy, days(day, 40))
        self.ended(one, GONE, days(day, 40), lifted)

        def hears(on: date, event: type[Any], **fields: Any) -> None:
            told = event(person_id=person, occurred_on=on, **fields)
            self.told[on].append(lambda: self.matching.told(RestrictionView(), told))

        hears(days(day, 5), ProcessingRestricted, ground=RestrictionGround.OBJECTION_PENDING)
        hears(lifted, RestrictionLifted)

    async def presented_long_ago(self, day: date) -> None:
        """The presentation is told when the answer was due already; and an answer in time is told late."""
        one, other = await self.waits(await self.vacancy(day), day), await self.waits(await self.vacancy(day), day)
        self.step(one, days(day, 40), "presentation", dated=days(day, 10))
        self.overdue(one, days(day, 10), days(day, 40))
        self.step(other, days(day, 2), "presentation")
        self.overdue(other, days(day, 2), days(day, 2))
        self.late.add(days(day, 40))
        self.step(other, days(day, 40), "interview", dated=days(day, 9))


WAYS = (
    "nobody_answers",
    "answers_on_the_last_day",
    "answers_a_day_late",
    "end_is_told_late",
    "company_takes_it_back",
    "void_before_the_first_day",
    "void_after_the_first_day",
    "something_comes_after_the_end",
    "has_the_place",
    "not_to_be_used",
    "presented_long_ago",
)


@pytest.fixture
def day(tmp_path: Path) -> Day:
    today = Day(tmp_path / "today")
    today.set(FIRST)
    return today


@pytest.fixture
async def of_the_day(bare_matching: Any, day: Day) -> Any:
    """Everything that this process does is done on that day too."""
    day.told_to(bare_matching.service)
    return bare_matching


def follows(provisioned: Provisioned) -> None:
    """Governance tells of an agreement that gives companies ten days."""
    one = agreement("2024.2", valid_from=NEXT_AGREEMENT, valid_to=date(2026, 3, 3), candidate_reply_days=10)
    with psycopg.connect(provisioned.urls["matching_owner"]) as connection:
        connection.execute(PUT, ("agreement", one.version, one.valid_from, one.model_dump_json()))


async def said(matching: Any) -> list[tuple[Said, date]]:
    """What the timers said, and the day on which each was recorded."""
    rows = await matching.rows(SAID)
    return [((kind, stream, why, on), business_date(recorded)) for kind, stream, why, on, recorded in rows]


@pytest.mark.timeout(600)
@pytest.mark.clause("P31", "P32")
async def test_a_year_of_two_schedulers_that_are_killed(
    of_the_day: Any, fresh_provisioned: Provisioned, day: Day, new_placement: Callable[..., Any]
) -> None:
    chance = random.Random(20240108)
    year = Year(of_the_day, await of_the_day.company(), await of_the_day.persons(5 * GOES), new_placement)
    entering = defaultdict(list)
    for way in range(GOES):
        entering[days(FIRST, chance.randrange((LAST_ENTRY - FIRST).days))].append(way)
    entering[CHRISTMAS].append(WAYS.index("nobody_answers"))
    look = partial(said, of_the_day)
    with Schedulers("matching", fresh_provisioned.environment("matching"), day, count=2, seed=13) as schedulers:

        async def happens(today: date) -> None:
            if today == NEXT_AGREEMENT:
                await asyncio.to_thread(follows, fresh_provisioned)
            for way in entering[today]:
                await year.enters(today, way)
            if today in year.late:
                due = {one for one, known in year.calendar.items() if one[3] <= today and known < today}
                await schedulers.until_said(look, due, 90)
            for tell in year.told[today]:
                await tell()

        await schedulers.year(FIRST, days(END, -1), happens)
        day.set(END)
        await schedulers.until_said(look, year.calendar.keys(), 150)
    found = await look()
    each_once(found, year.calendar.keys(), schedulers)
    assert [one for one, recorded in found if recorded < year.calendar[one]] == [], "said before it was known"
    assert ("CandidateReplyOverdue", "2024-12-25", date(2024, 12, 26)) in {(k, why, on) for (k, _, why, on), _ in found}
    assert {why for (kind, _, why, _), _ in found if kind == "CandidateWithdrawn"} == {TAKEN, GONE}


async def test_without_the_guard_two_schedulers_say_it_twice(
    bare_matching: Any, fresh_provisioned: Provisioned
) -> None:
    """The control: what holds the exactly once is the version on which a step was decided, and this test sees it."""
    vacancy = str(await bare_matching.vacancy(await bare_matching.company(), positions=60))
    for person in await bare_matching.persons(60):
        body = {"vacancy_id": vacancy, "person_id": str(person), "on": "2021-02-10"}
        candidacy = (await bare_matching.post("/v1/candidacies", **body))["id"]
        await bare_matching.post(f"/v1/candidacies/{candidacy}/presentation", 200, on="2021-02-12")
    await without_the_guard(bare_matching.service, SERVICE.timers, fresh_provisioned.urls["matching_owner"])
    assert max(Counter(one for one, _ in await said(bare_matching)).values()) > 1
