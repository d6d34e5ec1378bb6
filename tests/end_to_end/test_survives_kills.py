"""kill -9 of each service, of Kafka and of PostgreSQL, one after the other, while clients go on sending commands.

What was acknowledged stands in the topics and in the facts exactly once, in order; what was not is sent again by the
client with the same Idempotency-Key. test_cursor_control.py shows that this check fails where it must.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from tests.end_to_end import oracle
from tests.end_to_end.ledger import Ledger, Traffic, traffic
from tests.end_to_end.people import Someone
from tests.end_to_end.platform import Platform, supervised

from insieme_local.parts import Part
from insieme_local.provision import Provisioned, provision
from insieme_local.servers import Servers
from insieme_reporting.versions import NEWEST

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(420)]

PERIOD = {"from": "2024-01-01", "to": "2024-12-31"}


@dataclass
class Pass:
    """One kill: how many commands were acknowledged before it, and how long the victim was away."""

    victim: str
    acknowledged_before: int
    seconds_away: float


@dataclass
class Passes:
    """Kills one part after the other; the supervisor starts it again."""

    going: Traffic
    done: list[Pass] = field(default_factory=list)

    async def kill(self, part: Part) -> None:
        before = len(self.going.client.ledger.entries)
        assert part.child is not None
        victim = part.child
        killed = time.monotonic()
        await asyncio.to_thread(victim.kill)
        async with asyncio.timeout(150):
            while part.child is victim or not await asyncio.to_thread(part.ready):
                self.going.check()
                await asyncio.sleep(0.1)
        self.done.append(Pass(part.name, before, time.monotonic() - killed))
        await self.going.more(40)


async def test_each_acknowledged_command_is_in_the_facts_exactly_once_and_in_order(
    own_servers: Callable[..., Servers], platform_of: Callable[[Provisioned], Platform]
) -> None:
    servers = await asyncio.to_thread(own_servers)
    provisioned = await asyncio.to_thread(provision, servers)
    platform = await asyncio.to_thread(platform_of, provisioned)
    services = platform.services
    ledger = Ledger()
    with supervised([*servers.parts, *services.values()]) as said:
        async with traffic(platform, ledger) as going:
            await going.more(60)
            passes = Passes(going)
            victims: list[Part | None] = [*services.values(), servers.kafka, servers.postgres]
            for victim in victims:
                assert victim is not None
                await passes.kill(victim)
        await oracle.caught_up(provisioned.urls["reporting"], NEWEST.definition.subscription, ledger.streams())
        carried = await oracle.in_topics(provisioned)
        rows = await oracle.in_facts(provisioned.urls["reporting"])
        enrolled = await platform.figure("enrolled", **PERIOD)
        placements = await platform.figure("placements", **PERIOD)
    print_ledger(ledger, passes.done, said, len(carried), len(rows))

    assert oracle.compare(ledger, carried, rows) == oracle.Findings()
    assert sum(one.type == "PersonRegistered" for one in carried) == ledger.persons
    assert [row["value"] for row in enrolled] == [ledger.persons]
    assert [row["value"] for row in placements] == [2 * ledger.placements], "a start and a renewal each"
    assert any(entry.attempts > 1 for entry in ledger.entries), "no command was interrupted: nothing was proved"
    assert_logs(platform, ledger.persons)


def print_ledger(ledger: Ledger, passes: list[Pass], said: list[str], records: int, rows: int) -> None:
    repeated = [entry for entry in ledger.entries if entry.attempts > 1]
    print(
        f"\nacknowledged commands {len(ledger.entries)}, events {len(ledger.events())}, streams {len(ledger.streams())}"
    )
    print(f"repeated commands {len(repeated)}, repeats by cause {dict(ledger.repeats)}")
    for one in passes:
        print(f"kill -9 {one.victim}: after {one.acknowledged_before} commands, away {one.seconds_away:.1f} s")
    print(f"records in the restricted topics {records}, rows of facts {rows}")
    print("supervisor: " + "; ".join(said))


def assert_logs(platform: Platform, persons: int) -> None:
    """Lines of JSON, and nothing in them by which a person could be known, not even after a kill."""
    canaries = {string for number in range(1, persons + 20) for string in Someone(number).strings()}
    for name, log in platform.logs().items():
        for line in log.splitlines():
            assert isinstance(json.loads(line), dict), f"{name}: {line}"
        assert not [string for string in canaries if string in log], name
