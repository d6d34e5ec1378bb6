"""A batch in one transaction: what is handled, ignored, parked and released, and that nobody else can write it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
import pytest

from insieme_events import cursors
from insieme_events.applying import Applied, BatchTransaction
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.intake import EmploymentStatus, EmploymentStatusRecorded, StatusEvidence
from insieme_events.contracts.intake_referrals import ReferralAccepted, ReferralExpired
from insieme_events.cursors import Advance, CursorError, Fenced
from insieme_events.envelope import Stored
from insieme_events.store import Connection, Record
from insieme_events.testing.road import DAY, Effects, Road, Wire, accepted, chain, effects, on_wire
from insieme_events.topics import TopicFacts
from insieme_events.vault import KeysUnavailable, KeyVault

pytestmark = pytest.mark.integration

TOPIC = "intake.restricted.v1"
NAME = "test.effects"


@pytest.fixture
async def bench(way: Road) -> Bench:
    await Effects.prepare(way)
    return Bench(way)


class Bench:
    """One subscription to one partition, given its records by hand."""

    def __init__(self, way: Road) -> None:
        self.way = way
        self.offset = 0

    def transaction(self, handler: Effects | None = None, keys: KeyVault | None = None) -> BatchTransaction:
        return BatchTransaction(NAME, handler or Effects(), keys, lambda: datetime(2021, 1, 1, tzinfo=UTC))

    async def claim(self) -> cursors.Claim:
        async with self.way.pool.connection() as connection:
            return await cursors.claim(connection, NAME, TOPIC, 0, "g1")

    async def apply(
        self, *records: Wire | Record, by: BatchTransaction | None = None, claim: cursors.Claim | None = None
    ) -> Applied:
        """Puts the records on the wire at the next offsets and applies them as one batch."""
        claim = claim or await self.claim()
        wires = [record if isinstance(record, Wire) else on_wire(record, 0) for record in records]
        placed = [replace(wire, offset=claim.next_offset + n) for n, wire in enumerate(wires)]
        step = Advance(TOPIC, 0, claim, claim.next_offset + len(placed), None, None)
        async with self.way.pool.connection() as connection:
            return await (by or self.transaction()).run(connection, placed, [step])

    async def handled(self) -> list[tuple[str, int]]:
        return await effects(self.way)

    async def parked(self) -> list[tuple[int, str]]:
        query = "select sequence, reason from events.dead_letters order by id"
        return [(n, reason) for n, reason in await self.way.rows(query)]


def stream(length: int, name: str = "referral-a") -> list[Record]:
    return chain(name, *[accepted(uuid4())] * length)


def foreign(**change: bytes | None) -> Wire:
    return replace(on_wire(stream(1)[0], 0), **change)  # type: ignore[arg-type]


async def test_duplicates_and_another_order_have_each_effect_once_and_in_order(bench: Bench) -> None:
    one, two, three, four = stream(4)
    await bench.apply(two, two, one)
    assert await bench.parked() == []
    await bench.apply(four, one)
    assert await bench.parked() == [(4, "out_of_order")]
    await bench.apply(four, two)
    applied = await bench.apply(three, three)
    assert applied.released == 1
    assert await bench.handled() == [("referral-a", n) for n in (1, 2, 3, 4)]
    assert await bench.parked() == []


async def test_a_foreign_event_under_a_handled_sequence_is_parked_as_forked_and_the_stream_waits(bench: Bench) -> None:
    one, two, three = stream(3)
    await bench.apply(one, two)
    await bench.apply(replace(two, event_id=uuid4()), *stream(1, "referral-b"))
    await bench.apply(three)
    assert await bench.parked() == [(2, "forked"), (3, "behind")]
    assert await bench.handled() == [("referral-a", 1), ("referral-a", 2), ("referral-b", 1)]


@pytest.mark.parametrize(
    "broken",
    [
        foreign(value=None),
        foreign(key=None),
        foreign(key=b"\x00\xff"),
        foreign(key=b"k" * 5000),
        replace(foreign(), headers=[("ce_id", b"\xff\xfe"), ("ce_type", b"\xc3")]),
        replace(foreign(), headers=[("ce_id", None)]),  # type: ignore[list-item]
        replace(foreign(), headers=[]),
        replace(foreign(), headers=[*foreign().headers, ("ce_subject", b"referral-\x00")]),
        replace(foreign(), headers=[*foreign().headers, ("ce_sequence", b"99999999999")]),
        foreign(value=b"\xff not json"),
    ],
)
async def test_a_record_that_is_none_of_ours_is_kept_and_the_others_go_on(bench: Bench, broken: Wire) -> None:
    good = stream(2, "referral-good")
    applied = await bench.apply(good[0], broken, good[1])
    assert applied.parked == 1
    assert await bench.handled() == [("referral-good", 1), ("referral-good", 2)]
    assert len(await bench.parked()) == 1
    kept = await bench.way.rows("select value from events.dead_letters")
    assert kept == [(broken.value,)]


async def test_a_record_that_cannot_be_read_holds_its_stream_back_in_whatever_batches(bench: Bench) -> None:
    one, two, three = stream(3)
    await bench.apply(one, replace(on_wire(two, 0), headers=[]), two)
    await bench.apply(three)
    assert await bench.handled() == [("referral-a", 1)]
    assert await bench.parked() == [(0, "unreadable"), (2, "behind"), (3, "behind")]


async def test_an_event_that_its_handler_cannot_take_is_parked_with_its_stream_only(bench: Bench) -> None:
    others = [record for n in range(16) for record in stream(2, f"referral-{n}")]
    one, two, three = stream(3, "referral-bad")
    handler = Effects(two.event_id)
    batch = [*others[:16], one, two, *others[16:], three]
    applied = await bench.apply(*batch, by=bench.transaction(handler))
    assert (applied.handled, applied.parked) == (33, 2)
    assert sorted(await bench.handled()) == sorted([(r.stream, r.sequence) for r in [*others, one]])
    assert await bench.parked() == [(2, "failed"), (3, "behind")]
    assert handler.calls <= 14, "a batch of 35 is bisected, not tried one by one"
    ((detail,),) = await bench.way.rows("select detail from events.dead_letters where reason = 'failed'")
    assert "ValueError" in detail
    assert "canary" not in detail


async def test_a_failure_of_the_surroundings_parks_nothing_and_writes_nothing(bench: Bench) -> None:
    class Cut(Effects):
        async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
            await super().apply(connection, events)
            async with bench.way.pool.connection() as other:
                await other.execute("select pg_terminate_backend(%s)", (connection.info.backend_pid,))
            await connection.execute("select 1")

    records = stream(3)
    with pytest.raises(psycopg.OperationalError):
        await bench.apply(*records, by=bench.transaction(Cut()))
    assert (await bench.handled(), await bench.parked()) == ([], [])
    assert (await bench.claim()).next_offset == 0
    await bench.apply(*records)
    assert len(await bench.handled()) == 3


def sealed(person: UUID) -> DomainEvent:
    return EmploymentStatusRecorded(
        case_id=uuid4(),
        person_id=person,
        occurred_on=DAY,
        status=EmploymentStatus.DISOCCUPATO,
        evidence=StatusEvidence.DID,
        evidence_on=DAY,
    )


async def test_a_key_that_is_absent_parks_nothing_and_writes_nothing(bench: Bench, vault: KeyVault) -> None:
    person = uuid4()
    keys = await vault.ensure([person], datetime(2021, 1, 1, tzinfo=UTC))
    known = chain("case-a", sealed(person), keys=keys)
    stranger = uuid4()
    record = chain("case-b", sealed(stranger), keys={stranger: keys[person]})[0]
    with pytest.raises(KeysUnavailable):
        await bench.apply(*known, record, by=bench.transaction(keys=vault))
    assert (await bench.handled(), await bench.parked()) == ([], [])


@pytest.mark.parametrize("value", [b"\xff", b"{}", b"[]", b'{"person_id": "nobody"}', b'{"person_id": null}'])
async def test_a_sealed_event_whose_value_is_garbage_is_parked_alone(
    bench: Bench, vault: KeyVault, value: bytes
) -> None:
    person = uuid4()
    keys = await vault.ensure([person], datetime(2021, 1, 1, tzinfo=UTC))
    good, bad = chain("case-a", sealed(person), keys=keys)[0], chain("case-b", sealed(person), keys=keys)[0]
    await bench.apply(replace(on_wire(bad, 0), value=value), good, by=bench.transaction(keys=vault))
    assert await bench.handled() == [("case-a", 1)]
    assert await bench.parked() == [(1, "failed")]


async def test_types_that_are_not_wanted_or_not_known_are_passed_over_and_hold_nothing_up(bench: Bench) -> None:
    name = uuid4()
    expired = ReferralExpired(referral_id=name, occurred_on=DAY)
    one, two, three = chain("referral-a", accepted(name), expired, expired)
    unknown = on_wire(two, 0)
    headers = [(n, v + b"9" if n == "ce_type" else v) for n, v in unknown.headers]
    handler = Effects()
    handler.types = frozenset({ReferralAccepted})
    applied = await bench.apply(one, replace(unknown, headers=headers), three, by=bench.transaction(handler))
    assert (applied.handled, applied.passed_over, applied.parked) == (1, 2, 0)
    assert await bench.way.rows("select sequence from events.sequences") == [(3,)]


async def test_where_unknown_types_are_parked_the_stream_waits_behind_them(bench: Bench) -> None:
    one, two, three = stream(3)
    unknown = on_wire(two, 0)
    headers = [(n, v + b"9" if n == "ce_type" else v) for n, v in unknown.headers]
    transaction = bench.transaction()
    transaction.park_unknown = True
    await bench.apply(one, replace(unknown, headers=headers), three, by=transaction)
    assert await bench.handled() == [("referral-a", 1)]
    assert await bench.parked() == [(2, "unknown_type"), (3, "behind")]


async def test_whoever_lost_the_partition_writes_nothing(bench: Bench) -> None:
    records = stream(2)
    mine = await bench.claim()
    await bench.apply(*records)
    with pytest.raises(Fenced):
        await bench.apply(*stream(1, "referral-late"), claim=mine)
    assert await bench.handled() == [("referral-a", 1), ("referral-a", 2)]


class Unfenced(BatchTransaction):
    """Control: whoever comes writes."""

    async def fence(self, connection: Connection, steps: Sequence[Advance]) -> None:
        return None


class Slow(Effects):
    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        await super().apply(connection, events)
        await asyncio.sleep(0.3)


async def taken_over(bench: Bench, kind: type[BatchTransaction]) -> list[type[BaseException]]:
    """A second owner claims the partition; the first one still has the same batch in its hands, and both write."""
    records = stream(2)
    claims = [await bench.claim(), await bench.claim()]
    owners = [kind(NAME, Slow(), None, lambda: datetime(2021, 1, 1, tzinfo=UTC)) for _ in claims]
    runs = [bench.apply(*records, by=owner, claim=claim) for owner, claim in zip(owners, claims, strict=True)]
    return [
        type(found) for found in await asyncio.gather(*runs, return_exceptions=True) if isinstance(found, Exception)
    ]


async def test_after_a_second_owner_claimed_the_first_one_writes_nothing(bench: Bench) -> None:
    assert await taken_over(bench, BatchTransaction) == [Fenced]
    assert len(await bench.handled()) == 2


async def test_control_without_the_fence_the_effect_is_doubled(bench: Bench) -> None:
    assert await taken_over(bench, Unfenced) == []
    assert len(await bench.handled()) == 4


@pytest.mark.parametrize(
    ("generation", "ends", "code"),
    [
        ("g2", {0: (0, 5)}, "events.topic_made_anew"),
        ("g1", {0: (0, 1)}, "events.topic_lost_records"),
        ("g1", {0: (3, 9)}, "events.topic_lost_records"),
        ("g1", {0: (0, 9), 1: (4, 9)}, "events.topic_lost_records"),
        ("g1", {0: (0, 2), 1: (0, 9)}, None),
    ],
)
async def test_cursors_are_compared_with_the_topic(
    bench: Bench, generation: str, ends: dict[int, tuple[int, int]], code: str | None
) -> None:
    await bench.apply(*stream(2))
    async with bench.way.pool.connection() as connection:
        known = await cursors.standing(connection, NAME)
    found = [TopicFacts(TOPIC, generation, ends)]
    if code is None:
        cursors.check(NAME, known, found)
        return
    with pytest.raises(CursorError) as refused:
        cursors.check(NAME, known, found)
    assert refused.value.code == code
