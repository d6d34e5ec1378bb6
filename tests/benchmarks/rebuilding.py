"""A rebuild from the first offset beside a raw consumer, beside one commit per event, and beside a shorter history."""

from __future__ import annotations

import gc

from tests.benchmarks.history import ACTOR
from tests.benchmarks.place import Place
from tests.benchmarks.projecting import Filled, filled, forget, getmany, per_event, version
from tests.benchmarks.rounds import Row, row, side_by_side

from insieme_events.rebuild_reader import Surroundings
from insieme_events.rebuilding import Rebuild

EVENTS = 300_000
TIMES = 10


async def rebuilt(topic: Filled) -> float:
    """Seconds from the order to a version that catches up: processes, reading, indexes, cursors."""
    place, definition = topic.place, version(topic.place)
    surroundings = Surroundings(place.bootstrap, topic.prefix, place.urls["reporting"])
    done = await Rebuild(definition, surroundings, ACTOR).run()
    assert (done.handled, done.ignored, done.deferred_streams) == (topic.count, 0, 0), done
    await forget(place, definition)
    return done.seconds


async def rebuild(place: Place) -> list[Row]:
    """Everything that a topic holds, every event of which makes a fact."""
    topic = await filled(place, place.sized(EVENTS))

    async def ours() -> float:
        return topic.count / await rebuilt(topic)

    async def raw() -> float:
        return topic.count / await getmany(topic)

    async def single() -> float:
        return await per_event(topic)

    few = max(place.rounds // 2, 1)
    return [
        await side_by_side("rebuild", "aiokafka getmany", "≥0.5", "events/s", few, ours, raw),
        await side_by_side("rebuild", "one commit per event", "≥40", "events/s", few, ours, single),
    ]


async def growth(place: Place) -> list[Row]:
    """A rebuild beside one of ten times the events; what starting its processes takes is taken off both."""
    small = await filled(place, place.sized(EVENTS // TIMES))
    large = await filled(place, place.sized(EVENTS))
    empty = Filled(place, await place.prefix(), 0)
    start = min([await rebuilt(empty) for _ in range(3)])
    one: list[float] = []
    ten: list[float] = []
    for _ in range(max(place.rounds // 2, 1)):
        gc.collect()
        ten.append(await rebuilt(large) - start)
        gc.collect()
        one.append((await rebuilt(small) - start) * large.count / small.count)
    return [row(f"growth: rebuild of {TIMES} × the events", f"{TIMES} × the time", "≤1.1", "s", ten, one)]
