"""A service's part of what is held of one person, under every id of theirs (GDPR art. 15, 20).

A part is the person's events with their sealed values opened, and the rows that the service copied from what other
services told. `insieme subject-access` puts the parts together.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Path, Request
from psycopg.rows import dict_row
from pydantic import BaseModel

from insieme_events import in_charge, store, telemetry
from insieme_events.access import CurrentActor
from insieme_events.catalogue import BY_TYPE
from insieme_events.decider import RefusalKind, Refused
from insieme_events.envelope import ce_type, opened
from insieme_events.erasing import head
from insieme_events.problems import RESPONSES, ProblemError
from insieme_events.service import Running
from insieme_events.store import Connection
from insieme_events.vault import KeyVault

Row = dict[str, Any]
Ids = Callable[[Connection, UUID], Awaitable[Sequence[UUID]]]

ANSWERED = "select from events.events where stream = any(%s) limit 1"
EXAMPLE_ID = "0192f0a1-7b1e-7c3d-9a52-0f8a3b1c7d01"

PersonId = Annotated[UUID, Path(description="The person's id, as intake has it", examples=[EXAMPLE_ID])]


def nothing_held(service: str) -> Refused:
    return Refused(
        f"{service}.nothing_held",
        "Nothing is held here of a person with this id: look the person up again in intake.",
        kind=RefusalKind.NOT_FOUND,
    )


def erased(service: str) -> Refused:
    return Refused(
        f"{service}.data_erased",
        "The data of this person are erased: there is nothing left to hand over (GDPR art. 17).",
    )


@dataclass(frozen=True)
class Held:
    """Where a service holds something of persons.

    `streams` is a statement that answers the names of its streams, `copies` are statements by the name that their rows
    get in the part; each takes the ids as `ids`. Copies are what other services told: what the service itself recorded
    stands in its events.
    """

    service: str
    streams: str
    copies: Mapping[str, str] = field(default_factory=dict)
    ids: Ids = in_charge.ids_of
    nothing_held: Refused = field(init=False)
    erased: Refused = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "nothing_held", nothing_held(self.service))
        object.__setattr__(self, "erased", erased(self.service))


class Part(BaseModel):
    """What one service holds of a person: events in order, with sealed values opened, and copies by their name."""

    service: str
    person_ids: list[UUID]
    events: list[Row]
    copies: dict[str, list[Row]]


async def part(connection: Connection, keys: KeyVault | None, held: Held, person_id: UUID) -> Part:
    """Raises ProblemError where the service knows nobody by this id, or has erased the person."""
    ids = list(await held.ids(connection, person_id))
    if await is_erased(connection, held.service, ids):
        raise ProblemError(held.erased)
    rows = await (await connection.execute(held.streams.encode(), {"ids": ids})).fetchall()
    events = await events_of(connection, held.service, keys, [stream for (stream,) in rows])
    copies = {name: await _rows(connection, query, ids) for name, query in held.copies.items()}
    if not events and not any(copies.values()):
        raise ProblemError(held.nothing_held)
    return Part(service=held.service, person_ids=ids, events=events, copies=copies)


async def is_erased(connection: Connection, service: str, ids: Collection[UUID]) -> bool:
    """Whether the service has answered an erasure of one of these ids."""
    answers = await connection.execute(ANSWERED, ([f"{head(service)}-{each}" for each in ids],))
    return answers.rowcount > 0


async def _rows(connection: Connection, query: str, ids: Sequence[UUID]) -> list[Row]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query.encode(), {"ids": list(ids)})
        return await cursor.fetchall()


async def events_of(connection: Connection, context: str, keys: KeyVault | None, streams: Collection[str]) -> list[Row]:
    """Every event of these streams of the service's store, by stream and in order; an erased value reads `erased`."""
    loaded = await store.load(connection, streams)
    records = [record for stream in sorted(loaded) for record in loaded[stream]]
    sealed = {
        UUID(orjson.loads(record.data)["person_id"])
        for record in records
        if BY_TYPE[ce_type(context, record.type, record.schema_version)].event.sealed_fields()
    }
    if sealed and keys is None:
        raise RuntimeError("events.no_vault: a stream holds sealed fields, but this service may not read the keys")
    open_with = await keys.read(sealed) if keys is not None else {}
    return [
        {
            "stream": record.stream,
            "sequence": record.sequence,
            "type": record.type,
            "recorded_at": record.recorded_at.isoformat(),
            **opened(record, context, open_with).event.model_dump(mode="json"),
        }
        for record in records
    ]


def looked(person_id: UUID, found: bool, asking: Any) -> None:
    """Each look is logged with party, role and purpose."""
    telemetry.log.info("person_data_read", person_id=str(person_id), found=found, **asking.model_dump())


def shown(example: Mapping[str, Any]) -> dict[int | str, dict[str, Any]]:
    """The answers of the route for its documentation, with this example of a part."""
    return {200: {"content": {"application/json": {"example": example}}}}


def router(held: Held, example: Mapping[str, Any]) -> APIRouter:
    """`GET /v1/persons/{person_id}/data`: the service's part; `example` is one for the documentation."""
    made = APIRouter(prefix="/v1/persons", tags=["rights"], responses=RESPONSES)

    @made.get("/{person_id}/data", responses=shown(example))
    async def data(person_id: PersonId, request: Request, actor: CurrentActor) -> Part:
        """Everything that this service holds of a person, for the person (GDPR art. 15, 20).

        All ids of a merged person together. Each look is logged with party, role and purpose.
        """
        service: Running = request.app.state.service
        try:
            async with service.pool.connection() as connection:
                found = await part(connection, service.keys, held, person_id)
        except ProblemError:
            looked(person_id, False, actor)
            raise
        looked(person_id, True, actor)
        return found

    return made
