"""What an operator does with the versions of a projection: status, verify, promote, rollback, retire (decision 13).

Every action leaves a row that says who asked for it and what came of it, refused ones too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg_pool import AsyncConnectionPool

from insieme_events import projection_versions, rebuild_tables
from insieme_events.clock import Clock
from insieme_events.contracts import Actor
from insieme_events.crash_points import reached
from insieme_events.decider import RefusalKind, Refused
from insieme_events.problems import ProblemError
from insieme_events.projection import ProjectionDefinition
from insieme_events.projection_versions import RUNNING, Active, State, VersionRow
from insieme_events.rebuild_reader import connect
from insieme_events.store import Connection
from insieme_events.vault import KeyVault
from insieme_events.verifying import verify

PATIENCE = 10.0
"""Seconds in which a version may come level with the active one before it counts as lagging."""
HELD = 2.0
"""Seconds for which the active version's cursors are held while the new one comes level."""
POLL = 0.05

UNKNOWN = Refused(
    "projections.unknown", "This build has no version {version}. `projections list` shows those that it has.",
    kind=RefusalKind.NOT_FOUND,
)  # fmt: skip
NOT_BUILT = Refused("projections.not_built", "Version {version} is not built. Rebuild it first.")
BUILDING = Refused(
    "projections.building",
    "Version {version} is being rebuilt, or its rebuild was ended. `projections status` tells; rebuild it again if so.",
)
RETIRED = Refused("projections.retired", "Version {version} is retired. To have it again, rebuild it.")
NOT_VERIFIED = Refused(
    "projections.not_verified", "Version {version} has not been found equal to the active one. Verify it first."
)
LAGGING = Refused(
    "projections.lagging",
    "Version {version} has not applied yet what the active one has. `projections status` shows how far; ask again.",
    kind=RefusalKind.RETRY,
)
MORE_PARKED = Refused(
    "projections.more_parked",
    "Version {version} has {count} streams parked that the active one has not. Look at its dead letters first.",
)
IS_ACTIVE = Refused("projections.active", "Version {version} is the one that is read.")
NO_PREVIOUS = Refused("projections.no_previous", "No other version was read before, so there is nothing to go back to.")

BEHIND = """
select count(*) from events.cursors a
left join events.cursors n on n.subscription = %s and n.topic = a.topic and n.partition = a.partition
    and n.generation = a.generation
where a.subscription = %s and coalesce(n.next_offset, 0) < a.next_offset
"""
STANDS = """
select subscription, sum(next_offset)::bigint from events.cursors where subscription = any(%s) group by subscription
"""
PARKED = """
select subscription, count(distinct stream) from events.dead_letters where subscription = any(%s) group by subscription
"""
MORE = """
select count(distinct stream) from events.dead_letters n where subscription = %s
    and not exists (select from events.dead_letters a where a.subscription = %s and a.stream = n.stream)
"""


