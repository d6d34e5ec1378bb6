"""A door in front of PostgreSQL that a test can shut: for one service the database is away, for nobody else."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit


@dataclass
class Gate:
    """Forwards connections from a port of its own to `host:port`."""

    host: str
    port: int
    listener: asyncio.Server | None = None
    mine: int = 0
    through: set[asyncio.StreamWriter] = field(default_factory=set)

    def url(self, url: str) -> str:
        """The libpq URL with the gate in place of the server."""
        parts = urlsplit(url)
        user = parts.netloc.rpartition("@")[0]
        return urlunsplit(parts._replace(netloc=f"{user}@127.0.0.1:{self.mine}"))

    async def open(self) -> None:
        self.listener = await asyncio.start_server(self._forward, "127.0.0.1", self.mine)
        self.mine = self.listener.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """Breaks what goes through, and lets nobody in any more."""
        if self.listener is not None:
            self.listener.close()
        for writer in list(self.through):
            writer.transport.abort()
        if self.listener is not None:
            await self.listener.wait_closed()
        self.listener = None

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self.host, self.port)
        self.through |= {writer, back}
        try:
            await asyncio.gather(_pump(reader, back), _pump(there, writer))
        finally:
            self.through -= {writer, back}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def gate_to(url: str) -> AsyncIterator[Gate]:
    """A gate, open, to the server of that libpq URL."""
    where = urlsplit(url)
    gate = Gate(where.hostname or "127.0.0.1", where.port or 5432)
    await gate.open()
    try:
        yield gate
    finally:
        await gate.shut()
