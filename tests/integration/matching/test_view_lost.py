"""The view of intake's cases is damaged: what the page says, done literally, makes it again from the topic."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import psycopg

from insieme_events.relay import Relay
from insieme_events.service import Role
from insieme_events.testing.road import ACTOR, Record, at_work, recorder, road
from insieme_events.units import Done, Step, Unit
from insieme_events.waiting import applied
from insieme_local.provision import Provisioned

CASES = recorder("case")
PAGE = Path(__file__).parents[3] / "docs" / "operations" / "reporting-lost.md"
VIEW = """
select p.person_id, i.case_id, i.number, i.since, i.until
from events.persons p left join events.in_charge i using (person_id) order by 1, 2, 3
"""


def statements() -> str:
    """What the page has an owner do."""
    (found,) = re.findall(r"^ +begin;\n.*?commit;$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return str(found)


async def test_a_damaged_view_is_made_again_from_the_first_record(
    migrated: Provisioned,
    matching_on: Callable[[Provisioned, Role], AbstractAsyncContextManager[Any]],
    new_case: Callable[[], Any],
) -> None:
    prefix = migrated.topic_prefix.rstrip(".")
    cases = [new_case() for _ in range(20)]
    until = {f"case-{case.case_id}": 2 for case in cases}
    async with road(migrated.urls, migrated.common["KAFKA_BOOTSTRAP_SERVERS"], prefix) as intake:
        units = [
            Unit((Step(CASES, case.case_id, Record(events=(case.applied(), case.taken_in_charge()))),), ACTOR)
            for case in cases
        ]
        assert all(isinstance(answer, Done) for answer in await intake.commands.run_all(units))
        async with at_work(Relay("intake", intake.url, intake.bootstrap, prefix, intake.commands.appended)):
            async with matching_on(migrated, Role.SUBSCRIPTIONS) as matching:
                await applied(matching.service.pool, "matching.in_charge", until, seconds=60)
                before = await matching.rows(VIEW)
            assert len(before) == 20
            await asyncio.to_thread(damage_and_forget, migrated.urls["matching_owner"])
            async with matching_on(migrated, Role.SUBSCRIPTIONS) as matching:
                await applied(matching.service.pool, "matching.in_charge", until, seconds=60)
                assert await matching.rows(VIEW) == before


def damage_and_forget(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("update events.in_charge set since = since - 100")
        owner.execute(statements().encode())
