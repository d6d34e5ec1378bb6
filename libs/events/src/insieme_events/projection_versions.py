"""The versions of a projection as rows: the state of each, which one is read, and who did what (decision 13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson

from insieme_events.contracts import Actor
from insieme_events.decider import Refused
from insieme_events.projection import ProjectionDefinition
from insieme_events.store import Connection


class State(StrEnum):
    """BUILDING: a rebuild writes it, no subscription does. CATCHING_UP: its subscription runs and is behind. LIVE: it
    has caught up once. RETIRED: its rows are gone."""

    BUILDING = "building"
    CATCHING_UP = "catching_up"
    LIVE = "live"
    RETIRED = "retired"


RUNNING = (State.CATCHING_UP, State.LIVE)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """`attempt` counts rebuilds: whoever writes rows of an earlier one is fenced. `progress` is that of a rebuild,
    `verified` the outcome of the last comparison since then."""

    version: int
    schema: str
    state: State
    attempt: int
    progress: Mapping[str, Any] | None
    verified: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Active:
    """The version that is read, and the one that was read before it."""

    version: int
    previous: int | None


class Superseded(Exception):
    """`projections.superseded`: another rebuild of this version has begun, or it was retired: write nothing more."""

    def __init__(self, subscription: str) -> None:
        super().__init__(f"projections.superseded: another rebuild of {subscription} has begun; this one ends")


async def rows_of(connection: Connection, projection: str) -> dict[int, VersionRow]:
    """Every version that was ever made here, by number."""
    rows = await connection.execute(
        """select version, schema, state, attempt, progress, verified
           from events.projection_versions left join events.rebuild_progress using (projection, version)
           where projection = %s order by version""",
        (projection,),
    )
    return {
        version: VersionRow(version, schema, State(state), attempt, progress, verified)
        for version, schema, state, attempt, progress, verified in await rows.fetchall()
    }


async def active_of(connection: Connection, projection: str) -> Active | None:
    row = await (
        await connection.execute(
            "select version, previous from events.active_version where projection = %s", (projection,)
        )
    ).fetchone()
    return Active(*row) if row is not None else None


async def first(connection: Connection, definition: ProjectionDefinition, now: datetime) -> None:
    """The first version of all needs no rebuild: it is live and active from the start."""
    await connection.execute(
        """insert into events.projection_versions (projection, version, schema, made_at, state)
           values (%s, %s, %s, %s, 'live') on conflict do nothing""",
        (definition.name, definition.version, definition.schema, now),
    )
    await connection.execute(
        "insert into events.active_version (projection, version) values (%s, %s) on conflict do nothing",
        (definition.name, definition.version),
    )


async def begin(connection: Connection, definition: ProjectionDefinition, now: datetime) -> int:
    """The version is building from here on; answers the number of this attempt.

    Its cursors go in the same transaction, so a batch of its subscription that is under way is fenced.
    """
    row = await (
        await connection.execute(
            """insert into events.projection_versions as v (projection, version, schema, made_at, state, attempt)
               values (%s, %s, %s, %s, 'building', 1)
               on conflict on constraint projection_versions_key do update
                   set state = 'building', attempt = v.attempt + 1, verified = null
               returning attempt""",
            (definition.name, definition.version, definition.schema, now),
        )
    ).fetchone()
    assert row is not None, "an upsert returns its row"
    await connection.execute(
        "delete from events.rebuild_progress where projection = %s and version = %s",
        (definition.name, definition.version),
    )
    await forget_cursors(connection, definition.subscription)
    return int(row[0])


async def forget_cursors(connection: Connection, subscription: str) -> None:
    await connection.execute("delete from events.cursors where subscription = %s", (subscription,))


async def hold(connection: Connection, definition: ProjectionDefinition, attempt: int) -> None:
    """The fence of a rebuild, first in each of its transactions. Raises Superseded."""
    held = await connection.execute(
        """select from events.projection_versions
           where projection = %s and version = %s and attempt = %s and state = 'building' for share""",
        (definition.name, definition.version, attempt),
    )
    if held.rowcount != 1:
        raise Superseded(definition.subscription)


async def runs(connection: Connection, definition: ProjectionDefinition) -> bool:
    """Whether a subscription may claim partitions of it; it stays so until this transaction ends."""
    row = await (
        await connection.execute(
            """select state from events.projection_versions where projection = %s and version = %s for share""",
            (definition.name, definition.version),
        )
    ).fetchone()
    return row is not None and State(row[0]) in RUNNING


async def report(connection: Connection, definition: ProjectionDefinition, progress: Mapping[str, Any]) -> None:
    """What `status` shows of a rebuild. In a row of its own: the version's is held by whoever copies rows."""
    await connection.execute(
        """insert into events.rebuild_progress values (%s, %s, %s)
           on conflict (projection, version) do update set progress = excluded.progress""",
        (definition.name, definition.version, orjson.dumps(progress).decode()),
    )


async def to_state(connection: Connection, projection: str, version: int, state: State, *before: State) -> bool:
    """Sets the state where it is one of those before; answers whether it did."""
    done = await connection.execute(
        """update events.projection_versions set state = %s
           where projection = %s and version = %s and state = any(%s)""",
        (state, projection, version, list(before)),
    )
    return done.rowcount == 1


async def keep_verified(connection: Connection, projection: str, version: int, outcome: Mapping[str, Any]) -> None:
    await connection.execute(
        "update events.projection_versions set verified = %s where projection = %s and version = %s",
        (orjson.dumps(outcome).decode(), projection, version),
    )


async def flip(connection: Connection, projection: str, version: int) -> None:
    """From the commit on every new read reads this version; the one before is remembered for a rollback."""
    await connection.execute(
        "update events.active_version set previous = version, version = %s where projection = %s",
        (version, projection),
    )


async def audit(
    connection: Connection,
    projection: str,
    version: int,
    action: str,
    actor: Actor,
    now: datetime,
    outcome: Refused | str = "done",
) -> None:
    """One row per action that somebody asked for, refused ones too."""
    code = outcome.code if isinstance(outcome, Refused) else outcome
    await connection.execute(
        """insert into events.projection_actions (projection, version, action, outcome, actor, at)
           values (%s, %s, %s, %s, %s, %s)""",
        (projection, version, action, code, actor.model_dump_json(), now),
    )


async def actions(connection: Connection, projection: str, limit: int) -> Sequence[Mapping[str, Any]]:
    """The last actions, newest first."""
    rows = await connection.execute(
        """select at, version, action, outcome, actor from events.projection_actions
           where projection = %s order by id desc limit %s""",
        (projection, limit),
    )
    names = ("at", "version", "action", "outcome", "actor")
    return [dict(zip(names, row, strict=True)) for row in await rows.fetchall()]
