"""The in-charge gate from intake's topic to a refusal: what intake publishes decides who can be placed (P33, I7b)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import date
from typing import Any, cast
from uuid import UUID

from insieme_events.in_charge import InChargeView
from insieme_events.relay import Relay
from insieme_events.service import Role
from insieme_events.store import Connection
from insieme_events.testing.road import ACTOR, Record, at_work, eventually, recorder, road
from insieme_events.units import Done, Step, Unit
from insieme_events.waiting import applied
from insieme_local.provision import Provisioned
from insieme_matching.views import employments

CASES = recorder("case")


async def test_intakes_events_open_and_close_the_gate(
    migrated: Provisioned,
    matching_on: Callable[[Provisioned, Role], AbstractAsyncContextManager[Any]],
    new_case: Callable[[], Any],
    new_placement: Callable[..., dict[str, Any]],
) -> None:
    prefix = migrated.topic_prefix.rstrip(".")
    case, sequence = new_case(), 0
    async with road(migrated.urls, migrated.common["KAFKA_BOOTSTRAP_SERVERS"], prefix) as intake:
        relay = Relay("intake", intake.url, intake.bootstrap, prefix, intake.commands.appended)
        async with at_work(relay), matching_on(migrated, Role.SUBSCRIPTIONS) as views:
            service = views.service

            async def intake_tells(*events: Any) -> None:
                nonlocal sequence
                unit = Unit((Step(CASES, case.case_id, Record(events=events)),), ACTOR)
                assert isinstance(await intake.commands.run(unit), Done)
                sequence += len(events)
                await applied(service.pool, "matching.in_charge", {f"case-{case.case_id}": sequence}, seconds=30)

            async with matching_on(migrated, Role.HTTP) as matching:
                company = await matching.company()
                body = new_placement(case.person_id, company)

                unheard = await matching.post("/v1/employments", 503, **body)
                assert (unheard["code"], unheard["clause"]) == ("matching.person_unknown", "P33")

                await intake_tells(case.applied())
                never = await matching.post("/v1/employments", 409, **body)
                assert (never["code"], never["clause"]) == ("matching.not_in_charge", "P33")

                await intake_tells(case.taken_in_charge(date(2021, 1, 10)))
                early = await matching.post("/v1/employments", 409, **{**body, "starts_on": "2021-01-09"})
                assert early["code"] == "matching.not_in_charge"
                recorded = await matching.post("/v1/employments", **body)
                assert (await matching.get(f"/v1/employments/{recorded['id']}"))["flagged"] is False

                await intake_tells(case.closed(date(2021, 2, 15)))
                found = await matching.get(f"/v1/employments/{recorded['id']}")
                assert (found["flagged"], found["status"]) == (True, "running")
                assert [
                    row["employment_id"] for row in (await matching.get("/v1/employments", flagged=True))["items"]
                ] == [recorded["id"]]
                late = await matching.post("/v1/employments", 409, **body)
                assert late["code"] == "matching.not_in_charge"


async def test_a_placement_and_a_closing_at_the_same_time_see_one_another(
    matching: Any, new_case: Callable[[], Any], new_placement: Callable[..., dict[str, Any]]
) -> None:
    assert await flagged_after_a_race(matching, new_case(), new_placement) is True


async def test_without_the_lock_the_closing_is_missed(
    matching: Any, new_case: Callable[[], Any], new_placement: Callable[..., dict[str, Any]], monkeypatch: Any
) -> None:
    """The control run: the guard off, the same race leaves a placement out of charge without its flag."""
    monkeypatch.setattr("insieme_matching.views.employments.SHARE_GATE", "select %s::bigint")
    assert await flagged_after_a_race(matching, new_case(), new_placement) is False


async def flagged_after_a_race(matching: Any, case: Any, new_placement: Callable[..., dict[str, Any]]) -> bool:
    """A closing dated before the placement is applied, but not committed, while the placement is recorded."""
    await matching.hear(case.applied(), case.taken_in_charge(date(2021, 1, 10)))
    body = new_placement(case.person_id, await matching.company())
    async with matching.service.pool.connection() as connection:
        await InChargeView(changed=employments.flag).apply(connection, matching.stored(case.closed(date(2021, 2, 15))))
        recording = asyncio.create_task(matching.post("/v1/employments", **body))

        async def has_read() -> bool:
            """The gate as it was: it waits for the lock, or without one it is through."""
            return recording.done() or await somebody_waits(connection)

        await eventually(has_read)
        await connection.commit()
    employment = UUID((await recording)["id"])
    return cast("bool", (await matching.get(f"/v1/employments/{employment}"))["flagged"])


async def somebody_waits(connection: Connection) -> bool:
    """Whether anybody waits for a lock."""
    return await (await connection.execute("select 1 from pg_locks where not granted")).fetchone() is not None
