"""The platform under test: forked services behind proxies, clients that go on, and one fault after the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.chaos.broker import ProxiedKafka
from tests.chaos.checks import CATCH_UP, Verdict, judge
from tests.chaos.proxy import KafkaCommits, Proxy, SqlCommits, proxy_to
from tests.chaos.traffic import ChaosLedger, ChaosTraffic, chaos_traffic
from tests.end_to_end.nursery import ForkedService, Nursery
from tests.end_to_end.platform import Platform

from insieme_local.folders import Folders
from insieme_local.provision import Provisioned
from insieme_local.servers import Servers

WITHOUT = "WITHOUT_GUARDS"
"""Tells a forked process which guards to take out: see without.py, which no process of the rig itself imports."""
PREPARED = ("tests.chaos.clocks:inject", "tests.chaos.without:take_out")
"""What every process of the rig calls before it is a service: `nursery(*PREPARED)`."""
SERVICES = ("intake", "matching", "reporting")
PUBLISHING = ("intake", "matching")
ANSWERED = 90.0
"""Seconds in which every command that is under way has to be answered once the fault is over."""


@dataclass
class Rig:
    """`extra` are processes beside the three services, of the fault that runs now."""

    servers: Servers
    platform: Platform
    databases: dict[str, Proxy]
    broker: Proxy | None
    ledger: ChaosLedger
    traffic: ChaosTraffic
    catch_up: float = CATCH_UP
    extra: list[ForkedService] = field(default_factory=list)

    @property
    def made(self) -> Provisioned:
        """The connections that no proxy stands in."""
        return self.platform.provisioned

    def service(self, name: str) -> ForkedService:
        found = self.platform.services[name]
        assert isinstance(found, ForkedService)
        return found

    async def beside(self, name: str, role: str, known_as: str, **environment: str) -> ForkedService:
        """One more process of a role, until the run is over; waits until it is ready."""
        made = await self.beside_unready(name, role, known_as, **environment)
        await asyncio.to_thread(made.wait_ready)
        return made

    async def beside_unready(self, name: str, role: str, known_as: str, **environment: str) -> ForkedService:
        """The same without waiting: it may be killed or put to sleep before it is ready."""
        made = self.platform.make(name, role, known_as, **environment)
        assert isinstance(made, ForkedService)
        self.extra.append(made)
        await asyncio.to_thread(made.spawn)
        return made

    async def restart(self, name: str, **environment: str) -> ForkedService:
        """kill -9, then a start with this beside the usual; does not wait until it serves."""
        service = self.service(name)
        if service.child is not None and service.child.alive():
            await asyncio.to_thread(service.child.kill)
        service.arm(**environment)
        await asyncio.to_thread(service.spawn)
        return service

    async def until_dead(self, service: ForkedService, seconds: float) -> bool:
        return await asyncio.to_thread(service.wait_dead, seconds)

    async def until_halted(self, service: ForkedService, seconds: float) -> bool:
        """Whether the process sleeps at its crash point within so many seconds."""
        end = asyncio.get_running_loop().time() + seconds
        while not service.halted():
            if asyncio.get_running_loop().time() > end or service.child is None or not service.child.alive():
                return False
            await asyncio.sleep(0.02)
        return True

    async def heal(self) -> None:
        """Everything runs, unarmed, unhindered; what a fault started beside is gone."""
        for proxy in [*self.databases.values(), *([self.broker] if self.broker else [])]:
            proxy.heal()
        for service in self.extra:
            await asyncio.to_thread(service.stop)
            del self.platform.services[service.name]
        self.extra.clear()
        for server in self.servers.parts:
            if server.child is None or not server.child.alive():
                await asyncio.to_thread(server.spawn)
        for server in self.servers.parts:
            await asyncio.to_thread(server.wait_ready)
        for name in SERVICES:
            service = self.service(name)
            if service.child is None or not service.child.alive() or service.armed():
                await self.restart(name)
        for name in SERVICES:
            await asyncio.to_thread(self.service(name).wait_ready)

    async def judge(self) -> Verdict:
        """Lets what is under way be answered, waits for the rest of the road, and compares."""
        if not await self.traffic.pause(ANSWERED):
            return Verdict(stuck=1, said=["stuck: commands are not answered"])
        try:
            return await judge(self.made, self.ledger, self.catch_up)
        finally:
            self.traffic.go_on()

    def logs(self, names: Sequence[str] = SERVICES) -> dict[str, str]:
        return {name: text for name, text in self.platform.logs().items() if name in names}


@asynccontextmanager
async def rig(
    servers: Servers,
    made: Provisioned,
    folders: Folders,
    nursery: Nursery,
    clients: int = 4,
    without: str = "",
    catch_up: float = CATCH_UP,
) -> AsyncIterator[Rig]:
    """The services on servers that run, every database connection through a proxy of its service's own.

    Kafka is reached through a proxy too, where the broker is one with a door for it. `without` are guards that every
    process runs without.
    """
    async with AsyncExitStack() as stack:
        databases: dict[str, Proxy] = {}
        addresses: dict[str, dict[str, str]] = {}
        for name in SERVICES:
            where = urlsplit(made.urls[name])
            proxy = await stack.enter_async_context(proxy_to(where.hostname or "", where.port or 0, SqlCommits))
            databases[name] = proxy
            told = made.environment(name)
            addresses[name] = {k: proxy.url(v) for k, v in told.items() if k.startswith("DATABASE_URL_")}
        broker = None
        if isinstance(servers.kafka, ProxiedKafka):
            broker = Proxy("127.0.0.1", servers.kafka.door, KafkaCommits, mine=servers.kafka.advertised)
            await broker.open()
            stack.push_async_callback(broker.close)
            for address in addresses.values():
                address["KAFKA_BOOTSTRAP_SERVERS"] = f"127.0.0.1:{broker.mine}"
        for address in addresses.values():
            address[WITHOUT] = without
        platform = Platform(made, folders, nursery, addresses)
        stack.push_async_callback(asyncio.to_thread, platform.stop_all)
        await asyncio.to_thread(platform.prepare)
        for name in SERVICES:
            await asyncio.to_thread(platform.make(name, "serve").spawn)
        for name in SERVICES:
            await asyncio.to_thread(platform.services[name].wait_ready)
        ledger = ChaosLedger()
        traffic = await stack.enter_async_context(chaos_traffic(platform, ledger, clients))
        yield Rig(servers, platform, databases, broker, ledger, traffic, catch_up)
