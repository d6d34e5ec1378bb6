"""The ledger compared with the topics and with the facts: each acknowledged event exactly once, in order."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any
from uuid import UUID

import psycopg
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition
from psycopg import sql
from tests.end_to_end.ledger import Ledger

from insieme_local.provision import Provisioned
from insieme_reporting.versions import NEWEST

FACTS: dict[str, tuple[str, ...]] = {
    "ApplicationSubmitted": ("case_versions",),
    "EntryCharacteristicsRecorded": ("case_versions",),
    "PersonEnrolled": ("case_versions",),
    "InterviewScheduled": ("interview_versions",),
    "InterviewHeld": ("interview_versions", "case_versions"),
    "SuitabilityAssessed": ("case_versions",),
    "PersonTakenInCharge": ("case_versions",),
    "PlanAgreed": ("case_versions",),
    "CaseClosed": ("case_versions",),
    "CompanyRegistered": ("company_versions", "company_size_versions"),
    "CompanyContacted": ("company_versions",),
    "VacancyOpened": ("vacancy_versions",),
    "SelectionOpened": ("selection_versions",),
    "CandidateShortlisted": ("candidacy_versions",),
    "CandidatePresented": ("candidacy_versions",),
    "CandidateInterviewed": ("candidacy_versions",),
    "CandidateAccepted": ("candidacy_versions",),
    "PlacementStarted": ("placement_link_versions",),
    "PlacementExtended": ("placement_link_versions",),
}
"""Which events of a journey make a row, and where: stated here again, so that the definition is no oracle of itself."""

BESIDE = {
    "PersonRegistered",
    "NoticeGiven",
    "CompanyActivated",
    "PositionFilled",
    "SealedFieldsErased",
    "ErasureCompleted",
}
"""Events of other streams that a command makes too, or a process after it; the answer does not name them."""


@dataclass(frozen=True)
class Carried:
    """A record of a restricted topic, as a consumer with read_committed sees it."""

    type: str
    stream: str
    sequence: int
    event_id: UUID
    traceparent: str | None


@dataclass(frozen=True)
class Row:
    table: str
    stream: str
    sequence: int
    event_id: UUID


@dataclass
class Findings:
    """What is wrong; all empty when each acknowledged event stands in topics and facts exactly once, in order."""

    missing_in_topics: list[UUID] = field(default_factory=list)
    repeated_in_topics: list[UUID] = field(default_factory=list)
    disordered_in_topics: list[str] = field(default_factory=list)
    unasked_in_topics: list[str] = field(default_factory=list)
    missing_in_facts: list[tuple[str, UUID]] = field(default_factory=list)
    repeated_in_facts: list[tuple[str, UUID]] = field(default_factory=list)
    misplaced_in_facts: list[tuple[str, UUID]] = field(default_factory=list)
    unasked_in_facts: list[tuple[str, UUID]] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return {one.name: len(getattr(self, one.name)) for one in fields(self) if getattr(self, one.name)}


def compare(ledger: Ledger, carried: Sequence[Carried], rows: Sequence[Row]) -> Findings:
    """Everything in which topics and facts differ from what the client was told."""
    told = ledger.events()
    found = Findings()
    _compare_topics(found, told, carried)
    types = {one.event_id: one.type for one in carried}
    expected = {(table, event_id) for event_id in told for table in FACTS.get(types.get(event_id, ""), ())}
    counted = Counter((row.table, row.event_id) for row in rows)
    found.missing_in_facts = sorted(expected - counted.keys())
    found.unasked_in_facts = sorted(counted.keys() - expected)
    found.repeated_in_facts = [key for key, count in counted.items() if count > 1]
    found.misplaced_in_facts = [
        (row.table, row.event_id) for row in rows if told.get(row.event_id) != (row.stream, row.sequence)
    ]
    return found


def _compare_topics(found: Findings, told: dict[UUID, tuple[str, int]], carried: Sequence[Carried]) -> None:
    counted = Counter(one.event_id for one in carried)
    found.missing_in_topics = sorted(told.keys() - counted.keys())
    found.repeated_in_topics = [event_id for event_id, count in counted.items() if count > 1]
    last: Counter[str] = Counter()
    for one in carried:
        place = told.get(one.event_id)
        if place is None and one.type not in BESIDE:
            found.unasked_in_topics.append(f"{one.type} {one.event_id}")
        if one.sequence != last[one.stream] + 1 or (place is not None and place != (one.stream, one.sequence)):
            found.disordered_in_topics.append(f"{one.stream} {last[one.stream]} -> {one.sequence}")
        last[one.stream] = one.sequence


async def in_topics(provisioned: Provisioned, contexts: Sequence[str] = ("intake", "matching")) -> list[Carried]:
    """Every committed record of the restricted topics, in order per partition."""
    topics = [f"{provisioned.topic_prefix}.{context}.restricted.v1" for context in contexts]
    return await asyncio.to_thread(_consume, provisioned.common["KAFKA_BOOTSTRAP_SERVERS"], topics)


def _consume(bootstrap: str, topics: Sequence[str]) -> list[Carried]:
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "oracle",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
        }
    )
    found: list[Carried] = []
    try:
        known = consumer.list_topics(timeout=15).topics
        open_ends = {(topic, number) for topic in topics for number in known[topic].partitions}
        consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for topic, number in open_ends])
        deadline = time.monotonic() + 30
        while open_ends:
            assert time.monotonic() < deadline, f"the topics could not be read to their end: {open_ends}"
            for message in consumer.consume(2000, 0.5):
                error = message.error()
                if error is None:
                    found.append(_carried(message.headers()))
                elif error.code() == KafkaError._PARTITION_EOF:
                    open_ends.discard((message.topic() or "", message.partition() or 0))
                else:
                    raise AssertionError(error.str())
    finally:
        consumer.close()
    return found


def _carried(headers: Any) -> Carried:
    told = {name: value.decode() for name, value in headers}
    name = told["ce_type"].split(".")[-2]
    event_id = UUID(told["ce_id"])
    return Carried(name, told["ce_subject"], int(told["ce_sequence"]), event_id, told.get("ce_traceparent"))


async def in_facts(url: str, schema: str = NEWEST.definition.schema) -> list[Row]:
    """Which event made each row of each fact table of a version, read with plain SQL in order of writing per stream."""
    async with await psycopg.AsyncConnection.connect(url) as connection:
        tables = await connection.execute(
            "select table_name from information_schema.columns where table_schema = %s and column_name = 'event_id'",
            (schema,),
        )
        found: list[Row] = []
        for (table,) in await tables.fetchall():
            query = sql.SQL("select stream, sequence, event_id from {}").format(sql.Identifier(schema, table))
            found += [Row(table, *values) for values in await (await connection.execute(query)).fetchall()]
    assert found, f"there are no facts in {schema}"
    return found


def heads(carried: Sequence[Carried]) -> dict[str, int]:
    """Per stream the last sequence that its topic has."""
    return {one.stream: one.sequence for one in carried}


async def caught_up(url: str, subscription: str, wanted: Mapping[str, int], seconds: float = 150) -> None:
    """Returns when the subscription's cursors say that it has handled each stream up to its wanted sequence."""
    deadline = time.monotonic() + seconds
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        while True:
            rows = await connection.execute(
                "select stream, sequence from events.sequences where subscription = %s", (subscription,)
            )
            stand = {stream: int(sequence) for stream, sequence in await rows.fetchall()}
            late = [stream for stream, sequence in wanted.items() if stand.get(stream, 0) < sequence]
            if not late:
                return
            assert time.monotonic() < deadline, f"{subscription} has not caught up: {len(late)} streams, {late[:3]}"
            await asyncio.sleep(0.1)