@dataclass(frozen=True)
class Operations:
    """The versions of one projection that this build has, and where they stand."""

    name: str
    definitions: Mapping[int, ProjectionDefinition]
    pool: AsyncConnectionPool[Connection]
    database_url: str
    keys: KeyVault | None
    clock: Clock

    async def status(self) -> dict[str, Any]:
        """Every version that this build or the database has: state, offsets, parked streams, progress, outcome."""
        async with self.pool.connection() as connection:
            rows = await projection_versions.rows_of(connection, self.name)
            active = await projection_versions.active_of(connection, self.name)
            names = [definition.subscription for definition in self.definitions.values()]
            stands: dict[str, int] = dict(await (await connection.execute(STANDS, (names,))).fetchall())
            parked: dict[str, int] = dict(await (await connection.execute(PARKED, (names,))).fetchall())
        versions = []
        reached_by_active = stands.get(self.definitions[active.version].subscription, 0) if active else 0
        for number in sorted({*self.definitions, *rows}):
            row, definition = rows.get(number), self.definitions.get(number)
            stand = stands.get(definition.subscription) if definition else None
            versions.append(
                {
                    "version": number,
                    "state": row.state if row else "not_built",
                    "active": active is not None and active.version == number,
                    "in_this_build": definition is not None,
                    "behind_active": None if stand is None else max(reached_by_active - stand, 0),
                    "parked_streams": parked.get(definition.subscription, 0) if definition else None,
                    "progress": row.progress if row and row.state is State.BUILDING else None,
                    "verified": row.verified if row else None,
                }
            )
        return {
            "projection": self.name,
            "active": active.version if active else None,
            "previous": active.previous if active else None,
            "versions": versions,
        }

    async def history(self, limit: int) -> list[Mapping[str, Any]]:
        async with self.pool.connection() as connection:
            return list(await projection_versions.actions(connection, self.name, limit))

    async def verify(self, version: int, actor: Actor, against: int | None = None) -> dict[str, Any]:
        """Compares it with the active version, or with `against`, and keeps the outcome. Raises ProblemError."""
        row, active = await self._there(version, "verify", actor)
        other = active.version if against is None else against
        if other == version:
            await self._refuse(version, "verify", actor, IS_ACTIVE.about(version=version))
        await self._there(other, "verify", actor)
        low, high = min(other, version), max(other, version)
        between = [d for number, d in sorted(self.definitions.items()) if low < number <= high]
        destroyed = await self.keys.destroyed() if self.keys is not None else []
        async with await connect(self.database_url) as connection:
            found = await verify(connection, self.definitions[other], self.definitions[version], between, destroyed)
        outcome = found.as_row() | {"attempt": row.attempt, "at": self.clock().isoformat()}
        async with self.pool.connection() as connection:
            if other == active.version:
                await projection_versions.keep_verified(connection, self.name, version, outcome)
            said = "equal" if found.equal else "different"
            await self._audit(connection, version, "verify", actor, said)
            reached("verify.before_commit")
        reached("verify.after_commit")
        return outcome

    async def promote(self, version: int, actor: Actor) -> Active:
        """From here on it is the one that is read. Raises ProblemError while it lags, unverified, or parked more."""
        row, _ = await self._there(version, "promote", actor)
        if not (row.verified or {}).get("equal"):
            await self._refuse(version, "promote", actor, NOT_VERIFIED.about(version=version))
        return await self._read_from(version, "promote", actor)

    async def rollback(self, actor: Actor) -> Active:
        """Back to the version that was read before. Raises ProblemError."""
        async with self.pool.connection() as connection:
            active = await projection_versions.active_of(connection, self.name)
        if active is None or active.previous is None:
            raise ProblemError(NO_PREVIOUS)
        await self._there(active.previous, "rollback", actor)
        return await self._read_from(active.previous, "rollback", actor)

    async def retire(self, version: int, actor: Actor) -> None:
        """Its rows, cursors and letters go, in short transactions; asked again, it goes on. Raises ProblemError."""
        definition = self.definitions.get(version)
        if definition is None:
            await self._refuse(version, "retire", actor, UNKNOWN.about(version=version))
            return
        async with self.pool.connection() as connection:
            # The row is locked, so that nobody promotes it meanwhile.
            await connection.execute("select from events.active_version where projection = %s for update", (self.name,))
            active = await projection_versions.active_of(connection, self.name)
            is_active = active is not None and active.version == version
            if not is_active:
                every = tuple(State)
                await projection_versions.to_state(connection, self.name, version, State.RETIRED, *every)
                await projection_versions.forget_cursors(connection, definition.subscription)
                await self._audit(connection, version, "retire", actor)
            reached("retire.before_commit")
        reached("retire.after_commit")
        if is_active:
            await self._refuse(version, "retire", actor, IS_ACTIVE.about(version=version))
        async with await connect(self.database_url) as connection:
            await rebuild_tables.drop(connection, definition)
            await rebuild_tables.forget(connection, definition.subscription)
        reached("retire.after_dropping")

    async def _there(self, version: int, action: str, actor: Actor) -> tuple[VersionRow, Active]:
        """A version that runs, and the active one. Raises ProblemError."""
        async with self.pool.connection() as connection:
            row = (await projection_versions.rows_of(connection, self.name)).get(version)
            active = await projection_versions.active_of(connection, self.name)
        refused = None
        if version not in self.definitions:
            refused = UNKNOWN
        elif row is None or active is None:
            refused = NOT_BUILT
        elif row.state is State.BUILDING:
            refused = BUILDING
        elif row.state is State.RETIRED:
            refused = RETIRED
        if refused is not None or row is None or active is None:
            await self._refuse(version, action, actor, (refused or NOT_BUILT).about(version=version))
            raise AssertionError("refused")
        return row, active

    async def _read_from(self, version: int, action: str, actor: Actor) -> Active:
        """Flips the row once the version is level with the active one and has no more parked."""
        refused: Refused | None = LAGGING.about(version=version)
        before = version
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while asyncio.get_running_loop().time() < deadline:
            async with self.pool.connection() as connection:
                active = await projection_versions.active_of(connection, self.name)
                assert active is not None, "there is one since the first start"
                before = active.version
                behind = await self._behind(connection, version, active)
            if active.version == version:
                refused = IS_ACTIVE.about(version=version)
                break
            if not behind:
                refused = await self._flip(version, action, actor)
                if refused is None or refused.kind is not RefusalKind.RETRY:
                    break
            await asyncio.sleep(POLL)
        if refused is not None:
            await self._refuse(version, action, actor, refused)
        return Active(version, before)

    async def _flip(self, version: int, action: str, actor: Actor) -> Refused | None:
        """Holds the active version's cursors for a moment, so that a reader never sees less than it saw before."""
        async with self.pool.connection() as connection:
            await connection.execute("select from events.active_version where projection = %s for update", (self.name,))
            active = await projection_versions.active_of(connection, self.name)
            row = (await projection_versions.rows_of(connection, self.name))[version]
            assert active is not None, "there is one since the first start"
            if active.version == version or row.state not in RUNNING:
                return (IS_ACTIVE if active.version == version else NOT_BUILT).about(version=version)
            old = self.definitions[active.version].subscription
            more = await _number(connection, MORE, self.definitions[version].subscription, old)
            if more:
                return MORE_PARKED.about(version=version, count=more)
            await connection.execute("select from events.cursors where subscription = %s for update", (old,))
            deadline = asyncio.get_running_loop().time() + HELD
            while await self._behind(connection, version, active):
                if asyncio.get_running_loop().time() > deadline:
                    await connection.rollback()
                    return LAGGING.about(version=version)
                await asyncio.sleep(POLL / 5)
            await projection_versions.flip(connection, self.name, version)
            await self._audit(connection, version, action, actor)
            reached("flip.before_commit")
        reached("flip.after_commit")
        return None

    async def _behind(self, connection: Connection, version: int, active: Active) -> int:
        """Partitions in which the active version has applied more."""
        new, old = self.definitions[version].subscription, self.definitions[active.version].subscription
        return await _number(connection, BEHIND, new, old)

    async def _refuse(self, version: int, action: str, actor: Actor, refused: Refused) -> None:
        """Raises ProblemError, with its audit row written."""
        async with self.pool.connection() as connection:
            await self._audit(connection, version, action, actor, refused)
            reached("refusal.before_commit")
        raise ProblemError(refused)

    async def _audit(
        self, connection: Connection, version: int, action: str, actor: Actor, outcome: Refused | str = "done"
    ) -> None:
        await projection_versions.audit(connection, self.name, version, action, actor, self.clock(), outcome)


async def _number(connection: Connection, query: str, *values: Any) -> int:
    row = await (await connection.execute(query, values)).fetchone()
    return int(row[0]) if row is not None else 0
