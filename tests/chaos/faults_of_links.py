"""Connections that break, stall or lie, and a disk that is full."""

from __future__ import annotations

import asyncio
import contextlib
from random import Random

import psycopg
from tests.chaos.faults import Labels
from tests.chaos.proxy import Lose, Proxy
from tests.chaos.rig import PUBLISHING, SERVICES, Rig

MEGABYTE = bytes(1024**2)


async def terminate_backends(rig: Rig, rng: Random) -> Labels:
    """pg_terminate_backend of every session of one service, several times."""
    name = rng.choice(SERVICES)
    for _ in range(rng.randint(2, 5)):
        async with await psycopg.AsyncConnection.connect(rig.servers.admin_url, autocommit=True) as admin:
            await admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", (name,))
        await asyncio.sleep(rng.uniform(0.05, 1))
    return ["pg_terminate_backend"]


async def postgres_link(rig: Rig, rng: Random) -> Labels:
    return await _link(rig.databases[rng.choice(SERVICES)], "PostgreSQL", rng)


async def kafka_link(rig: Rig, rng: Random) -> Labels:
    assert rig.broker is not None
    return await _link(rig.broker, "Kafka", rng)


async def _link(proxy: Proxy, server: str, rng: Random) -> Labels:
    kind = rng.choice(["cut", "delayed", "halved", "held", "refused"])
    seconds = rng.uniform(3, 8)
    if kind == "cut":
        for _ in range(rng.randint(3, 6)):
            proxy.cut()
            await asyncio.sleep(rng.uniform(0.1, 1.5))
    elif kind == "delayed":
        proxy.delay = rng.uniform(0.02, 0.2)
        await asyncio.sleep(seconds)
    elif kind == "halved":
        proxy.halve = rng.randint(3, 8)
        await asyncio.sleep(seconds)
    elif kind == "held":
        proxy.hold()
        await asyncio.sleep(rng.uniform(4, 12))
        if rng.random() < 0.5:
            proxy.cut()
    else:
        proxy.refusing = True
        proxy.cut()
        await asyncio.sleep(seconds)
    proxy.heal()
    return [f"connection to {server} {kind}"]


async def commit_lost(rig: Rig, rng: Random) -> Labels:
    """The connection breaks between COMMIT and its answer, before the server or behind it."""
    which: Lose = rng.choice(["request", "answer"])
    proxy = rig.databases[rng.choice(SERVICES)]
    return await _lose(proxy, which, rng, "COMMIT", rng.randint(4, 12))


async def end_of_transaction_lost(rig: Rig, rng: Random) -> Labels:
    """The same between a relay and the coordinator of its Kafka transaction."""
    assert rig.broker is not None
    which: Lose = rng.choice(["request", "answer"])
    return await _lose(rig.broker, which, rng, "Kafka's end of a transaction", rng.randint(2, 5))


async def _lose(proxy: Proxy, which: Lose, rng: Random, what: str, count: int) -> Labels:
    for _ in range(count):
        proxy.lose.append(which)
        await asyncio.sleep(rng.uniform(0.05, 0.6))
    for _ in range(100):
        if not proxy.lose:
            break
        await asyncio.sleep(0.1)
    unused = len(proxy.lose)
    proxy.heal()
    label = f"{what} lost before the server" if which == "request" else f"answer to {what} lost"
    return [label if unused < count else f"{label}: never sent"]


async def commit_again(rig: Rig, rng: Random) -> Labels:
    """A commit is lost before the server, and the process is killed when it writes the same rows again."""
    name = rng.choice(PUBLISHING)
    point = rng.choice(["command.before_commit_again", "command.after_commit_again"])
    service = await rig.restart(name, INSIEME_CRASH_POINT=point)
    await asyncio.to_thread(service.wait_ready)
    for _ in range(60):
        rig.databases[name].lose.append("request")
        if await rig.until_dead(service, 0.25):
            break
    rig.databases[name].heal()
    died = service.child is None or not service.child.alive()
    await rig.restart(name)
    return [f"SIGKILL at {point}" if died else f"SIGKILL at any moment, {point} not reached"]


async def database_away_at_assignment(rig: Rig, rng: Random) -> Labels:
    """A member of a group is killed while the successor's database cannot be reached."""
    name = rng.choice(("matching", "reporting"))
    member = await rig.beside(name, "subscriptions", f"{name}-leaving")
    proxy = rig.databases[name]
    proxy.refusing = True
    proxy.cut()
    assert member.child is not None
    await asyncio.to_thread(member.child.kill)
    await asyncio.sleep(rng.uniform(7, 10))
    proxy.heal()
    return ["PostgreSQL away at an assignment"]


async def disk_full(rig: Rig, rng: Random) -> Labels:
    """Nothing more can be written where PostgreSQL keeps its data, for a while; what died of it starts again."""
    assert rig.servers.postgres is not None
    home = rig.servers.postgres.home
    ballast = home / "ballast"
    try:
        with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(MEGABYTE)
        await asyncio.sleep(rng.uniform(5, 9))
    finally:
        ballast.unlink(missing_ok=True)
    return ["disk of PostgreSQL full"]
