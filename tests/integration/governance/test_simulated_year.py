"""A year of two schedulers that are killed at random, against the calendar of this test (P54-P56, P72, P80).

The calendar below is written down by hand from the text and the founding data: it asks nothing of the code.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.integration.governance.planning import COMUNE

from insieme_events import migrate
from insieme_events.clock import business_date
from insieme_events.commands import Done
from insieme_events.testing.http import Served, served
from insieme_events.testing.scheduler import Day, Schedulers, each_once, without_the_guard
from insieme_governance import founding
from insieme_governance.service import SERVICE
from insieme_local.provision import Provisioned

EVE, END = date(2025, 2, 28), date(2026, 3, 10)
NOTED = (
    "MeetingCadenceWarned",
    "MeetingCadenceBreached",
    "MeetingRequestOverdue",
    "CommitmentMissing",
    "AnnualPresentationOverdue",
    "StudyStartOverdue",
    "ProtocolExpiryWarned",
    "ProtocolExpired",
)
SAID = """
select type, occurred_on, recorded_at, data::json from events.events where type = any(%s) order by position
"""
REQUEST = "select data ->> 'request_id' from events.events where event_id = %s"
PROMOTERS = ("citta_metropolitana", "comune_bologna", "fondazione_san_petronio")
ASKING = ("cna", "uil", "cisl")
"""Signatories of 2021 that ask for meetings."""

Said = tuple[str, str, date]
"""Type, whom or what it is about, and the day of which it speaks."""

BEFORE: set[Said] = {
    # Nobody met since 22 May 2017: six calendar months are over on 22 November, and a month before that is a warning.
    ("MeetingCadenceWarned", "2017-05-22", date(2017, 10, 23)),
    ("MeetingCadenceBreached", "2017-05-22 calendar_months", date(2017, 11, 23)),
    ("MeetingCadenceBreached", "2017-05-22 rolling_days", date(2017, 11, 23)),
    ("StudyStartOverdue", "", date(2021, 10, 1)),
    *(("AnnualPresentationOverdue", str(year), date(year + 1, 1, 1)) for year in range(2017, 2025)),
    *(("CommitmentMissing", f"{year} {one}", date(year, 2, 1)) for year in range(2018, 2026) for one in PROMOTERS),
}
"""What eight years in which nobody did anything had left to say on the eve."""
OF_THE_YEAR: set[Said] = {
    ("ProtocolExpiryWarned", "12", date(2025, 3, 3)),
    ("ProtocolExpiryWarned", "6", date(2025, 9, 3)),
    ("ProtocolExpiryWarned", "3", date(2025, 12, 3)),
    ("ProtocolExpired", "", date(2026, 3, 4)),
    # The Tavolo meets on 10 April, and then no more.
    ("MeetingCadenceWarned", "2025-04-10", date(2025, 9, 10)),
    ("MeetingCadenceBreached", "2025-04-10 calendar_months", date(2025, 10, 11)),
    ("MeetingCadenceBreached", "2025-04-10 rolling_days", date(2025, 10, 12)),
    ("AnnualPresentationOverdue", "2025", date(2026, 1, 1)),
    # The Comune commits on 15 January; the others do not.
    ("CommitmentMissing", "2026 citta_metropolitana", date(2026, 2, 1)),
    ("CommitmentMissing", "2026 fondazione_san_petronio", date(2026, 2, 1)),
}


def about(kind: str, data: dict[str, Any]) -> str:
    match kind:
        case "MeetingCadenceWarned":
            return str(data["since"])
        case "MeetingCadenceBreached":
            return f"{data['since']} {data['measure']}"
        case "MeetingRequestOverdue":
            return str(data["request_id"])
        case "CommitmentMissing":
            return f"{data['year']} {data['party']}"
        case "AnnualPresentationOverdue":
            return str(data["year"])
        case "ProtocolExpiryWarned":
            return str(data["months"])
        case _:
            return ""


async def said(governance: Served) -> list[tuple[Said, date]]:
    """What the timers said, and the day on which each was recorded."""
    rows = await governance.rows(SAID, list(NOTED))
    return [((kind, about(kind, data), on), business_date(recorded)) for kind, on, recorded, data in rows]


@pytest.fixture
def day(tmp_path: Path) -> Day:
    today = Day(tmp_path / "today")
    today.set(EVE)
    return today


@pytest.fixture
async def governance(fresh_provisioned: Provisioned, day: Day) -> AsyncIterator[Served]:
    """Founded on the eve of the year, on a database of the test's own."""
    owner = fresh_provisioned.urls["governance_owner"]
    await asyncio.to_thread(migrate.upgrade_service, owner, "governance", SERVICE.migrations)
    async with served(SERVICE, fresh_provisioned.environment("governance")) as running:
        day.told_to(running.service)
        # What the founding data says of days after the eve is not known yet.
        for unit in founding.units(founding.given()):
            if unit.recorded_at is not None and business_date(unit.recorded_at) <= EVE:
                assert isinstance(await running.service.commands.run(unit), Done)
        yield running


