"""A proxy in front of PostgreSQL or Kafka that cuts, delays, halves and holds what goes through it.

Also between a commit and its answer: `lose` breaks the connection of the next commits, before the server gets them or
after it has answered.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

Lose = Literal["request", "answer"]
END_TRANSACTION = 26
"""Kafka's number of the request that commits a transaction."""


class SqlCommits:
    """Sees a COMMIT on its way to PostgreSQL."""

    def __init__(self) -> None:
        self._tail = b""

    def __call__(self, data: bytes) -> bool:
        seen = self._tail + data
        self._tail = seen[-6:]
        return b"COMMIT\0" in seen


class KafkaCommits:
    """Sees the end of a transaction on its way to Kafka: follows the frames, four bytes of length before each."""

    def __init__(self) -> None:
        self._skip = 0
        self._head = b""

    def __call__(self, data: bytes) -> bool:
        found = False
        while data:
            if self._skip:
                taken = min(self._skip, len(data))
                self._skip -= taken
                data = data[taken:]
                continue
            wanted = 6 - len(self._head)
            self._head, data = self._head + data[:wanted], data[wanted:]
            if len(self._head) == 6:
                found = found or int.from_bytes(self._head[4:], "big") == END_TRANSACTION
                self._skip = max(int.from_bytes(self._head[:4], "big") - 2, 0)
                self._head = b""
        return found


@dataclass(eq=False)
class _Through:
    """One connection that goes through."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    commits: Callable[[bytes], bool]
    flowing: asyncio.Event
    doomed: bool = False

    def abort(self) -> None:
        self.client.transport.abort()
        self.server.transport.abort()


@dataclass
class Proxy:
    """Forwards a port of its own to `host:port`. `delay` in seconds holds for every chunk in both directions."""

    host: str
    port: int
    commits: Callable[[], Callable[[bytes], bool]] = SqlCommits
    mine: int = 0
    delay: float = 0.0
    refusing: bool = False
    halve: int = 0
    lose: list[Lose] = field(default_factory=list)
    cuts: int = 0
    _flowing: asyncio.Event = field(default_factory=asyncio.Event)
    _silent: asyncio.Event = field(default_factory=asyncio.Event)
    _through: set[_Through] = field(default_factory=set)
    _listener: asyncio.Server | None = None

    def url(self, url: str) -> str:
        """The libpq URL with the proxy in place of the server."""
        parts = urlsplit(url)
        user = parts.netloc.rpartition("@")[0]
        return urlunsplit(parts._replace(netloc=f"{user}@127.0.0.1:{self.mine}"))

    async def open(self) -> None:
        self._flowing.set()
        self._listener = await asyncio.start_server(self._forward, "127.0.0.1", self.mine)
        self.mine = self._listener.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self._listener is not None
        self._listener.close()
        self.cut()
        await self._listener.wait_closed()

    def cut(self) -> None:
        """Breaks every connection that goes through."""
        for one in list(self._through):
            one.abort()
            self.cuts += 1

    def hold(self) -> None:
        """Nothing moves any more, in either direction, and nobody is told."""
        self._flowing.clear()

    def silence(self) -> None:
        """What goes through now moves no more, nor does its end, and nobody is told; new connections go through."""
        for one in self._through:
            one.flowing = self._silent

    def heal(self) -> None:
        self.delay, self.refusing, self.halve = 0.0, False, 0
        self.lose.clear()
        self._flowing.set()
        self._silent.set()
        self._silent = asyncio.Event()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection(self.host, self.port)
        except OSError:
            writer.transport.abort()
            return
        one = _Through(writer, back, self.commits(), self._flowing)
        self._through.add(one)
        try:
            await asyncio.gather(self._up(one, reader), self._down(one, there))
        finally:
            self._through.discard(one)
            one.abort()

    async def _up(self, one: _Through, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                await self._pass(one)
                if self.halve and len(data) > 1:
                    self.halve -= 1
                    one.server.write(data[: len(data) // 2])
                    await one.server.drain()
                    self._break(one)
                    return
                if one.commits(data) and self.lose:
                    if self.lose.pop() == "request":
                        self._break(one)
                        return
                    one.doomed = True
                one.server.write(data)
                await one.server.drain()
        await one.flowing.wait()
        one.server.close()

    async def _down(self, one: _Through, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                await self._pass(one)
                if one.doomed:
                    self._break(one)
                    return
                one.client.write(data)
                await one.client.drain()
        await one.flowing.wait()
        one.client.close()

    async def _pass(self, one: _Through) -> None:
        if self.delay:
            await asyncio.sleep(self.delay)
        await one.flowing.wait()

    def _break(self, one: _Through) -> None:
        self.cuts += 1
        one.abort()


@asynccontextmanager
async def proxy_to(host: str, port: int, commits: Callable[[], Callable[[bytes], bool]]) -> AsyncIterator[Proxy]:
    """An open proxy to that address."""
    made = Proxy(host, port, commits)
    await made.open()
    try:
        yield made
    finally:
        made.heal()
        await made.close()
