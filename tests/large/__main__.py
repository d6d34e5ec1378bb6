"""`make large EVENTS=1000000`: a version rebuilt from a long history while commands go on and a client reads.

Real services on servers of their own. The history is appended to matching's store and goes the whole road: relay,
topics, facts. Then reporting's next build is deployed, its later version is rebuilt, verified, promoted,
rolled back and promoted again by the commands of an operator, while a client sends one journey after another and a
second one reads a measure twice a second. Exit code 1 where the reader saw an error, fewer placements than before, or
nothing of one of the versions, and where at the end the later one is not what the ledger of the clients says.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import psutil
import psycopg
from tests.benchmarks.history import History
from tests.end_to_end.ledger import Ledger, traffic
from tests.end_to_end.platform import Platform

from insieme_events import store
from insieme_events.testing.road import eventually
from insieme_local import folders, ladder, ports
from insieme_local.folders import Folders
from insieme_local.provision import provision
from insieme_local.service import Service, inherited
from insieme_local.testing import session_folders
from insieme_reporting.versions import NEWEST

AT_ONCE = 2000
BUILD = (sys.executable, "-m", "tests.large.build")
PROJECTION = "/v1/operations/projections/facts"
NOW = NEWEST.definition.version
LATER = NOW + 1
PATIENCE = 1800.0
PAUSE = 0.5
"""Seconds between two questions of the reader: each counts all placements, and the cores are few."""
EVER = {"from": "2019-01-01", "to": "2029-12-31"}
OPERATOR = {"X-Insieme-Party": "citta_metropolitana", "X-Insieme-Role": "operator", "X-Insieme-Purpose": "operations"}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.large", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000, help="of the history; the traffic's come on top")
    told = parser.parse_args()
    where = session_folders()
    servers = ladder.for_tests(where)
    try:
        servers.start()
        made = Platform(provision(servers), Folders(where.root / "platform"))
        try:
            asyncio.run(Large(made, told.events).run())
        finally:
            made.stop_all()
    finally:
        servers.discard()
        folders.forget(where)


@dataclass
class Reader:
    """What a client that reads all the time was told. `seen`: answers by version, `least`: the last figure."""

    seen: Counter[int] = field(default_factory=Counter)
    least: int = 0
    longest: float = 0.0
    wrong: list[str] = field(default_factory=list)

    async def read(self, client: httpx.AsyncClient) -> None:
        while True:
            began = time.monotonic()
            answer = await client.get("/v1/measures/placements", params=EVER)
            self.longest = max(self.longest, time.monotonic() - began)
            if answer.status_code != httpx.codes.OK:
                self.wrong.append(f"{answer.status_code} {answer.text[:100]}")
                continue
            told = answer.json()
            count = sum(row["value"] for row in told["rows"])
            if count < self.least:
                self.wrong.append(f"{count} placements after {self.least}")
            self.seen[told["version"]] += 1
            self.least = count
            await asyncio.sleep(PAUSE)


@dataclass
class Large:
    """One run, with a history of so many events."""

    platform: Platform
    events: int
    reader: Reader = field(default_factory=Reader)
    began: float = field(default_factory=time.monotonic)

    def say(self, text: str) -> None:
        print(f"{time.monotonic() - self.began:6.0f} s  {text}", flush=True)

    async def run(self) -> None:
        await asyncio.to_thread(self.platform.prepare)
        placements = await self.fill()
        await asyncio.to_thread(self.platform.start_all)
        self.say("services are up; relay and facts take the history")
        await self.until(NOW, placements)
        ledger = Ledger()
        async with traffic(self.platform, ledger, clients=1) as going:
            await asyncio.to_thread(self.deploy)
            self.say(f"the build with version {LATER} is deployed")
            async with self.reading():
                await self.operate()
                going.check()
        self.say(f"{len(ledger.entries):,} commands acknowledged meanwhile, {ledger.placements} placements of them")
        # Every journey extends its placement, which is a second link.
        await self.until(LATER, placements + 2 * ledger.placements)
        self.say(f"version {LATER} has what the ledger says")
        assert self.reader.seen.keys() == {NOW, LATER}, self.reader.seen
        assert not self.reader.wrong, self.reader.wrong[:5]

    async def fill(self) -> int:
        """Appends the history to matching's store; answers how many placements stand in it."""
        count, placements, batch = 0, 0, []
        async with await psycopg.AsyncConnection.connect(self.platform.provisioned.urls["matching"]) as connection:
            for record in History().grow(self.events):
                batch.append(record)
                placements += record.type == "PlacementStarted"
                placements += record.type == "PlacementExtended"
                if len(batch) == AT_ONCE:
                    count += await self.append(connection, batch)
                    batch = []
                    if count % 100_000 == 0:
                        self.say(f"{count:,} events are stored")
            count += await self.append(connection, batch)
        self.say(f"{count:,} events are stored, {placements:,} placements in them")
        return placements

    @staticmethod
    async def append(connection: store.Connection, batch: list[store.Record]) -> int:
        if batch:
            async with connection.transaction():
                await store.append(connection, batch, datetime.now(UTC))
        return len(batch)

    async def until(self, version: int, placements: int) -> None:
        """Waits until a version has so many placements, and says every ten seconds how many it has."""
        query = f"select count(distinct (employment_id, link_no)) from facts_{version}.placement_link_versions"
        said = time.monotonic()

        async def there() -> bool:
            nonlocal said
            url = self.platform.provisioned.urls["reporting"]
            async with await psycopg.AsyncConnection.connect(url) as connection:
                row = await (await connection.execute(query.encode())).fetchone()
            found = int(row[0]) if row else 0
            if found == placements or time.monotonic() - said > 10:
                said = time.monotonic()
                self.say(f"version {version} has {found:,} of {placements:,} placements")
            assert found <= placements
            await asyncio.sleep(1)
            return found == placements

        await eventually(there, PATIENCE)

    def deploy(self) -> None:
        """Reporting stops, and its next build starts."""
        platform = self.platform
        platform.services["reporting"].stop()
        (port,) = ports.free(1)
        told = {**platform.provisioned.environment("reporting"), "INSIEME_REPORTING_PORT": str(port)}
        platform.services["reporting"] = Service("reporting", (*BUILD, "serve"), port, told, platform.folders)
        platform.services["reporting"].start()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        async with self.platform.client("reporting") as client:
            task = asyncio.create_task(self.reader.read(client))
            try:
                yield
                assert not task.done(), task.exception()
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        self.say(
            f"the reader: answers by version {dict(self.reader.seen)}, {len(self.reader.wrong)} wrong, "
            f"the last {self.reader.least:,} placements, the longest after {self.reader.longest:.2f} s"
        )

    async def operate(self) -> None:
        """What an operator does with a version."""
        await self.rebuild()
        async with self.platform.client("reporting") as client:
            client.timeout = httpx.Timeout(600)
            client.headers.update(OPERATOR)
            found = await self.asked(client, f"/versions/{LATER}/verify")
            assert found["equal"], found["differences"][:5]
            self.say(f"verified: equal, {sum(found['rows'].values()):,} rows, {found['behind']} events behind")
            promote = f"/versions/{LATER}/promote"
            for number, step in ((LATER, promote), (NOW, "/rollback"), (LATER, promote)):
                found = await self.asked(client, step)
                self.say(f"version {found['active']} is read")
                assert found["active"] == number
                await asyncio.sleep(5)

    async def asked(self, client: httpx.AsyncClient, step: str) -> dict[str, Any]:
        began = time.monotonic()
        answer = await client.post(f"{PROJECTION}{step}")
        assert answer.is_success, answer.text
        self.say(f"POST {step} took {time.monotonic() - began:.1f} s")
        found: dict[str, Any] = answer.json()
        return found

    async def rebuild(self) -> None:
        """The operator's command with its progress, beside it the memory of its processes."""
        told = self.platform.services["reporting"].environment
        process = await asyncio.create_subprocess_exec(
            *BUILD, "rebuild", "facts", "--version", str(LATER), env={**inherited(), **told}, stderr=subprocess.STDOUT
        )
        most = 0
        while process.returncode is None:
            try:
                family = [psutil.Process(process.pid)]
                family += family[0].children(recursive=True)
                most = max(most, *(one.memory_info().rss for one in family))
            except psutil.NoSuchProcess:
                pass
            await asyncio.sleep(0.2)
        assert process.returncode == 0
        self.say(f"rebuilt; the largest of its processes held {most / 1024**2:.0f} MB")


if __name__ == "__main__":
    main()
