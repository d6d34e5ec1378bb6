"""Which of the received events are next in their streams: pure, from what is known and what has come (decision 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from insieme_events.cursors import Last
from insieme_events.deadletters import DeadLetter, Parked, Reason, of_event
from insieme_events.envelope import Received


@dataclass
class Sequenced:
    """`ready` are the events to handle, in order per stream and each once; `letters` are to be parked; `released`
    are ids of dead letters that became ready; `ignored` counts what was there before; `last` is where the streams
    stand once all of it is written.
    """

    ready: list[Received] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)
    released: list[int] = field(default_factory=list)
    ignored: int = 0
    last: dict[str, Last] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An event whose predecessors have not arrived; with the id of its dead letter if it has one already."""

    event: Received
    letter_id: int | None


class _Stream:
    """One stream while a batch is sorted."""

    def __init__(self, last: Last | None, parked: Sequence[Parked], releasing: bool) -> None:
        self.last = last
        self.blocked = any(p.reason is not Reason.OUT_OF_ORDER for p in parked)
        self.waiting = {p.sequence: _Waiting(p.event, p.id) for p in parked if p.event is not None}
        self.releasing = releasing

    @property
    def number(self) -> int:
        return self.last.sequence if self.last is not None else 0

    def take(self, event: Received, result: Sequenced) -> None:
        if event.sequence <= self.number:
            self._again(event, result)
        elif self.blocked:
            result.letters.append(of_event(event, Reason.BEHIND, "an earlier event of the stream is parked"))
        elif event.sequence > self.number + 1:
            self._wait(event, result)
        else:
            following: _Waiting | None = _Waiting(event, None)
            while following is not None and self._next(following, result):
                following = self._following()

    def _wait(self, event: Received, result: Sequenced) -> None:
        """Arrived twice while it waits: the first one is enough, unless it is another event."""
        arrived = _Waiting(event, None)
        there = self.waiting.setdefault(event.sequence, arrived)
        if there.event.event_id != event.event_id:
            self._fork(event, f"another event with sequence {event.sequence} waits already", result)
        elif there is not arrived:
            result.ignored += 1

    def _following(self) -> _Waiting | None:
        """What waited for the last one; a letter only where this sorting may release it."""
        found = self.waiting.get(self.number + 1)
        if found is None or (found.letter_id is not None and not self.releasing):
            return None
        return self.waiting.pop(self.number + 1)

    def _fork(self, event: Received, detail: str, result: Sequenced) -> None:
        result.letters.append(of_event(event, Reason.FORKED, detail))
        self.blocked = True

    def _again(self, event: Received, result: Sequenced) -> None:
        if self.last is not None and event.sequence == self.number and event.event_id != self.last.event_id:
            self._fork(event, f"another event has sequence {self.number} already", result)
        else:
            result.ignored += 1

    def _next(self, waiting: _Waiting, result: Sequenced) -> bool:
        event = waiting.event
        if waiting.letter_id is not None:
            result.released.append(waiting.letter_id)
        if self.last is not None and event.predecessor != self.last.event_id:
            self._fork(event, f"it does not follow the event at {self.number}", result)
            return False
        result.ready.append(event)
        self.last = Last(event.sequence, event.event_id)
        return self._settle(event, result)

    def _settle(self, event: Received, result: Sequenced) -> bool:
        """What waited under the sequence that is handled now: the same event is done, another one is a fork."""
        twin = self.waiting.pop(event.sequence, None)
        if twin is None:
            return True
        if twin.letter_id is not None:
            result.released.append(twin.letter_id)
        if twin.event.event_id == event.event_id:
            return True
        self._fork(twin.event, f"another event has sequence {event.sequence} already", result)
        return False

    def park_waiting(self, result: Sequenced) -> None:
        for number, waiting in sorted(self.waiting.items()):
            if waiting.letter_id is None:
                detail = f"sequence {number} came before {self.number + 1}"
                result.letters.append(of_event(waiting.event, Reason.OUT_OF_ORDER, detail))


def sequence(
    incoming: Iterable[Received | DeadLetter],
    last: Mapping[str, Last],
    parked: Mapping[str, Sequence[Parked]],
    releasing: bool = True,
) -> Sequenced:
    """Sorts events in the order in which they arrived; a letter among them is kept and blocks its stream.

    At or below the last one: ignored, or parked as forked where it is another event under the same sequence. The
    next one: ready, and with it whatever waited for it. Beyond: parked as out of order. A stream with anything
    parked for another reason takes nothing: what comes is parked behind it. Without `releasing`, what is parked
    out of order stays parked although its turn has come: the caller handles it by itself.
    """
    result = Sequenced()
    streams: dict[str, _Stream] = {}
    for item in incoming:
        stream = streams.get(item.stream)
        if stream is None:
            stream = streams[item.stream] = _Stream(last.get(item.stream), parked.get(item.stream, ()), releasing)
        if isinstance(item, DeadLetter):
            result.letters.append(item)
            stream.blocked = True
        else:
            stream.take(item, result)
    for name, stream in streams.items():
        stream.park_waiting(result)
        if stream.last is not None and stream.last != last.get(name):
            result.last[name] = stream.last
    return result
