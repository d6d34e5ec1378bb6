"""Locks by name, held to the end of the transaction: for a rule over what no stream's version guards."""

from __future__ import annotations

from insieme_events.store import Connection

LOCK = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"


async def lock(connection: Connection, *names: str) -> None:
    """Takes the locks, in the order of their names, so that two who want the same ones never wait for each other.

    Such a lock gives the transaction no id, and what is read after it sees what its last owner did.
    """
    for name in sorted(set(names)):
        await connection.execute(LOCK, (name,))
