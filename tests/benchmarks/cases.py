"""A history of any length on the restricted topics: the records that the relay sends, made from templates.

One case is ten events: six on the stream of the case, one of them with sealed fields, one company, and three on the
stream of an employment. Every case is the same but for its ids, so any figure is a multiple.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from aiokafka.partitioner import murmur2
from confluent_kafka import Producer

from insieme_events import store
from insieme_events.catalogue import PARTITIONS, restricted_topic
from insieme_events.contracts import DomainEvent, intake
from insieme_events.envelope import Outgoing, metadata_of, outgoing
from insieme_events.sealing import to_json
from insieme_events.vault import Keys, KeyVault
from insieme_reporting.testing import PERSON_ANYONE, History

FIRST = datetime(2021, 3, 1, tzinfo=UTC)
KEYS_AT_ONCE = 500
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Sample:
    """A context's event with its place in its stream; ids in it are replaced for every case that is made."""

    context: str
    stream: str
    sequence: int
    event: DomainEvent


def samples() -> tuple[list[Sample], UUID]:
    """The events of one case, in order of recording, and the person in it."""
    history = History()
    day = FIRST.date()
    person, case = history.enrolled(day)
    history.taken_in_charge(person, case, day)
    ids: dict[str, Any] = {"case_id": case, "person_id": person, "occurred_on": day}
    history.of_case(intake.CaseClosed(**ids, exit_state=intake.ExitState.OTHER))
    company = history.company(day)
    employment = history.placed(person, company, day, day + timedelta(days=90))
    employment.extended(day, day + timedelta(days=180))
    employment.made_permanent(day)
    found = [Sample(s.event.context, s.stream, s.sequence, s.event) for s in history.events]
    return found, person


def made(cases: int, keys: Keys, persons: Sequence[UUID]) -> Iterator[tuple[str, Outgoing]]:
    """The records of so many cases, one person each: (context, record)."""
    patterns, sample_person = samples()
    texts = [one.event.model_dump_json() for one in patterns]
    found = {known for text in texts for known in ID.findall(text)} - {str(PERSON_ANYONE)}
    for person in persons[:cases]:
        ids = {known: str(uuid4()) for known in found} | {str(sample_person): str(person)}
        last: dict[str, UUID] = {}
        for number, one in enumerate(patterns):
            event_id = uuid4()
            values = ID.sub(lambda known: ids.get(known[0], known[0]), texts[number])  # noqa: B023 - used at once
            event = type(one.event).model_validate_json(values)
            stream = f"{one.stream[:-36]}{ids[one.stream[-36:]]}"
            record = store.Record(
                event_id,
                stream,
                one.sequence,
                type(one.event).__name__,
                one.event.schema_version,
                to_json(event, event_id, keys).decode(),
                metadata_of("history", None, None),
                one.event.occurred_on,
                FIRST + timedelta(seconds=number),
                last.get(one.stream),
            )
            last[one.stream] = event_id
            sent, _ = outgoing(record, one.context)
            yield one.context, sent


async def fill(bootstrap: str, prefix: str, vault: KeyVault, cases: int) -> int:
    """Puts so many cases on the topics of intake and matching; answers how many events that is."""
    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "enable.idempotence": True,
            "compression.type": "lz4",
            "linger.ms": 50,
            "queue.buffering.max.messages": 200_000,
        }
    )
    sent = 0
    for first in range(0, cases, KEYS_AT_ONCE):
        persons = [uuid4() for _ in range(min(KEYS_AT_ONCE, cases - first))]
        keys = await vault.ensure(persons, FIRST)
        for context, record in made(len(persons), keys, persons):
            _send(producer, prefix, context, record)
            sent += 1
        await asyncio.sleep(0)
    producer.flush(60)
    return sent


def _send(producer: Producer, prefix: str, context: str, record: Outgoing) -> None:
    partition = (murmur2(record.key) & 0x7FFFFFFF) % PARTITIONS[context]
    while True:
        try:
            producer.produce(
                restricted_topic(prefix, context),
                record.value,
                record.key,
                partition,
                timestamp=record.timestamp_ms,
                headers=list(record.headers),
            )
        except BufferError:
            producer.poll(0.1)
            continue
        producer.poll(0)
        return
