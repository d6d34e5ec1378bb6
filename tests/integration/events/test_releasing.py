"""The owner of a partition lets parked streams go on, in order: what operators asked for, and nothing twice (7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from aiokafka import TopicPartition
from psycopg import errors

from insieme_events import cursors, letter_actions, releasing
from insieme_events.applying import Applied, BatchTransaction
from insieme_events.catalogue import BY_TYPE
from insieme_events.cursors import Advance, Claim, Fenced
from insieme_events.decisions import merged
from insieme_events.envelope import Stored
from insieme_events.isolating import Spoiled
from insieme_events.letter_actions import Action, Why
from insieme_events.passing import TRIES
from insieme_events.store import Connection, Record
from insieme_events.subscription import Subscription, standing
from insieme_events.testing.road import ACTOR, DAY, Effects, Road, Wire, accepted, chain, effects, on_wire

pytestmark = pytest.mark.integration

TOPIC = "intake.restricted.v1"
PLACE = TopicPartition(TOPIC, 0)
NOW = datetime(2021, 1, 1, tzinfo=UTC)
OTHER_DAY = date(2021, 5, 6)


class Seen(Effects):
    """Remembers the days of what it was given in transactions that it did not spoil itself."""

    def __init__(self, *failing: UUID) -> None:
        super().__init__(*failing)
        self.days: list[date] = []

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        await super().apply(connection, events)
        self.days += [stored.event.occurred_on for stored in events]


class Bench:
    """One consumer, whose versions own one partition and are given its records by hand."""

    def __init__(self, way: Road) -> None:
        self.way = way
        self.kind: type[BatchTransaction] = BatchTransaction

    def transaction(self, handler: Effects, version: int = 1, consumer: str = "test.facts") -> BatchTransaction:
        return self.kind(f"test.facts.{version}", handler, None, lambda: NOW, True, consumer)

    async def claim(self, by: BatchTransaction) -> Claim:
        async with self.way.pool.connection() as connection:
            return await cursors.claim(connection, by.subscription, TOPIC, 0, "g1")

    async def apply(self, by: BatchTransaction, *records: Wire | Record) -> Applied:
        claim = await self.claim(by)
        wires = [record if isinstance(record, Wire) else on_wire(record, 0) for record in records]
        placed = [replace(wire, offset=claim.next_offset + n) for n, wire in enumerate(wires)]
        step = Advance(TOPIC, 0, claim, claim.next_offset + len(placed), None, None)
        async with self.way.pool.connection() as connection:
            return await by.run(connection, placed, [step])

    async def ask(self, action: Action, reason: str = "failed", data: bytes | None = None) -> int:
        """Files a request about the only letter of that reason."""
        ((letter,),) = await self.way.rows("select id from events.dead_letters where reason = %s", reason)
        async with self.way.pool.connection() as connection:
            (filed,) = await letter_actions.file(
                connection, [letter], action, Why.FIXED_BUILD, "OPS-1", ACTOR, NOW, data
            )
        return filed

    async def look(self, by: BatchTransaction, claim: Claim | None = None, thorough: bool = False) -> Applied | None:
        """What the owner does every second; None where no stream is due."""
        claim = claim or await self.claim(by)
        async with self.way.pool.connection() as connection:
            due = await releasing.due(connection, by.subscription, by.consumer, thorough)
        if not due:
            return None
        async with self.way.pool.connection() as connection:
            applied, cut = await releasing.release(by, connection, standing(PLACE, claim), due[(TOPIC, 0)])
        assert cut == []
        return applied

    async def handled(self) -> list[tuple[str, int]]:
        return await effects(self.way)

    async def parked(self) -> list[tuple[int, str]]:
        return [(n, r) for n, r in await self.way.rows("select sequence, reason from events.dead_letters order by id")]

    async def outcomes(self) -> list[str]:
        return [o for (o,) in await self.way.rows("select outcome from events.dead_letter_actions order by id")]


@pytest.fixture
async def bench(way: Road) -> Bench:
    await Effects.prepare(way)
    return Bench(way)


def stream(length: int, name: str = "referral-a") -> list[Record]:
    return chain(name, *[accepted(uuid4())] * length)


def fetched(wire: Wire) -> Any:
    """The record as the consumer gives it, with the instant of its recording."""
    return SimpleNamespace(
        **{name: getattr(wire, name) for name in wire.__dataclass_fields__}, timestamp=1_580_688_000_000
    )


def of_unknown_type(record: Record) -> Wire:
    wire = on_wire(record, 0)
    return replace(wire, headers=[(n, v + b"9" if n == "ce_type" else v) for n, v in wire.headers])


async def test_a_retry_handles_the_event_and_everything_behind_it_in_order(bench: Bench) -> None:
    one, two, three, four = stream(4)
    await bench.apply(bench.transaction(Effects(two.event_id)), one, two, *stream(1, "referral-b"), three, four)
    await bench.ask(Action.RETRY)
    by = bench.transaction(Effects())
    applied = await bench.look(by)
    assert applied is not None
    assert (applied.handled, applied.released) == (3, 3)
    assert [n for name, n in await bench.handled() if name == "referral-a"] == [1, 2, 3, 4]
    assert (await bench.parked(), await bench.outcomes()) == ([], ["released"])
    assert await bench.look(by, thorough=True) is None


async def test_a_second_failure_parks_again_with_its_history(bench: Bench) -> None:
    one, two, three = stream(3)
    by = bench.transaction(Effects(two.event_id))
    await bench.apply(by, one, two, three)
    action = await bench.ask(Action.RETRY)
    await bench.look(by)
    assert await bench.parked() == [(2, "failed"), (3, "behind")]
    assert await bench.outcomes() == ["parked_again"]
    assert await bench.way.rows("select attempts from events.dead_letters order by sequence") == [(2,), (0,)]
    history = await bench.way.rows(
        "select attempt, reason, action_id, stack from events.dead_letter_attempts order by 1"
    )
    assert [row[:3] for row in history] == [(1, "failed", None), (2, "failed", action)]
    assert all("road.py" in stack and "canary" not in stack for *_, stack in history)
    assert await bench.look(by, thorough=True) is None, "nobody asked again"


async def test_a_skip_goes_on_behind_the_event_and_survives_a_rebuild(bench: Bench) -> None:
    one, two, three = stream(3)
    by = bench.transaction(Effects(two.event_id))
    await bench.apply(by, one, two, three)
    await bench.ask(Action.SKIP)
    await bench.look(by)
    assert await bench.handled() == [("referral-a", 1), ("referral-a", 3)]
    assert (await bench.parked(), await bench.outcomes()) == ([], ["released"])
    applied = await bench.apply(bench.transaction(Effects(two.event_id), version=2), one, two, three)
    assert (applied.handled, applied.passed_over, applied.parked) == (2, 1, 0)


async def test_control_without_the_decision_a_rebuild_parks(bench: Bench) -> None:
    one, two, three = stream(3)
    by = bench.transaction(Effects(two.event_id))
    await bench.apply(by, one, two, three)
    await bench.ask(Action.SKIP)
    await bench.look(by)
    blind = bench.transaction(Effects(two.event_id), version=2, consumer="test.another")
    assert (await bench.apply(blind, one, two, three)).parked == 2


async def test_a_version_that_has_the_event_parked_too_applies_the_decision_by_itself(bench: Bench) -> None:
    one, two, three = stream(3)
    versions = [bench.transaction(Effects(two.event_id), version) for version in (1, 2)]
    await bench.apply(versions[0], one, two, three)
    await bench.ask(Action.SKIP)
    await bench.apply(versions[1], one, two, three)
    await bench.look(versions[0])
    applied = await bench.look(versions[1], thorough=True)
    assert applied is not None
    assert (applied.handled, applied.passed_over) == (1, 1)
    assert await bench.parked() == []


async def test_an_edit_is_handled_with_the_other_data_also_by_a_rebuild(bench: Bench) -> None:
    one, two, three = stream(3)
    await bench.apply(bench.transaction(Effects(two.event_id)), one, two, three)
    await bench.ask(Action.EDIT, data=merged(two.data.encode(), {"occurred_on": OTHER_DAY.isoformat()}, []))
    seen = Seen()
    await bench.look(bench.transaction(seen))
    assert seen.days == [OTHER_DAY, DAY]
    rebuilt = Seen()
    await bench.apply(bench.transaction(rebuilt, version=2), one, two, three)
    assert rebuilt.days == [DAY, OTHER_DAY, DAY]


async def test_a_foreign_event_that_is_skipped_is_as_if_it_had_never_come(bench: Bench) -> None:
    one, two, three = stream(3)
    foreign = replace(three, event_id=uuid4(), predecessor=uuid4())
    by = bench.transaction(Effects())
    await bench.apply(by, one, two, foreign, three)
    assert await bench.parked() == [(3, "forked"), (3, "behind")]
    await bench.ask(Action.SKIP, "forked")
    await bench.look(by)
    assert await bench.handled() == [("referral-a", n) for n in (1, 2, 3)]
    applied = await bench.apply(bench.transaction(Effects(), version=2), one, two, foreign, three)
    assert (applied.handled, applied.parked) == (3, 0)


async def test_an_unreadable_record_that_is_skipped_stays_skipped_wherever_it_stands(bench: Bench) -> None:
    one, two = stream(2)
    broken = replace(on_wire(one, 0), headers=[("ce_id", b"\xff")])
    by = bench.transaction(Effects())
    await bench.apply(by, one, broken, two)
    assert await bench.parked() == [(0, "unreadable"), (2, "behind")]
    await bench.ask(Action.SKIP, "unreadable")
    await bench.look(by)
    assert await bench.handled() == [("referral-a", 1), ("referral-a", 2)]
    applied = await bench.apply(bench.transaction(Effects(), version=2), broken, one, two, broken)
    assert (applied.handled, applied.ignored, applied.parked) == (2, 2, 0)


async def test_an_unknown_type_goes_on_by_itself_after_an_upgrade(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, three = stream(3)
    by = bench.transaction(Effects())
    newer = of_unknown_type(two)
    await bench.apply(by, one, newer, three)
    assert await bench.look(by, thorough=True) is None
    kind = dict(newer.headers)["ce_type"].decode()
    monkeypatch.setitem(BY_TYPE, kind, BY_TYPE[kind[:-1]])
    await bench.look(by, thorough=True)
    assert await bench.handled() == [("referral-a", n) for n in (1, 2, 3)]
    assert await bench.parked() == []


async def test_what_is_behind_and_has_a_gap_before_it_waits_for_what_is_missing(bench: Bench) -> None:
    one, two, three, four = stream(4)
    by = bench.transaction(Effects(two.event_id))
    await bench.apply(by, one, two, four)
    await bench.ask(Action.RETRY)
    await bench.look(bench.transaction(Effects()))
    assert await bench.parked() == [(4, "out_of_order")]
    await bench.apply(bench.transaction(Effects()), three)
    assert await bench.handled() == [("referral-a", n) for n in (1, 2, 3, 4)]


async def test_more_than_one_transaction_takes_goes_on_in_the_next(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(releasing, "CHUNK", 4)
    records = stream(10)
    await bench.apply(bench.transaction(Effects(records[0].event_id)), *records)
    await bench.ask(Action.RETRY)
    by = bench.transaction(Effects())
    claim, cut = await bench.claim(by), ["referral-a"]
    while cut:
        async with bench.way.pool.connection() as connection:
            _, cut = await releasing.release(by, connection, standing(PLACE, claim), cut)
    assert [n for _, n in await bench.handled()] == list(range(1, 11))
    assert (await bench.parked(), await bench.outcomes()) == ([], ["released"])


async def test_what_arrives_between_two_transactions_of_a_release_keeps_its_place(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(releasing, "CHUNK", 2)
    records = stream(6)
    await bench.apply(bench.transaction(Effects(records[0].event_id)), *records[:5])
    await bench.ask(Action.RETRY)
    by = bench.transaction(Effects())
    async with bench.way.pool.connection() as connection:
        claim = await cursors.claim(connection, by.subscription, TOPIC, 0, "g1")
        await connection.commit()
        await releasing.release(by, connection, standing(PLACE, claim), ["referral-a"])
    await bench.apply(by, records[5])
    assert [n for _, n in await bench.handled()] == [1, 2]
    monkeypatch.setattr(releasing, "CHUNK", 2000)
    await bench.look(by, thorough=True)
    assert [n for _, n in await bench.handled()] == [1, 2, 3, 4, 5, 6]


async def test_a_request_whose_letter_is_gone_ends_void(bench: Bench) -> None:
    one, two = stream(2)
    await bench.apply(bench.transaction(Effects(one.event_id)), one, two)
    await bench.ask(Action.RETRY)
    await bench.way.rows("delete from events.dead_letters returning 1")
    await bench.look(bench.transaction(Effects()))
    assert await bench.outcomes() == ["void"]


class Unfenced(BatchTransaction):
    """Control: whoever comes releases."""

    async def fence(self, connection: Connection, steps: Sequence[Advance]) -> None:
        return None


async def release_by_whom_lost_it(bench: Bench) -> None:
    one, two = stream(2)
    await bench.apply(bench.transaction(Effects(one.event_id)), one, two)
    await bench.ask(Action.RETRY)
    by = bench.transaction(Effects())
    lost = await bench.claim(by)
    await bench.claim(by)
    await bench.look(by, lost)


async def test_whoever_lost_the_partition_releases_nothing(bench: Bench) -> None:
    with pytest.raises(Fenced):
        await release_by_whom_lost_it(bench)
    assert await bench.handled() == []
    assert await bench.parked() == [(1, "failed"), (2, "behind")]


async def test_control_without_the_fence_whoever_lost_the_partition_releases(bench: Bench) -> None:
    bench.kind = Unfenced
    await release_by_whom_lost_it(bench)
    assert len(await bench.handled()) == 2


class Naming(Effects):
    """Says which events it cannot take."""

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        found = {e.event_id: ValueError("canary-content") for e in events if e.event_id in self.failing}
        if found:
            self.calls += 1
            raise Spoiled(dict(found))
        await super().apply(connection, events)


async def test_events_that_the_handler_names_cost_one_more_call_however_many_they_are(bench: Bench) -> None:
    records = [record for n in range(30) for record in stream(3, f"referral-{n}")]
    bad = [record for record in records[:60] if record.sequence == 2]
    handler = Naming(*(record.event_id for record in bad))
    applied = await bench.apply(bench.transaction(handler), *records)
    assert (applied.handled, applied.parked) == (50, 40)
    assert handler.calls == 2
    assert sorted({reason for _, reason in await bench.parked()}) == ["behind", "failed"]
    assert len(await bench.handled()) == 50


class Locked(Effects):
    """Meets a lock that is never free."""

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        if any(stored.event_id in self.failing for stored in events):
            raise errors.LockNotAvailable
        await super().apply(connection, events)


async def test_what_passes_perhaps_parks_one_stream_once_patience_is_over(bench: Bench) -> None:
    records = [*stream(3, "referral-a"), *stream(3, "referral-b")]
    by = bench.transaction(Locked(records[1].event_id))
    with pytest.raises(errors.LockNotAvailable):
        await bench.apply(by, *records)
    assert (await bench.handled(), await bench.parked()) == ([], [])
    by.patient = False
    await bench.apply(by, *records)
    assert len(await bench.handled()) == 4
    assert await bench.parked() == [(2, "failed"), (3, "behind")]


async def test_a_subscription_parks_a_lock_that_is_never_free_after_so_many_tries(bench: Bench) -> None:
    records = [*stream(2, "referral-a"), *stream(1, "referral-b")]
    way = bench.way
    by = Subscription("test.facts.1", ["intake"], Locked(records[0].event_id), way.pool, None, "nowhere", "test")
    claim = await bench.claim(by.transaction)
    wires: Any = tuple(fetched(on_wire(record, n)) for n, record in enumerate(records))
    for _ in range(TRIES - 1):
        by.assignments.claims = {PLACE: claim}
        await by._handle(wires)
        assert await bench.parked() == []
    by.assignments.claims = {PLACE: claim}
    await by._handle(wires)
    assert await bench.parked() == [(1, "failed"), (2, "behind")]
    assert await bench.handled() == [("referral-b", 1)]


def test_the_data_of_an_edit_keep_what_is_not_changed() -> None:
    assert orjson.loads(merged(b'{"a": 1, "b": 2, "c": 3}', {"b": 9}, ["c"])) == {"a": 1, "b": 9}
    with pytest.raises(ValueError, match=r"events\.data"):
        merged(b"[]", {}, [])
