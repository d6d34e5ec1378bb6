"""A door in front of PostgreSQL that counts statements and round trips of what passes through it.

What the client sends is held until the client is quiet, which is when it waits for an answer. So statements that are
sent without waiting for one another are one round trip, on any machine.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

QUIET = 0.03
"""Seconds after which a client that sends nothing is taken to wait for an answer."""
EXECUTED = b"EQ"
"""The messages that execute something."""


@dataclass
class Tap:
    """`statements` counts BEGIN and COMMIT too."""

    host: str
    port: int
    mine: int = 0
    statements: int = 0
    round_trips: int = 0

    def url(self, url: str) -> str:
        parts = urlsplit(url)
        user = parts.netloc.rpartition("@")[0]
        there = f"{user}@127.0.0.1:{self.mine}"
        return urlunsplit(parts._replace(netloc=there, query="sslmode=disable&gssencmode=disable"))

    def reset(self) -> None:
        self.statements = self.round_trips = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection(self.host, self.port)
        answers = asyncio.create_task(_pass_on(server_reader, writer))
        try:
            size = await reader.readexactly(4)
            server_writer.write(size + await reader.readexactly(int.from_bytes(size) - 4))
            await self._pass_in_step(reader, server_writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            answers.cancel()
            for each in (writer, server_writer):
                each.close()

    async def _pass_in_step(self, reader: asyncio.StreamReader, server: asyncio.StreamWriter) -> None:
        following = asyncio.create_task(_message(reader))
        while True:
            sent = [await following]
            following = asyncio.create_task(_message(reader))
            while (await asyncio.wait({following}, timeout=QUIET))[0]:
                sent.append(await following)
                following = asyncio.create_task(_message(reader))
            self.statements += sum(message[:1] in EXECUTED for message in sent)
            self.round_trips += 1
            server.write(b"".join(sent))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while answer := await reader.read(65536):
        writer.write(answer)


async def _message(reader: asyncio.StreamReader) -> bytes:
    """One message of the protocol, whole; its first byte is its type."""
    head = await reader.readexactly(5)
    return head + await reader.readexactly(int.from_bytes(head[1:]) - 4)


@asynccontextmanager
async def tapped(url: str) -> AsyncIterator[Tap]:
    """A tap in front of the server of this libpq URL."""
    parts = urlsplit(url)
    tap = Tap(parts.hostname or "", parts.port or 5432)
    sessions: set[asyncio.Task[None]] = set()

    def opened(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sessions.add(asyncio.create_task(tap.serve(reader, writer)))

    listener = await asyncio.start_server(opened, "127.0.0.1", 0)
    tap.mine = listener.sockets[0].getsockname()[1]
    try:
        yield tap
    finally:
        listener.close()
        for session in sessions:
            session.cancel()
        await asyncio.gather(*sessions, return_exceptions=True)
