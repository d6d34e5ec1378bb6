"""Processes that are killed or put to sleep: at a crash point, at any moment, in a storm."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import replace
from random import Random

import httpx
import psycopg
from tests.chaos import points
from tests.chaos.rig import PUBLISHING, SERVICES, Rig
from tests.end_to_end.ledger import TIMEOUT
from tests.end_to_end.nursery import ForkedService
from tests.end_to_end.people import Someone

from insieme_local.parts import Part

REACH = 45.0
"""Seconds in which a process has to come to its crash point."""
SUCCEEDED = 12.0
"""Longer than the session of a group's member (6 s) and than an idle transaction (5 s): a successor took over."""

Labels = list[str]


async def crash_points(rig: Rig, rng: Random) -> Labels:
    """Each service is killed at a point of its own, at the same time, and starts again."""
    chosen = {name: rng.choice(points.of_service(name)) for name in SERVICES}
    return await crash_at(rig, rng, chosen)


async def crash_at(rig: Rig, rng: Random, chosen: dict[str, str]) -> Labels:
    async def one(name: str, point: str, number: int) -> str:
        told = {"INSIEME_CRASH_POINT": point, "INSIEME_CRASH_ON_PASSING": str(number)}
        service = await rig.restart(name, **told)
        died = await rig.until_dead(service, REACH)
        await rig.restart(name)
        return f"SIGKILL at {point}" if died else f"SIGKILL at any moment, {point} not reached"

    numbers = {name: points.passing(point, rng) for name, point in chosen.items()}
    return await asyncio.gather(*(one(name, point, numbers[name]) for name, point in chosen.items()))


async def kill_service(rig: Rig, rng: Random) -> Labels:
    name = rng.choice(SERVICES)
    await asyncio.sleep(rng.uniform(0, 1.5))
    await rig.restart(name)
    return [f"kill -9 of {name}"]


async def kill_kafka(rig: Rig, rng: Random) -> Labels:
    await asyncio.sleep(rng.uniform(0, 1))
    await asyncio.to_thread(rig.servers.kill_kafka)
    await asyncio.sleep(rng.uniform(0, 2))
    return ["kill -9 of Kafka"]


async def kill_postgres(rig: Rig, rng: Random) -> Labels:
    await asyncio.sleep(rng.uniform(0, 1))
    await asyncio.to_thread(rig.servers.kill_postgres)
    await asyncio.sleep(rng.uniform(0, 2))
    return ["kill -9 of PostgreSQL"]


async def kill_everything(rig: Rig, rng: Random) -> Labels:
    """As when the machine loses its power."""
    await asyncio.sleep(rng.uniform(0, 1))
    kills = [rig.servers.kill_postgres, rig.servers.kill_kafka]
    for name in SERVICES:
        child = rig.service(name).child
        assert child is not None
        kills.append(child.kill)
    rng.shuffle(kills)
    await asyncio.gather(*(asyncio.to_thread(kill) for kill in kills))
    return ["kill -9 of everything"]


async def broker_away(rig: Rig, rng: Random) -> Labels:
    """Longer than every time-out that a client of Kafka has (10 s)."""
    await asyncio.to_thread(rig.servers.kill_kafka)
    await asyncio.sleep(rng.uniform(14, 18))
    return ["Kafka away for longer than every time-out"]


async def freeze_kafka(rig: Rig, rng: Random) -> Labels:
    return await frozen(rig.servers.kafka, rng.uniform(3, 15))


async def freeze_postgres(rig: Rig, rng: Random) -> Labels:
    return await frozen(rig.servers.postgres, rng.uniform(2, 9))


async def freeze_service(rig: Rig, rng: Random) -> Labels:
    """Longer than its transactions may be idle; clients send again what was not answered."""
    return await frozen(rig.service(rng.choice(SERVICES)), rng.uniform(5, 9))


