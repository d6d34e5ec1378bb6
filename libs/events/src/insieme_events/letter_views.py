"""Dead letters as an operator sees them: places, codes and ids, and of the data what their contract vouches for.

A record that is none of ours may hold anything, so nothing of it is shown that was not recognised: a field only where
the whole event fits its contract, a sealed field never.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from psycopg.rows import dict_row
from pydantic import BaseModel, ValidationError

from insieme_events.catalogue import BY_TYPE, Contract
from insieme_events.contracts import ERASED
from insieme_events.deadletters import Reason
from insieme_events.envelope import HIGHEST
from insieme_events.store import Connection

TYPE = re.compile(r"it\.insiemeperillavoro\.[a-z_]{1,40}\.[A-Za-z]{1,60}\.v[0-9]{1,4}")
OUR_STREAM = re.compile(r"[a-z_]{1,40}-[0-9a-f-]{1,36}")
ID = re.compile(r"[0-9a-f-]{1,60}")
SEALED = "sealed"
HIDDEN = "…"

REMEDIES: dict[str, str] = {
    Reason.OUT_OF_ORDER: "Nothing to do: it goes on when the event before it arrives. If that never comes, the topic "
    "lost records: refill it from the store.",
    Reason.BEHIND: "Nothing to do here: decide about the first letter of its stream.",
    Reason.FAILED: "Read the stack. Deploy a build that can handle it and retry; or skip it, if its effect is not "
    "wanted.",
    Reason.REFUSED: "The code says which rule refused it. Put right what the rule asks for and retry; or skip it.",
    Reason.FORKED: "Two events claim one place in the stream. Find out whether the store was restored or somebody else "
    "writes to the topic before you skip it: a skip leaves this record out as if it had never come.",
    Reason.UNREADABLE: "Find out who writes to the topic. A skip leaves this record out as if it had never come.",
    Reason.UNKNOWN_TYPE: "Upgrade this service: a build that knows the type goes on by itself.",
}


class LetterRow(BaseModel):
    """`asked` is the action that waits for the owner of the partition; `first` whether its stream depends on it."""

    id: int
    subscription: str
    reason: Reason
    detail: str
    stream: str
    sequence: int
    event_id: UUID | None
    type: str
    topic: str
    partition: int
    offset: int
    attempts: int
    parked_at: datetime
    first: bool
    asked: str | None


class Attempt(BaseModel):
    """One try that failed; `action_id` is the request behind it, None for the first."""

    attempt: int
    failed_at: datetime
    reason: Reason
    detail: str
    stack: list[str]
    action_id: int | None


class ActionRow(BaseModel):
    """A request and its audit. Without an `outcome` it waits for the owner of the partition."""

    id: int
    letter_id: int
    subscription: str
    stream: str
    sequence: int
    reason: Reason
    action: str
    why: str
    ticket: str
    party: str
    role: str
    purpose: str
    requested_at: datetime
    outcome: str | None
    finished_at: datetime | None


class LetterDetail(BaseModel):
    """`data` is None where the data do not fit the contract; `misfits` says where. `behind` counts what waits."""

    letter: LetterRow
    remedy: str
    behind: int
    attributes: dict[str, str]
    data: dict[str, Any] | None
    misfits: list[str]
    stack: list[str]
    attempts: list[Attempt]
    actions: list[ActionRow]


# Of a stream the first letter that holds it back, else the first that waits, is the one on which it depends.
LETTERS = """
select d.id, d.subscription, d.reason, d.detail, d.stream, d.sequence, d.event_id, d.type, d.topic, d.partition,
    d.record_offset as offset, d.attempts, d.parked_at, d.headers, d.value, d.stack, a.action as asked,
    d.id = (select f.id from events.dead_letters f where f.subscription = d.subscription and f.stream = d.stream
            order by f.reason in ('behind', 'out_of_order'), f.sequence, f.id limit 1) as first
from events.dead_letters d
left join events.dead_letter_actions a on a.letter_id = d.id and a.outcome is null
"""
FILTERS = """
where (%(subscription)s::text is null or d.subscription = %(subscription)s)
  and (%(reason)s::text is null or d.reason = %(reason)s)
  and (%(stream)s::text is null or d.stream = %(stream)s)
  and d.id > %(after)s
order by d.id limit %(limit)s
"""
ACTIONS = """
select id, letter_id, subscription, stream, sequence, reason, action, why, ticket, party, role, purpose, requested_at,
    outcome, finished_at from events.dead_letter_actions
