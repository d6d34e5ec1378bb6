"""Streams are handled 1 to n, each event once, in whatever order and however often the records come."""

from __future__ import annotations

import itertools
from dataclasses import replace
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from insieme_events.cursors import Last
from insieme_events.deadletters import DeadLetter, Parked, Reason, of_event, of_record
from insieme_events.envelope import Received, received
from insieme_events.sequencing import Sequenced, sequence
from insieme_events.testing.road import accepted, chain, on_wire

STREAM = "referral-a"


def stream(length: int, name: str = STREAM) -> list[Received]:
    return [received(on_wire(r, n)) for n, r in enumerate(chain(name, *[accepted(uuid4())] * length))]


def at(event: Received) -> dict[str, Last]:
    return {event.stream: Last(event.sequence, event.event_id)}


def letter(event: Received, reason: Reason, id_: int = 7) -> dict[str, list[Parked]]:
    kept = event if reason is Reason.OUT_OF_ORDER else None
    return {event.stream: [Parked(id_, event.sequence, event.event_id, reason, kept)]}


def reasons(result: Sequenced) -> list[tuple[int, Reason]]:
    return [(parked.sequence, parked.reason) for parked in result.letters]


def test_the_next_events_are_ready_and_the_stream_stands_behind_the_last() -> None:
    one, two, three = stream(3)
    result = sequence([two, three], at(one), {})
    assert result.ready == [two, three]
    assert result.last == at(three)
    assert not result.letters


def test_what_was_handled_before_is_ignored() -> None:
    one, two, _ = stream(3)
    result = sequence([one, two], at(two), {})
    assert (result.ready, result.letters, result.ignored, result.last) == ([], [], 2, {})


def test_what_comes_too_early_is_parked_once_and_waits() -> None:
    one, _, three = stream(3)
    result = sequence([three, three], at(one), {})
    assert result.ready == []
    assert reasons(result) == [(3, Reason.OUT_OF_ORDER)]
    assert result.ignored == 1
    assert result.last == {}


def test_the_missing_event_releases_what_waited_in_order() -> None:
    one, two, three = stream(3)
    result = sequence([two], at(one), letter(three, Reason.OUT_OF_ORDER))
    assert result.ready == [two, three]
    assert result.released == [7]


def test_a_caller_that_releases_by_itself_keeps_the_letter() -> None:
    one, two, three = stream(3)
    result = sequence([two], at(one), letter(three, Reason.OUT_OF_ORDER), releasing=False)
    assert result.ready == [two]
    assert result.released == []
    assert result.last == at(two)


def test_a_letter_goes_when_its_event_comes_again_and_is_handled() -> None:
    one, two, _ = stream(3)
    result = sequence([two], at(one), letter(two, Reason.OUT_OF_ORDER))
    assert result.ready == [two]
    assert result.released == [7]


def test_another_event_under_a_handled_sequence_is_a_fork_and_blocks_the_stream() -> None:
    one, two, three = stream(3)
    twin = replace(two, event_id=uuid4())
    result = sequence([twin, three], at(two), {})
    assert result.ready == []
    assert reasons(result) == [(2, Reason.FORKED), (3, Reason.BEHIND)]
    assert one not in result.ready


def test_another_predecessor_is_a_fork() -> None:
    one, two, three = stream(3)
    stray = replace(two, predecessor=uuid4())
    result = sequence([stray, three], at(one), {})
    assert reasons(result) == [(2, Reason.FORKED), (3, Reason.BEHIND)]
    assert result.last == {}


def test_two_events_that_wait_under_one_sequence_are_a_fork() -> None:
    one, _, three = stream(3)
    twin = replace(three, event_id=uuid4())
    result = sequence([three, twin], at(one), {})
    assert sorted(reasons(result)) == [(3, Reason.FORKED), (3, Reason.OUT_OF_ORDER)]


def test_another_event_that_waited_under_the_handled_sequence_is_a_fork() -> None:
    one, two, three = stream(3)
    waited = replace(two, event_id=uuid4())
    result = sequence([two, three], at(one), letter(waited, Reason.OUT_OF_ORDER))
    assert result.ready == [two]
    assert result.released == [7]
    assert reasons(result) == [(2, Reason.FORKED), (3, Reason.BEHIND)]


def test_a_stream_behind_a_letter_takes_nothing_and_others_go_on() -> None:
    one, two, _ = stream(3)
    other = stream(1, "referral-b")
    result = sequence([two, *other], at(one), letter(one, Reason.FAILED))
    assert result.ready == other
    assert reasons(result) == [(2, Reason.BEHIND)]


def test_a_record_that_cannot_be_read_blocks_what_follows_it_in_the_same_batch() -> None:
    one, two, _ = stream(3)
    broken = of_record(replace(on_wire(chain(STREAM, accepted(uuid4()))[0], 5), value=None), Reason.UNREADABLE, "")
    result = sequence([one, broken, two], {}, {})
    assert result.ready == [one]
    assert reasons(result) == [(0, Reason.UNREADABLE), (2, Reason.BEHIND)]


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[dict[str, list[Received]], list[list[Received]]]:
    """Some streams, and their events in any order, some of them several times, in batches of any size."""
    lengths = draw(st.lists(st.integers(1, 6), min_size=1, max_size=3))
    streams = {f"referral-{n}": stream(length, f"referral-{n}") for n, length in enumerate(lengths)}
    every = [event for events in streams.values() for event in events]
    again = draw(st.lists(st.sampled_from(every), max_size=8))
    order = draw(st.permutations([*every, *again]))
    cuts = sorted(draw(st.lists(st.integers(0, len(order)), max_size=4)))
    batches = [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)]
    return streams, batches


@given(arrivals())
def test_every_stream_is_handled_from_one_to_n_once_as_soon_as_everything_arrived(
    made: tuple[dict[str, list[Received]], list[list[Received]]],
) -> None:
    streams, batches = made
    last: dict[str, Last] = {}
    parked: dict[int, DeadLetter] = {}
    handled: dict[str, list[Received]] = {name: [] for name in streams}
    arrived: set[tuple[str, int]] = set()
    ids = itertools.count()
    for batch in batches:
        waiting: dict[str, list[Parked]] = {}
        for id_, one in parked.items():
            event = next(e for e in streams[one.stream] if e.event_id == one.event_id)
            waiting.setdefault(one.stream, []).append(Parked(id_, one.sequence, one.event_id, one.reason, event))
        result = sequence(batch, last, waiting)
        for id_ in result.released:
            del parked[id_]
        parked.update({next(ids): one for one in result.letters})
        for event in result.ready:
            handled[event.stream].append(event)
        last.update(result.last)
        arrived.update((event.stream, event.sequence) for event in batch)
        for name, events in streams.items():
            contiguous = next((n for n in range(len(events)) if (name, n + 1) not in arrived), len(events))
            assert handled[name] == events[:contiguous], "each once, in order, and none held back"
    assert handled == streams
    assert not parked


def test_a_letter_keeps_the_record() -> None:
    event = stream(1)[0]
    assert of_event(event, Reason.FAILED, "x").record is event.record