@pytest.mark.timeout(600)
@pytest.mark.clause("P54", "P55", "P56", "P72", "P80", "P82")
@pytest.mark.invariant("I5", "clock")
async def test_a_year_of_two_schedulers_that_are_killed(
    governance: Served, fresh_provisioned: Provisioned, day: Day
) -> None:
    chance = random.Random(20250228)
    calendar = set(BEFORE)
    asked = Counter(date(2025, 3, 5) + timedelta(days=chance.randrange(340)) for _ in range(40))
    body_id = (await governance.get("/v1/bodies", kind="coordination_table"))["items"][0]["body_id"]
    meeting_id = ""

    async def happens(today: date) -> None:
        nonlocal meeting_id
        for _ in range(asked[today]):
            party = chance.choice(ASKING)
            told = await governance.post(f"/v1/bodies/{body_id}/requests", party=party, on=str(today))
            if today > date(2025, 4, 1):  # The meeting that is convened then answers all that were made by then.
                ((request_id,),) = await governance.rows(REQUEST, told["event_ids"][0])
                calendar.add(("MeetingRequestOverdue", request_id, today + timedelta(days=31)))
        match today.isoformat():
            case "2025-04-01" as on:
                invited = [one["party"] for one in await governance.get("/v1/parties", on="2025-04-10")]
                meeting: dict[str, Any] = {"body_id": body_id, "meets_on": "2025-04-10", "invited": invited}
                meeting_id = (await governance.post("/v1/meetings", on=on, **meeting))["id"]
            case "2025-04-10" as on:
                await governance.post(f"/v1/meetings/{meeting_id}/holding", 200, on=on)
            case "2026-01-15" as on:
                commitment: dict[str, Any] = {"party": "comune_bologna", "source": "comune_bologna", "amount": 1000}
                await governance.post("/v1/plan-years/2026/commitments", headers=COMUNE, on=on, **commitment)
            case _:
                pass

    look = partial(said, governance)
    with Schedulers("governance", fresh_provisioned.environment("governance"), day, count=2, seed=7) as schedulers:
        await schedulers.until_said(look, calendar, 150)
        await schedulers.year(EVE + timedelta(days=1), END, happens)
        calendar |= OF_THE_YEAR
        # Once the term is over nobody is late with a meeting any more (P79).
        calendar = {one for one in calendar if one[0] != "MeetingRequestOverdue" or one[2] <= date(2026, 3, 3)}
        await schedulers.until_said(look, calendar, 150)
    each_once(await look(), calendar, schedulers)


async def test_without_the_guard_two_schedulers_say_it_twice(
    governance: Served, fresh_provisioned: Provisioned
) -> None:
    """The control: what holds the exactly once is the version on which a step was decided, and this test sees it."""
    await without_the_guard(governance.service, SERVICE.timers, fresh_provisioned.urls["governance_owner"])
    assert max(Counter(one for one, _ in await said(governance)).values()) > 1
