"""What operators ask for: one row per request, which is its audit too (decision 7).

HTTP files the row; the owner of the partition finds it, acts inside its own transaction and writes the outcome there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import orjson

from insieme_events.contracts import Actor
from insieme_events.deadletters import Place, Reason
from insieme_events.decisions import Decision, Ruling
from insieme_events.store import Connection


class Action(StrEnum):
    RETRY = "retry"
    SKIP = "skip"
    EDIT = "edit"


class Why(StrEnum):
    """The reasons that there are; free text could hold somebody's data. What is behind it stands in the ticket."""

    FIXED_BUILD = "fixed_build"
    SURROUNDINGS_BACK = "surroundings_back"
    CORRECTED_AT_SOURCE = "corrected_at_source"
    WRONG_DATA = "wrong_data"
    FOREIGN_RECORD = "foreign_record"
    NO_EFFECT_WANTED = "no_effect_wanted"


class Outcome(StrEnum):
    """RELEASED: handled or passed over. PARKED_AGAIN: it failed again, or waits for another one. VOID: the letter
    was gone, or a newer build handled it, before the owner came."""

    RELEASED = "released"
    PARKED_AGAIN = "parked_again"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Filed:
    """A request that waits for its owner."""

    id: int
    letter_id: int
    subject: str
    reason: Reason
    action: Action
    data: bytes | None

    @property
    def decision(self) -> Decision | None:
        """What it decides for good; a retry decides nothing. What has no place in a stream is dropped, not skipped."""
        match self.action:
            case Action.RETRY:
                return None
            case Action.EDIT:
                return Decision(Ruling.EDIT, self.id, self.data)
            case Action.SKIP:
                placeless = self.reason is Reason.FORKED or self.subject.startswith("record-")
                return Decision(Ruling.DROP if placeless else Ruling.SKIP, self.id)


FILE = """
insert into events.dead_letter_actions (letter_id, subscription, topic, partition, stream, sequence, subject, reason,
    action, data, why, ticket, party, role, purpose, requested_at)
select id, subscription, topic, partition, stream, sequence, subject, reason, %s, %s, %s, %s, %s, %s, %s, %s
from events.dead_letters where id = any(%s)
on conflict (letter_id) where outcome is null do nothing returning id
"""


async def file(
    connection: Connection,
    letters: Sequence[int],
    action: Action,
    why: Why,
    ticket: str,
    actor: Actor,
    now: datetime,
    data: bytes | None = None,
) -> list[int]:
    """Files one request per letter; a letter that has one waiting already gets no second. Answers their ids."""
    text = None if data is None else data.decode()
    by = actor.party, actor.role, actor.purpose
    rows = await connection.execute(FILE, (action, text, why, ticket, *by, now, list(letters)))
    return [id_ for (id_,) in await rows.fetchall()]


async def waiting(connection: Connection, subscription: str, streams: Collection[str]) -> list[Filed]:
    """The requests about these streams that wait, in the order in which they were filed."""
    rows = await connection.execute(
        """select id, letter_id, subject, reason, action, data::text from events.dead_letter_actions
           where subscription = %s and stream = any(%s) and outcome is null order by id""",
        (subscription, list(streams)),
    )
    return [
        Filed(id_, letter, subject, Reason(reason), Action(action), None if data is None else data.encode())
        for id_, letter, subject, reason, action, data in await rows.fetchall()
    ]


async def asked(connection: Connection, subscription: str) -> dict[Place, list[str]]:
    """The streams about which a request waits, by where the letter lies."""
    rows = await connection.execute(
        """select topic, partition, array_agg(distinct stream) from events.dead_letter_actions
           where subscription = %s and outcome is null group by topic, partition""",
        (subscription,),
    )
    return {(topic, partition): streams for topic, partition, streams in await rows.fetchall()}


async def finish(connection: Connection, outcomes: Mapping[int, Outcome], now: datetime) -> None:
    if not outcomes:
        return
    await connection.execute(
        """update events.dead_letter_actions a set outcome = o.outcome, finished_at = %s
           from unnest(%s::bigint[], %s::text[]) as o (id, outcome) where a.id = o.id""",
        (now, list(outcomes), [outcome.value for outcome in outcomes.values()]),
    )


def fits(data: bytes) -> bool:
    """Whether the column for it takes it: PostgreSQL's JSON has no NUL."""
    return b"\\u0000" not in data and isinstance(orjson.loads(data), dict)