async def frozen(part: Part | None, seconds: float) -> Labels:
    """SIGSTOP of a process and all its descendants, and SIGCONT after so many seconds."""
    assert part is not None
    assert part.child is not None
    await asyncio.to_thread(part.child.signal_family, signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        await asyncio.to_thread(part.child.signal_family, signal.SIGCONT)
    return [f"SIGSTOP of {part.name}"]


async def halt_command(rig: Rig, rng: Random) -> Labels:
    """A service sleeps in the middle of a command, until its transaction is ended by the database, and wakes."""
    name = rng.choice(PUBLISHING)
    point = rng.choice([p for p in points.of_service(name) if p.startswith("command.")])
    return await _halted(rig, await _armed(rig, name, point, rng), 7.0, f"sleeps at {point}")


async def _armed(rig: Rig, name: str, point: str, rng: Random) -> ForkedService:
    told = {"INSIEME_CRASH_POINT": point, "INSIEME_CRASH_ON_PASSING": str(points.passing(point, rng))}
    return await rig.restart(name, **told, INSIEME_CRASH_SIGNAL="STOP")


async def _halted(rig: Rig, service: ForkedService, seconds: float, label: str) -> Labels:
    if not await rig.until_halted(service, REACH):
        return [f"{label}: not reached"]
    await asyncio.sleep(seconds)
    assert service.child is not None
    service.child.process.send_signal(signal.SIGCONT)
    await asyncio.sleep(2)
    return [label]


async def slow_writer(rig: Rig, rng: Random) -> Labels:
    """A writer sleeps with its append not yet committed, while others append and commit, and commits at last."""
    told = {"INSIEME_CRASH_POINT": "command.before_commit", "INSIEME_CRASH_SIGNAL": "STOP"}
    writer = await rig.beside("intake", "http", "intake-slow", **told)
    assert writer.child is not None
    client = rig.traffic.client
    async with httpx.AsyncClient(base_url=rig.platform.url("intake-slow"), timeout=TIMEOUT) as slow:
        services = {**client.services, "intake": slow}
        enrolling = asyncio.create_task(replace(client, services=services).enrol(Someone(next(rig.traffic.numbers))))
        halted = await rig.until_halted(writer, REACH)
        await asyncio.sleep(2.5)
        writer.child.process.send_signal(signal.SIGCONT)
        await enrolling
    return ["slow writer" if halted else "slow writer: not reached"]


async def zombie_relay(rig: Rig, rng: Random, point: str | None = None) -> Labels:
    """A leading relay falls asleep at a crash point, loses its lock, a second one takes over, and it wakes."""
    name = rng.choice(PUBLISHING)
    point = point or rng.choice([p for p in points.of_service(name) if p.startswith("relay.")])
    leading = rig.service(name)
    assert leading.child is not None
    await asyncio.to_thread(leading.child.kill)
    told = {"INSIEME_CRASH_POINT": point, "INSIEME_CRASH_ON_PASSING": str(points.passing(point, rng))}
    zombie = await rig.beside_unready(name, "relay", f"{name}-zombie", **told, INSIEME_CRASH_SIGNAL="STOP")
    await _leads(rig, name)
    await rig.restart(name)
    if not await rig.until_halted(zombie, REACH):
        return [f"zombie relay at {point}: not reached"]
    await unlock(rig, name)
    await rig.traffic.more(40)
    await asyncio.sleep(2)
    assert zombie.child is not None
    zombie.child.process.send_signal(signal.SIGCONT)
    await rig.traffic.more(20)
    await asyncio.sleep(1)
    return [f"zombie relay at {point}"]


async def _leads(rig: Rig, name: str) -> None:
    """Waits until some relay of the service holds the lock."""
    for _ in range(200):
        if await holders(rig, name):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"no relay of {name} leads within 20 s")


async def holders(rig: Rig, name: str) -> list[int]:
    query = """select a.pid from pg_locks l join pg_stat_activity a on a.pid = l.pid
               where l.locktype = 'advisory' and l.granted and a.application_name = %s and a.datname = %s"""
    database = rig.made.urls[name].rsplit("/", 1)[1].partition("?")[0]
    async with await psycopg.AsyncConnection.connect(rig.servers.admin_url, autocommit=True) as admin:
        rows = await admin.execute(query, (f"relay.{name}", database))
        return [pid for (pid,) in await rows.fetchall()]


async def unlock(rig: Rig, name: str) -> None:
    """Ends the database session of the leading relay: the lock goes, and it does not know."""
    async with await psycopg.AsyncConnection.connect(rig.servers.admin_url, autocommit=True) as admin:
        for pid in await holders(rig, name):
            await admin.execute("select pg_terminate_backend(%s)", (pid,))


async def zombie_subscription(rig: Rig, rng: Random, name: str | None = None, point: str | None = None) -> Labels:
    """A member of a group falls asleep at a crash point of its batch, is thrown out, replaced, and wakes."""
    name = name or rng.choice(points.HANDLERS)
    beginnings = ("batch.", "effect.", "projection.before", "projection.after_rows", "claim.")
    point = point or rng.choice([p for p in points.of_service(name) if p.startswith(beginnings)])
    told = {"INSIEME_CRASH_POINT": point, "INSIEME_CRASH_ON_PASSING": str(points.passing(point, rng))}
    zombie = await rig.beside_unready(name, "subscriptions", f"{name}-zombie", **told, INSIEME_CRASH_SIGNAL="STOP")
    if not await rig.until_halted(zombie, REACH):
        return [f"zombie subscription at {point}: not reached"]
    await asyncio.sleep(SUCCEEDED)
    assert zombie.child is not None
    zombie.child.process.send_signal(signal.SIGCONT)
    await rig.traffic.more(20)
    await asyncio.sleep(1)
    return [f"zombie subscription at {point}"]


async def rebalance_storm(rig: Rig, rng: Random) -> Labels:
    """Members of the groups join, leave and are killed every few seconds under load."""
    for number in range(rng.randint(3, 5)):
        name = rng.choice(points.HANDLERS)
        member = await rig.beside_unready(name, "subscriptions", f"{name}-member-{number}")
        await asyncio.sleep(rng.uniform(0.5, 3))
        victim = rng.choice(rig.extra)
        if victim.child is not None and rng.random() < 0.5:
            await asyncio.to_thread(victim.child.kill)
        elif victim is not member:
            await asyncio.to_thread(victim.stop)
    return ["rebalance storm"]


async def two_relays(rig: Rig, rng: Random) -> Labels:
    """Two relays of one service; whoever leads loses its lock again and again, and is killed at last."""
    name = rng.choice(PUBLISHING)
    second = await rig.beside(name, "relay", f"{name}-second")
    for _ in range(rng.randint(2, 4)):
        await unlock(rig, name)
        await asyncio.sleep(rng.uniform(0.2, 2.5))
    if rng.random() < 0.5 and second.child is not None:
        await asyncio.to_thread(second.child.kill)
    else:
        await rig.restart(name)
    return ["two relays"]


async def clock_steps(rig: Rig, rng: Random) -> Labels:
    """The injected clock of intake and matching steps to and fro by less than what the store refuses (5 minutes)."""
    for name in PUBLISHING:
        steps = [rng.randint(-140, 140) for _ in range(4)]
        await rig.restart(name, CHAOS_CLOCK_STEPS=",".join(map(str, steps)))
    await rig.traffic.more(60)
    return ["clock steps"]
