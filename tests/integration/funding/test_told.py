"""What other services tell comes late, twice, or first; and an erased person is acknowledged (P45; GDPR art. 17)."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import pytest

from insieme_events import topics
from insieme_events.clock import system_clock
from insieme_events.contracts.governance_plan import CompanyJoinedBoard, CompanyLeftBoard
from insieme_events.contracts.intake import ErasureGround, PersonErased
from insieme_events.envelope import Stored
from insieme_events.erasing import Acknowledging
from insieme_events.service import Role
from insieme_events.store import Connection
from insieme_events.testing.http import served
from insieme_events.testing.road import eventually
from insieme_funding.aggregates import ERASURES
from insieme_funding.project.commands import PlacementSeen
from insieme_funding.service import SERVICE, blank
from insieme_funding.views import told
from insieme_local.provision import Provisioned

ROUNDS = 60


def stored(event: Any) -> Stored:
    return Stored(uuid4(), "told", 1, datetime.now(UTC), event)


async def test_an_erasure_is_acknowledged_once(fund: Any) -> None:
    erasing = Acknowledging(ERASURES, system_clock, blank)
    person_id = uuid4()
    erased = PersonErased(person_id=person_id, ground=ErasureGround.REQUEST, occurred_on=date(2022, 6, 1))
    for _ in range(2):
        await fund.told(erasing, erased)
    rows = await fund.served.rows(
        "select type, data->>'service' from events.events where stream = %s", f"erasure_funding-{person_id}"
    )
    assert rows == [("ErasureCompleted", "funding")]


@pytest.mark.clause("P61")
async def test_the_board_is_as_dated_however_often_it_is_told(fund: Any) -> None:
    company = uuid4()
    joined = CompanyJoinedBoard(company_id=company, occurred_on=date(2022, 1, 1))
    left = CompanyLeftBoard(company_id=company, occurred_on=date(2022, 6, 1))
    back = CompanyJoinedBoard(company_id=company, occurred_on=date(2022, 9, 1))
    async with fund.served.service.pool.connection() as connection:
        await told.BoardView().apply(connection, [stored(one) for one in (joined, joined, left, left, back, back)])
        [first, second] = (await told.board(connection, [company]))[company]
    assert [first.holds(date(2022, 5, 31)), first.holds(date(2022, 6, 1))] == [True, False]
    assert second.holds(date(2024, 1, 1))


async def linked_and_voided(fund: Any, rounds: int) -> int:
    """Rounds in which a placement is linked and voided at once; how many links stand on a void placement."""
    source = f"l{uuid4()}"[:30]
    await fund.budget(source, s3b=800_000)
    project = await fund.approved(await fund.call())
    await fund.served.post(f"/v1/projects/{project}/funding", **await fund.funding(source))

    async def link(placement: Any) -> int:
        body = {"employment_id": str(placement), "suitability": "suitable", "on": "2022-10-02"}
        return int((await fund.answer(f"/v1/projects/{project}/placements", body))[0])

    async def void(placement: Any, after: float) -> None:
        await asyncio.sleep(after)
        await fund.void(placement)

    answers = []
    for number in range(rounds):
        placement = await fund.placement()
        status, _ = await asyncio.gather(link(placement), void(placement, number % 5 * 0.005))
        answers.append(status)
    assert set(answers) <= {201, 409}
    standing = await fund.served.rows(
        """select count(*) from views.project_placements p join views.placements v using (employment_id)
           where p.active and v.voided and p.project_id = %s""",
        project,
    )
    return int(standing[0][0])


@pytest.mark.clause("P45")
async def test_no_link_stands_on_a_placement_that_is_voided_at_the_same_time(fund: Any) -> None:
    assert await linked_and_voided(fund, ROUNDS) == 0


@pytest.mark.clause("P45")
async def test_a_placement_counts_for_one_project_also_when_two_ask_at_once(fund: Any) -> None:
    source = "two-at-once"
    await fund.budget(source, s3b=1_600_000)
    call = await fund.call()
    projects = [await fund.approved(call) for _ in range(2)]
    for project in projects:
        await fund.served.post(f"/v1/projects/{project}/funding", **await fund.funding(source))
    for _ in range(20):
        placement = await fund.placement()
        body = {"employment_id": str(placement), "suitability": "suitable", "on": "2022-10-02"}
        answers = await asyncio.gather(*(fund.answer(f"/v1/projects/{one}/placements", body) for one in projects))
        assert sorted(answers) == [(201, None), (409, "funding.placement_linked")]


async def test_without_the_lock_a_link_stands_on_a_void_placement(fund: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control run: the linking and the mark do not wait for one another, and the linking takes a while."""
    for module in ("insieme_funding.reactions.placements", "insieme_funding.api.grants"):
        monkeypatch.setattr(import_module(module), "placement_lock", lambda _: f"nothing-{uuid4()}")
    read = told.placements

    async def read_and_rest(connection: Connection, employments: Collection[UUID]) -> dict[UUID, PlacementSeen]:
        found = await read(connection, employments)
        await asyncio.sleep(0.05)
        return found

    monkeypatch.setattr(told, "placements", read_and_rest)
    for _ in range(8):
        if await linked_and_voided(fund, 20):
            return
    pytest.fail("no link stood on a void placement: the race is none")


async def test_every_subscription_of_the_service_is_ready(migrated: Provisioned) -> None:
    """Each finds its topics and has its partitions."""
    environment = migrated.environment("funding")
    prefix = environment["INSIEME_TOPIC_PREFIX"].rstrip(".")
    await asyncio.to_thread(topics.apply, environment["KAFKA_BOOTSTRAP_SERVERS"], prefix)
    async with served(SERVICE, environment, Role.SUBSCRIPTIONS) as running:

        async def ready() -> bool:
            return bool((await running.client.get("/readyz")).json()["ready"])

        await eventually(ready)
        names = {worker.name for worker in running.service.workers}
    assert {"funding.parameters", "funding.reactions"} <= names
