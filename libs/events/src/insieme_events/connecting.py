"""Connections to PostgreSQL that nobody waits on for ever: a server that falls silent is one that is away.

A connection may stay open although nothing answers any more: a firewall forgot it, a machine froze. TCP finds that
out after hours where it is left alone, and never where the other machine's kernel goes on acknowledging. So dead links
are found by TCP within half a minute, and an answer is waited for no longer than it can take.
"""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

import psycopg
from psycopg import errors
from psycopg.abc import PQGen

from insieme_events import telemetry
from insieme_events.store import Connection

RV = TypeVar("RV")

ALIVE: dict[str, Any] = {
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""For libpq: seconds to connect, seconds until an idle connection is asked for life, milliseconds that what was sent
may stay without an acknowledgement. A Unix socket takes no notice of them."""

ANSWER_WITHIN = 35.0
"""Seconds. A role's `transaction_timeout` of 30 s ends every statement of a service before (docs/operations)."""


class Answering(psycopg.AsyncConnection[Any]):
    """A connection that is closed where its server gives no answer for so long; whoever waited gets psycopg's
    OperationalError, as from a server that has gone."""

    answer_within: ClassVar[float] = ANSWER_WITHIN

    async def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:  # noqa: ASYNC109 - psycopg's own
        """Every answer is waited for here. With a `timeout` of its own the caller deals with its end."""
        if timeout is not None:
            return await super().wait(gen, interval, timeout)
        try:
            return await super().wait(gen, interval, self.answer_within)
        except errors._WaitTimeout:
            _gave_up(self.pgconn, self.answer_within)
            raise psycopg.OperationalError(SILENT) from None


class AnsweringThread(psycopg.Connection[Any]):
    """The same for work in a thread."""

    answer_within: ClassVar[float] = ANSWER_WITHIN

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.answer_within)
        except errors._WaitTimeout:
            _gave_up(self.pgconn, self.answer_within)
            raise psycopg.OperationalError(SILENT) from None


SILENT = "events.database_silent: the database gave no answer; its connection is closed"


def _gave_up(pgconn: Any, seconds: float) -> None:
    telemetry.log.warning("database_silent", host=pgconn.host.decode(), seconds=seconds)
    pgconn.finish()


async def session(url: str, name: str) -> Connection:
    """A connection of its own that commits by itself. Raises psycopg's OperationalError."""
    return await Answering.connect(url, autocommit=True, application_name=name, **ALIVE)


async def patient_session(url: str, name: str) -> Connection:
    """The same for work whose single statements take minutes: only a dead link ends it, not a long silence."""
    return await psycopg.AsyncConnection.connect(url, autocommit=True, application_name=name, **ALIVE)


def session_in_thread(url: str, name: str) -> AnsweringThread:
    return AnsweringThread.connect(url, autocommit=True, application_name=name, **ALIVE)