"""

Row = dict[str, Any]


async def rows(connection: Connection, query: str, parameters: Mapping[str, Any]) -> list[Row]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query, parameters)
        return await cursor.fetchall()


async def letters(
    connection: Connection, subscription: str | None, reason: str | None, stream: str | None, after: int, limit: int
) -> list[Row]:
    """Rows by id behind `after`."""
    asked = {"subscription": subscription, "reason": reason, "stream": stream, "after": after, "limit": limit}
    return await rows(connection, LETTERS + FILTERS, asked)


async def first_ids(connection: Connection, subscription: str, reason: Reason) -> list[int]:
    """The letters of this reason on which their streams depend, and about which nobody asked."""
    found = await rows(
        connection,
        """select id from (
               select distinct on (stream) id, reason from events.dead_letters where subscription = %(subscription)s
               order by stream, reason in ('behind', 'out_of_order'), sequence, id) as f
           where reason = %(reason)s order by id""",
        {"subscription": subscription, "reason": reason.value},
    )
    return [row["id"] for row in found]


async def letter(connection: Connection, letter_id: int) -> Row | None:
    found = await rows(connection, LETTERS + "where d.id = %(id)s", {"id": letter_id})
    return found[0] if found else None


async def action(connection: Connection, action_id: int) -> ActionRow | None:
    found = await rows(connection, ACTIONS + "where id = %(id)s", {"id": action_id})
    return action_row(found[0]) if found else None


def action_row(row: Row) -> ActionRow:
    return ActionRow.model_validate({**row, "stream": shown_stream(row["stream"])})


def letter_row(row: Row) -> LetterRow:
    kind = row["type"] if TYPE.fullmatch(row["type"]) else HIDDEN if row["type"] else ""
    return LetterRow.model_validate({**row, "stream": shown_stream(row["stream"]), "type": kind})


def shown_stream(stream: str) -> str:
    """A key that is no stream of ours may be anything."""
    return stream if OUR_STREAM.fullmatch(stream) else HIDDEN


async def details(connection: Connection, found: Collection[Row]) -> list[LetterDetail]:
    """The letters with their history and audit."""
    ids = {"ids": [row["id"] for row in found]}
    attempts = await rows(
        connection,
        """select letter_id, attempt, failed_at, reason, detail, stack, action_id from events.dead_letter_attempts
           where letter_id = any(%(ids)s) order by letter_id, attempt""",
        ids,
    )
    actions = await rows(connection, ACTIONS + "where letter_id = any(%(ids)s) order by id", ids)
    behind = await rows(
        connection,
        """select d.id, count(b.id) as waiting from events.dead_letters d
           join events.dead_letters b on b.subscription = d.subscription and b.stream = d.stream and b.id <> d.id
           where d.id = any(%(ids)s) group by d.id""",
        ids,
    )
    waiting = {row["id"]: row["waiting"] for row in behind}
    return [
        _detail(
            row,
            waiting.get(row["id"], 0),
            [
                Attempt.model_validate({**a, "stack": a["stack"].splitlines()})
                for a in attempts
                if a["letter_id"] == row["id"]
            ],
            [action_row(a) for a in actions if a["letter_id"] == row["id"]],
        )
        for row in found
    ]


def _detail(row: Row, behind: int, attempts: list[Attempt], actions: list[ActionRow]) -> LetterDetail:
    contract = BY_TYPE.get(row["type"])
    data, misfits = (None, []) if contract is None or row["value"] is None else shown_data(contract, row["value"])
    return LetterDetail(
        letter=letter_row(row),
        remedy=REMEDIES[row["reason"]],
        behind=behind if row["first"] else 0,
        attributes=_attributes(row["headers"]),
        data=data,
        misfits=misfits,
        stack=row["stack"].splitlines(),
        attempts=attempts,
        actions=actions,
    )


def _attributes(headers: list[list[str]]) -> dict[str, str]:
    """The attributes whose form rules out that they hold anything else."""
    found = {name: value for name, value in headers if name.startswith("ce_")}
    forms: dict[str, re.Pattern[str]] = {
        "ce_id": ID,
        "ce_type": TYPE,
        "ce_subject": OUR_STREAM,
        "ce_sequence": re.compile(rf"[0-9]{{1,{len(str(HIGHEST))}}}"),
        "ce_predecessor": ID,
        "ce_recordedtime": re.compile(r"[0-9T:.+Z-]{1,40}"),
        "ce_correlationid": ID,
        "ce_causationid": ID,
        "ce_traceparent": ID,
    }
    return {
        name.removeprefix("ce_"): found[name] if form.fullmatch(found[name]) else HIDDEN
        for name, form in forms.items()
        if name in found
    }


def shown_data(contract: Contract, value: bytes) -> tuple[dict[str, Any] | None, list[str]]:
    """The data with what is sealed left out; None, and where they do not fit, where they are not the contract's."""
    where = misfits(contract, value)
    if where:
        return None, where
    sealed = contract.event.sealed_fields()
    return {name: SEALED if name in sealed else one for name, one in orjson.loads(value).items()}, []


def misfits(contract: Contract, value: bytes) -> list[str]:
    """Where data do not fit their contract, never with what: pointer and kind of error. Sealed values are taken on
    trust."""
    try:
        data = orjson.loads(value)
    except orjson.JSONDecodeError:
        return ["/ (no JSON)"]
    if isinstance(data, dict):
        data = {**data, **{name: ERASED.value for name in contract.event.sealed_fields() if name in data}}
    try:
        contract.event.model_validate_json(orjson.dumps(data))
    except ValidationError as wrong:
        return [_place(contract, error) for error in wrong.errors(include_input=False, include_url=False)]
    return []


def fields_with(value: bytes, text: str) -> set[str]:
    """The fields that hold exactly this text."""
    try:
        data = orjson.loads(value)
    except orjson.JSONDecodeError:
        return set()
    return {name for name, one in data.items() if one == text} if isinstance(data, dict) else set()


def _place(contract: Contract, error: Any) -> str:
    known = error["loc"] and error["loc"][0] in contract.event.model_fields
    pointer = "/" + "/".join(str(part) for part in error["loc"]) if known else f"/{HIDDEN}"
    return f"{pointer} ({error['type']})"
