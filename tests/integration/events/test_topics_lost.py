"""Kafka's disasters: each is seen at start or while it happens, named with its remedy, and put right from the store.

The store is whole in all of them.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterator
from uuid import UUID, uuid4

import pytest
from tests.integration.events.disasters import (
    Life,
    applied,
    caught_up,
    cut_beginning,
    cut_end,
    delete,
    in_both,
    journeys,
    letters,
    names,
    on_topic,
    once_and_in_order,
    read,
    read_again,
    refill,
    relay,
    relayed,
    sent_by_hand,
    stands_at,
    subscription,
)

from insieme_events import position
from insieme_events.comparing import BeginningLost
from insieme_events.cursors import Cursor, CursorError
from insieme_events.moved import StoreBehind
from insieme_events.position import PositionBehind, PositionLost, RelayError, Standing, TopicCut, TopicMadeAnew
from insieme_events.relay import POSITION_KEY, Relay
from insieme_events.scanning import Place
from insieme_events.service import Worker
from insieme_events.store import START, Connection
from insieme_events.subscription import Subscription
from insieme_events.testing.road import (
    Effects,
    Road,
    Wire,
    accepted,
    at_work,
    chain,
    effects,
    eventually,
    on_wire,
    produce,
)
from insieme_events.topics import TopicFacts

pytestmark = pytest.mark.integration


@pytest.fixture
async def road(broad_way: Road) -> Road:
    await Effects.prepare(broad_way)
    return broad_way


@pytest.fixture
def way(road: Road) -> Iterator[Road]:
    yield road
    gc.collect()


def ids(found: Life) -> dict[bytes, list[str]]:
    return {key: [event_id for event_id, *_ in seen] for key, seen in found.items()}


async def refused(kind: type[Exception], worker: Worker, match: str) -> None:
    with pytest.raises(kind, match=match):
        await asyncio.wait_for(worker.run(), 40)


async def test_of_a_kafka_lost_altogether_the_relay_makes_every_topic_as_it_was(way: Road) -> None:
    await journeys(way, 20)
    async with at_work(relay(way), subscription(way)):
        await applied(way, 80)
    before = await in_both(way)
    assert [len(found) for found in before] == [20, 20]

    await delete(way, names(way).restricted, names(way).party, names(way).position)
    await refused(CursorError, subscription(way), r"events\.topic_made_anew: .* `read-again test.effects`")
    await relayed(way, 80)
    assert await in_both(way) == before, "the same ids, sequences, instants and bytes, in the same order per key"

    await read_again(way)
    await journeys(way, 5)
    async with at_work(relay(way), subscription(way)):
        await applied(way, 100)
    await once_and_in_order(way, 100)


async def test_topics_deleted_and_made_anew_under_running_relay_and_subscription_are_seen_by_both(way: Road) -> None:
    await journeys(way, 10)
    workers = relay(way), subscription(way)
    tasks = [asyncio.create_task(worker.run()) for worker in workers]
    await applied(way, 40)
    await delete(way, names(way).restricted, names(way).party)
    ended = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 60)
    assert [getattr(error, "code", error) for error in ended] in (
        ["relay.topic_made_anew", "events.topic_made_anew"],
        ["topics.missing", "topics.missing"],
        ["relay.topic_made_anew", "topics.missing"],
        ["topics.missing", "events.topic_made_anew"],
    )
    await refused(TopicMadeAnew, relay(way), r"relay\.topic_made_anew: .* `insieme-intake refill`")

    found = await refill(way).refill()
    assert (found.stored, found.missing.total()) == (40, 60)
    await read_again(way)
    await journeys(way, 5)
    async with at_work(relay(way), subscription(way)):
        await applied(way, 60)
    await once_and_in_order(way, 60)


class LooksAtNothing(Relay):
    """Believes its position and never asks whether the topics are still the same."""

    check_every = 3600

    async def _look(self, connection: Connection) -> Standing:
        return await asyncio.to_thread(position.read, self._bootstrap, self._topics.position) or Standing(START)


async def test_control_a_relay_that_does_not_look_goes_on_behind_a_hole(way: Road) -> None:
    await journeys(way, 10)
    await relayed(way, 40)
    await delete(way, names(way).restricted)
    await journeys(way, 1)
    await relayed(way, 4, LooksAtNothing)
    assert len(await read(way, names(way).restricted)) == 4


async def test_one_topic_lost_is_filled_alone(way: Road) -> None:
    await journeys(way, 10)
    await relayed(way, 40)
    before = await in_both(way)
    await delete(way, names(way).party)
    await refused(TopicMadeAnew, relay(way), r"relay\.topic_made_anew")
    assert (await refill(way).compare()).missing == {names(way).party: 20}
    await refill(way).refill()
    await relayed(way, 40)
    assert await in_both(way) == before


async def test_first_records_lost_are_named_and_the_topic_is_made_anew(way: Road) -> None:
    await journeys(way, 10)
    await relayed(way, 40)
    before = await in_both(way)
    await cut_beginning(way, names(way).restricted)
    await refused(TopicCut, relay(way), r"relay\.topic_lost_records: .* first records are gone")
    await refused(CursorError, subscription(way), r"events\.topic_lost_records")
    with pytest.raises(BeginningLost, match=r"relay\.beginning_lost: .* `insieme topics apply`"):
        await refill(way).refill()
    await delete(way, names(way).restricted)
    await refill(way).refill()
    await relayed(way, 40)
    assert await in_both(way) == before


async def test_first_records_lost_under_a_running_relay_are_named_without_a_new_start(way: Road) -> None:
    await journeys(way, 10)
    await relayed(way, 40)
    leading = relay(way)

    async def leads() -> bool:
        return leading.ready()

    task = asyncio.create_task(leading.run())
    await eventually(leads)
    await cut_beginning(way, names(way).restricted)
    with pytest.raises(TopicCut, match=r"relay\.topic_lost_records: .* first records are gone"):
        await asyncio.wait_for(task, 60)


async def test_a_topic_whose_end_was_cut_is_named_and_filled_with_what_it_lacks(way: Road) -> None:
    await journeys(way, 12)
    async with at_work(relay(way), subscription(way)):
        await applied(way, 48)
    before = await in_both(way)
    await cut_end(way, 2)
    await refused(TopicCut, relay(way), r"relay\.topic_lost_records: .* has lost its end: .* `insieme-intake refill`")
    await refused(CursorError, subscription(way), r"events\.topic_lost_records: .* `read-again test.effects`")
    found = await refill(way).refill()
    assert found.missing.keys() == {names(way).restricted}
    sent = await in_both(way)
    assert [ids(life) for life in sent] == [ids(life) for life in before]
    assert len(await read(way, names(way).restricted)) == 48, "nothing was sent that was there"


async def grown_again(way: Road) -> None:
    """Behind the cut other records came: the topic is longer than before, and what it has at the cursor is new."""
    await journeys(way, 12)
    async with at_work(relay(way), subscription(way)):
        await applied(way, 48)
    await cut_end(way, 1)
    lost = names(way).restricted
    await journeys(way, 40)
    rows = await way.rows("select distinct stream from events.events order by 1")
    known = {one.key for one in await read(way, lost)}
    await sent_by_hand(way, [UUID(s.removeprefix("referral-")) for (s,) in rows if s.encode() not in known])


async def test_a_topic_that_was_cut_and_has_grown_again_is_told_by_the_record_before_the_cursor(way: Road) -> None:
    await grown_again(way)
    await refused(CursorError, subscription(way), r"events\.topic_lost_records: .* is new to it")
    await refill(way).refill()
    await read_again(way)
    async with at_work(relay(way), subscription(way)):
        await applied(way, 48 + 160)
    await once_and_in_order(way, 48 + 160)


class LooksAtNoRecord(Subscription):
    """Compares the ends only."""

    async def _check_lasts(self, known: dict[Place, Cursor], found: dict[str, TopicFacts]) -> None:
        return None


async def test_control_without_looking_at_that_record_events_are_passed_over(way: Road) -> None:
    await grown_again(way)
    async with at_work(subscription(way, kind=LooksAtNoRecord)):
        await caught_up(way)
    assert len(await effects(way)) < 48 + 160


async def positions_lost(way: Road) -> None:
    await delete(way, names(way).position)
    await refused(PositionLost, relay(way), r"relay\.position_lost: .* `insieme-intake recover-position`")


async def test_a_lost_position_is_found_again_behind_all_that_was_sent(way: Road) -> None:
    await journeys(way, 10)
    await relayed(way, 40)
    kept = position.read(way.bootstrap, names(way).position)
    await positions_lost(way)
    assert (await refill(way).compare()).whole == kept, "nothing is written by looking"
    await refused(PositionLost, relay(way), r"relay\.position_lost")
    await refill(way).recover_position()
    assert position.read(way.bootstrap, names(way).position) == kept
    await journeys(way, 5)
    await relayed(way, 60)
    assert len(await read(way, names(way).restricted)) == 60, "none was sent twice"


async def test_a_lost_position_is_found_again_in_the_middle_of_the_store(way: Road) -> None:
    await journeys(way, 10)
    await relayed(way, 40)
    kept = position.read(way.bootstrap, names(way).position)
    await journeys(way, 10)
    await positions_lost(way)
    found = await refill(way).recover_position()
    assert (found.whole, found.stored, found.missing.total()) == (kept, 80, 60)
    await relayed(way, 80)
    assert len(await read(way, names(way).restricted)) == 80


async def test_on_empty_topics_a_lost_position_is_the_start(way: Road) -> None:
    await journeys(way, 2)
    found = await refill(way).recover_position()
    assert found.whole.position == START
    assert position.read(way.bootstrap, names(way).position) is None
    await relayed(way, 8)


async def test_a_position_before_what_was_sent_is_named_and_found_again(way: Road) -> None:
    await journeys(way, 10)
    await relayed(way, 40)
    old = position.read(way.bootstrap, names(way).position)
    assert old is not None
    await journeys(way, 10)
    await relayed(way, 80)
    await produce(way.bootstrap, Wire(names(way).position, 0, 0, POSITION_KEY, old.encode(), []))
    await refused(PositionBehind, relay(way), r"relay\.position_behind: .* `insieme-intake recover-position`")
    await refill(way).recover_position()
    await relayed(way, 80)
    assert len(await read(way, names(way).restricted)) == 80


async def test_no_position_fits_a_topic_with_a_hole_and_a_refill_closes_it(way: Road) -> None:
    ids = await journeys(way, 6)
    await sent_by_hand(way, ids[1:])
    await refused(PositionLost, relay(way), r"relay\.position_lost")
    with pytest.raises(TopicCut, match=r"relay\.topic_lost_records: .* lack 16 events .* `insieme-intake refill`"):
        await refill(way).recover_position()
    assert position.read(way.bootstrap, names(way).position) is None
    await refill(way).refill()
    await relayed(way, 24)
    assert [len(found) for found in await in_both(way)] == [6, 6]
    assert len(await read(way, names(way).restricted)) == 24


async def test_a_store_behind_its_topics_is_refused(way: Road) -> None:
    await journeys(way, 5)
    await relayed(way, 20)
    stranger = uuid4()
    foreign = chain(f"referral-{stranger}", accepted(stranger))
    await produce(way.bootstrap, on_wire(foreign[0], 0, topic=names(way).restricted))
    for work in (refill(way).refill(), refill(way).recover_position()):
        with pytest.raises(StoreBehind, match=r"relay\.store_behind: .* 1 streams that the store .* has not"):
            await work


async def test_a_refill_waits_for_the_relay_that_leads(way: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("insieme_events.refill.PATIENCE", 1)
    await journeys(way, 2)
    async with at_work(relay(way)):
        await on_topic(way, 8)
        with pytest.raises(RelayError, match=r"relay\.leads: .* stop it first"):
            await refill(way).refill()


async def parked_and_read_again(way: Road, read_again: Callable[[Road], Awaitable[None]]) -> list[tuple[str, int]]:
    """Stream and sequence of the letters after a second event failed at the very offset of the first one's letter."""
    topic = names(way).restricted
    first, second = (chain(name, *[accepted(uuid4())] * 3) for name in ("referral-a", "referral-b"))
    failing = first[1].event_id, second[1].event_id
    await produce(way.bootstrap, *(on_wire(record, 0, 0, topic) for record in first))
    async with at_work(subscription(way, *failing)):
        await letters(way, 2)
    await delete(way, topic)
    await produce(way.bootstrap, *(on_wire(record, 0, 0, topic) for record in (*second, *first)))
    await read_again(way)
    async with at_work(subscription(way, *failing)):
        await stands_at(way, 6)
    assert await effects(way) == [("referral-a", 1), ("referral-b", 1)]
    return [(s, n) for s, n in await way.rows("select stream, sequence from events.dead_letters order by 1, 2")]


async def test_what_is_parked_is_neither_lost_nor_parked_twice_when_offsets_begin_anew(way: Road) -> None:
    found = await parked_and_read_again(way, read_again)
    assert found == [("referral-a", 2), ("referral-a", 3), ("referral-b", 2), ("referral-b", 3)]


async def test_control_with_the_old_places_kept_a_new_letter_is_lost(way: Road) -> None:
    async def places_kept(way: Road) -> None:
        kept = await way.rows("select id, record_offset from events.dead_letters")
        await read_again(way)
        for number, offset in kept:
            await way.rows(
                "update events.dead_letters set record_offset = %s where id = %s returning 1", offset, number
            )

    found = await parked_and_read_again(way, places_kept)
    assert ("referral-b", 2) not in found
