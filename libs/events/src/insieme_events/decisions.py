"""What operators decided about single events: passed over, dropped, or handled with other data (decision 7).

Decisions are keyed by the event and by the logical consumer, which every version of a projection shares, and stand
apart from every projection: whoever reads the topic again from its first offset applies the same ones.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson

from insieme_events.deadletters import DeadLetter, Reason, of_event, of_record, subject_of
from insieme_events.envelope import KafkaRecord, Received, Unreadable, received
from insieme_events.store import Connection

UNKNOWN = "this build does not know the type"


class Ruling(StrEnum):
    """SKIP: passed over in its place, the stream goes on behind it. DROP: as if the record were not there, for what
    has no place in the stream. EDIT: handled with other data."""

    SKIP = "skip"
    DROP = "drop"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class Decision:
    """`data` is the JSON of an EDIT, its sealed fields still ciphertext; `action_id` the request behind it."""

    ruling: Ruling
    action_id: int
    data: bytes | None = None


Decisions = Mapping[str, Decision]
"""By subject (`deadletters.subject_of`)."""


async def of_consumer(connection: Connection, consumer: str) -> dict[str, Decision]:
    """Every decision of a consumer: people make them one by one, so there are few."""
    rows = await connection.execute(
        "select subject, decision, action_id, data::text from events.dead_letter_decisions where consumer = %s",
        (consumer,),
    )
    return {
        subject: Decision(Ruling(ruling), action_id, data.encode() if data is not None else None)
        for subject, ruling, action_id, data in await rows.fetchall()
    }


async def decide(connection: Connection, consumer: str, made: Mapping[str, Decision], now: datetime) -> None:
    """Writes decisions; a later one about the same event takes the place of the earlier one."""
    if not made:
        return
    async with connection.cursor() as cursor:
        await cursor.executemany(
            """insert into events.dead_letter_decisions (consumer, subject, decision, data, action_id, decided_at)
               values (%s, %s, %s, %s, %s, %s) on conflict on constraint dead_letter_decisions_key
               do update set decision = excluded.decision, data = excluded.data, action_id = excluded.action_id,
                   decided_at = excluded.decided_at""",
            [
                (consumer, subject, one.ruling.value, one.data and one.data.decode(), one.action_id, now)
                for subject, one in made.items()
            ],
        )


def read(
    records: Sequence[KafkaRecord], park_unknown: bool, decisions: Decisions | None = None
) -> list[Received | DeadLetter]:
    """Reads attributes, and applies what was decided; never raises. Unknown types are parked where a later build may
    want them, and passed over elsewhere. What was decided to be dropped is left out.
    """
    decisions = decisions or {}
    found: list[Received | DeadLetter] = []
    for record in records:
        try:
            event = received(record)
        except Unreadable as broken:
            letter = of_record(record, Reason.UNREADABLE, str(broken))
            if not decisions or subject_of(letter) not in decisions:
                found.append(letter)
            continue
        decision = decisions.get(str(event.event_id)) if decisions else None
        if decision is None:
            unknown = park_unknown and event.contract is None
            found.append(of_event(event, Reason.UNKNOWN_TYPE, UNKNOWN) if unknown else event)
        elif decision.ruling is Ruling.SKIP:
            # Without its contract nobody wants it, and it keeps its place in the stream.
            found.append(replace(event, contract=None))
        elif decision.ruling is Ruling.EDIT:
            found.append(replace(event, value=decision.data or event.value))
    return found


def marked(letters: Sequence[DeadLetter], decisions: Decisions) -> list[DeadLetter]:
    """The letters with the decision that was in force when they were tried."""
    if not decisions:
        return list(letters)
    return [
        letter if (found := decisions.get(subject_of(letter))) is None else replace(letter, decision=found.action_id)
        for letter in letters
    ]


def merged(value: bytes, changes: Mapping[str, Any], removed: Collection[str]) -> bytes:
    """The data of an event with other values at the top level. Raises ValueError where it is no JSON object."""
    data = orjson.loads(value)
    if not isinstance(data, dict):
        raise ValueError("events.data: not a JSON object")  # noqa: TRY004 - what orjson raises too
    data.update(changes)
    return orjson.dumps({name: one for name, one in data.items() if name not in removed})
