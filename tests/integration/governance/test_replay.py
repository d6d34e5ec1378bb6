"""The store told again: from its events alone come the same states, and views that are equal row by row."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from insieme_events import store
from insieme_events.envelope import Stored, opened
from insieme_events.store import START
from insieme_events.testing.http import Served
from insieme_events.units import Change
from insieme_governance.aggregates import AGGREGATES
from insieme_local.provision import Provisioned

TABLES = [
    "events.parameters",
    "events.parties",
    "events.protocols",
    "views.agreements",
    "views.bodies",
    "views.cadence",
    "views.consents",
    "views.decisions",
    "views.expiry_warnings",
    "views.invitations",
    "views.legal_limits",
    "views.links",
    "views.meeting_requests",
    "views.meetings",
    "views.nominations",
    "views.notices",
    "views.ownership",
    "views.protocols",
    "views.roles",
]
NAMES = {each.decider.name: each for each in AGGREGATES}


async def lived_through(served: Served) -> None:
    """A bit of everything: a request, meetings, decisions, a withdrawal, a renewal, a transfer."""
    (protocol_id,) = [
        row["protocol_id"] for row in (await served.get("/v1/protocols"))["items"] if row["signed_on"] == "2021-03-03"
    ]
    path = f"/v1/protocols/{protocol_id}"
    body_id = (await served.get("/v1/bodies", kind="coordination_table"))["items"][0]["body_id"]
    nominee = str(uuid4())
    named: dict[str, Any] = {"party": "uil", "nominee_id": nominee, "on": "2022-01-10"}
    await served.post(f"{path}/representatives", **named)
    await served.post(f"{path}/technical-referents", **named)
    ended: dict[str, Any] = {"party": "uil", "seat": "technical_referent", "nominee_id": nominee, "on": "2022-06-30"}
    await served.post(f"{path}/ended-nominations", **ended)
    await served.post(f"/v1/bodies/{body_id}/requests", party="cgil", on="2022-05-02")
    everybody = [row["party"] for row in await served.get("/v1/parties", on="2022-05-02")]
    meetings = []
    dates = (("2022-06-10", "2022-07-01"), ("2022-06-12", "2022-12-15"), ("2022-06-14", "2022-12-20"))
    for convened_on, meets_on in dates:
        meeting: dict[str, Any] = {"body_id": body_id, "meets_on": meets_on, "invited": everybody, "on": convened_on}
        meetings.append((await served.post("/v1/meetings", **meeting))["id"])
    first, second, third = (f"/v1/meetings/{meeting_id}" for meeting_id in meetings)
    await served.post(f"{first}/holding", 200, on="2022-07-01")
    await served.post(f"{first}/attendance", party="uil", present=True, representative_id=nominee)
    await served.post(f"{first}/decisions", subject="work_plan", owner="cna", deadline="2022-12-31")
    await served.post(f"{first}/decisions/1/completion", 200, on="2022-11-01")
    await served.post(f"{third}/cancellation", 200, reason="postponed", on="2022-06-20")
    await served.post(f"{path}/withdrawals", party="cna", effective_on="2022-12-01", on="2022-08-01")
    await served.post(f"{second}/holding", 200, on="2022-12-15")
    await served.post(f"{path}/amendments", party="cisl", kind="update", effective_on="2023-12-01", on="2023-01-02")
    transfer: dict[str, Any] = {"from_owner": "citta_metropolitana", "to_owner": "ente_insieme"}
    await served.post(f"{path}/ownership", **transfer, effective_on="2024-01-01", on="2023-11-02")
    await served.post(f"{path}/renewal", party="uil", ends_on="2031-03-03", on="2025-10-01")
    await served.post(f"{path}/refusals", party="uil", on="2025-10-02")
    for party in everybody:
        if party != "cna":
            await served.post(f"{path}/consents", party=party, on="2025-10-06")


async def stored(served: Served) -> list[Stored]:
    async with served.service.pool.connection() as connection:
        return [opened(record, "governance", {}) for _, record in await store.read(connection, START, 10_000)]


async def rows(url: str) -> dict[str, list[tuple[Any, ...]]]:
    async with await psycopg.AsyncConnection.connect(url) as owner:
        return {
            name: sorted(await (await owner.execute(f"select t::text from {name} t")).fetchall()) for name in TABLES
        }


@pytest.mark.clause("P79", "P80", "P81", "P84")
@pytest.mark.invariant("I5", "replay")
@pytest.mark.invariant("I11", "replay")
@pytest.mark.invariant("I12", "replay")
@pytest.mark.invariant("I14", "replay")
async def test_the_views_made_again_are_equal(bare_governance: Served, fresh_provisioned: Provisioned) -> None:
    await lived_through(bare_governance)
    owner_url = fresh_provisioned.urls["governance_owner"]
    before = await rows(owner_url)
    events = await stored(bare_governance)
    assert [name for name, found in before.items() if not found] == ["views.expiry_warnings"]
    async with await psycopg.AsyncConnection.connect(owner_url) as owner:
        await owner.execute(f"truncate {', '.join(TABLES)}")
    assert not any((await rows(owner_url)).values())
    states: dict[str, Any] = {}
    async with bare_governance.service.pool.connection() as connection:
        for one in events:
            aggregate = NAMES[one.stream[:-37]]
            state = states.get(one.stream, aggregate.decider.initial)
            states[one.stream] = aggregate.decider.evolve(state, one.event)
            change = Change(one.stream, UUID(one.stream[-36:]), state, states[one.stream], [one])
            await aggregate.view(connection, [change])
    assert await rows(owner_url) == before
    # A fold of the stream as a whole leads to the same state as its events one by one.
    for stream, state in states.items():
        decider = NAMES[stream[:-37]].decider
        assert decider.fold(one.event for one in events if one.stream == stream) == state
