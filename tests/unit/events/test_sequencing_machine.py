"""Sorting into streams as a state machine, against a model that only counts (decisions 5 and 7)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from insieme_events import sequencing
from insieme_events.cursors import Last
from insieme_events.deadletters import DeadLetter, Parked, Reason, of_record
from insieme_events.envelope import Received, received
from insieme_events.sequencing import Sequenced
from insieme_events.testing.road import accepted, chain, on_wire

Incoming = Received | DeadLetter
Handled = Mapping[str, Last]
Waiting = Mapping[str, Sequence[Parked]]

NAMES = ("referral-a", "referral-b", "referral-c")
LENGTH = 6
SETTINGS = settings(max_examples=50, stateful_step_count=15, deadline=None, database=None, report_multiple_bugs=False)
# A control only has to find the failure, not its smallest form.
FINDING = settings(SETTINGS, phases=[Phase.generate])
PLACES = st.tuples(st.sampled_from(NAMES), st.integers(1, LENGTH))


class Sequencing(RuleBasedStateMachine):
    """In whatever order, however often and in whatever batches the events of some streams arrive, with what cannot
    be read and what is forged among them: of each stream exactly the events from 1 to n are handled, in order and
    each once, where n is the last one before the first that has not arrived, or before its stream was blocked; what
    arrived and is not handled is parked; and once everything has arrived and the blocked are released, all is handled
    and nothing is parked.

    Progress: n is counted beside the code, so that holding back what could be handled fails as doubling does.
    """

    def __init__(self) -> None:
        super().__init__()
        self.numbers = itertools.count(1)
        self.last: dict[str, Last] = {}
        self.letters: dict[int, DeadLetter] = {}
        self.handled: dict[str, list[Received]] = {name: [] for name in NAMES}
        self.counted = dict.fromkeys(NAMES, 0)
        self.arrived: dict[str, set[int]] = {name: set() for name in NAMES}
        self.blocked: set[str] = set()

    @initialize()
    def streams(self) -> None:
        self.events = {
            name: [received(on_wire(r, n)) for n, r in enumerate(chain(name, *[accepted(uuid4())] * LENGTH))]
            for name in NAMES
        }

    def sort(self, incoming: Iterable[Incoming], last: Handled, parked: Waiting) -> Sequenced:
        return sequencing.sequence(incoming, last, parked)

    @rule(places=st.lists(PLACES, min_size=1, max_size=6))
    def arrives(self, places: list[tuple[str, int]]) -> None:
        self.batch([self.events[name][number - 1] for name, number in places])

    @rule(name=st.sampled_from(NAMES), numbers=st.permutations(range(1, LENGTH + 1)), cut=st.integers(1, LENGTH))
    def arrives_in_any_order(self, name: str, numbers: list[int], cut: int) -> None:
        self.batch([self.events[name][number - 1] for number in numbers[:cut]])

    @rule(name=st.sampled_from(NAMES), behind=st.integers(0, LENGTH))
    def something_unreadable_arrives(self, name: str, behind: int) -> None:
        record = self.events[name][0].record
        broken = of_record(replace(record, value=None), Reason.UNREADABLE, "")  # type: ignore[type-var]
        self.batch([broken, *self.events[name][:behind]])

    @precondition(lambda self: any(self.counted.values()))
    @rule(data=st.data())
    def another_event_arrives_under_a_handled_sequence(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from([name for name in NAMES if self.counted[name]]))
        genuine = self.events[name][self.counted[name] - 1]
        self.batch([replace(genuine, event_id=uuid4())])

    @precondition(lambda self: self.blocked)
    @rule(data=st.data())
    def an_operator_releases(self, data: st.DataObject) -> None:
        self.release(data.draw(st.sampled_from(sorted(self.blocked))))

    def batch(self, incoming: list[Incoming]) -> None:
        self.count(incoming)
        self.write(self.sort(incoming, self.last, self.parked()))

    def release(self, name: str) -> None:
        """Everything parked of the stream comes again, in order; what is none of its events is skipped."""
        there = {number for number, letter in self.letters.items() if letter.stream == name}
        ids = {self.letters.pop(number).event_id for number in there}
        self.blocked.discard(name)
        again: list[Incoming] = [event for event in self.events[name] if event.event_id in ids]
        self.count(again)
        self.write(self.sort(again, self.last, self.parked()))

    def count(self, incoming: list[Incoming]) -> None:
        """The model: numbers, and whether a stream is blocked."""
        for item in incoming:
            name = item.stream
            if isinstance(item, DeadLetter):
                self.blocked.add(name)
                continue
            if item.event_id != self.events[name][item.sequence - 1].event_id:
                # Only the last handled one is known by its id; an older one cannot be told from a repetition.
                if item.sequence == self.counted[name]:
                    self.blocked.add(name)
                continue
            self.arrived[name].add(item.sequence)
            while name not in self.blocked and self.counted[name] + 1 in self.arrived[name]:
                self.counted[name] += 1

    def parked(self) -> dict[str, list[Parked]]:
        found: dict[str, list[Parked]] = {}
        for number, letter in sorted(self.letters.items()):
            waits = letter.reason is Reason.OUT_OF_ORDER
            event = received(letter.record) if waits else None
            one = Parked(number, letter.sequence, letter.event_id, letter.reason, event)
            found.setdefault(letter.stream, []).append(one)
        return found

    def write(self, result: Sequenced) -> None:
        """As the transaction of a batch does."""
        for number in result.released:
            del self.letters[number]
        self.letters.update({next(self.numbers): letter for letter in result.letters})
        for event in result.ready:
            self.handled[event.stream].append(event)
        self.last.update(result.last)

    @invariant()
    def each_stream_is_handled_from_one_to_n(self) -> None:
        for name in NAMES:
            assert self.handled[name] == self.events[name][: self.counted[name]]

    @invariant()
    def what_arrived_is_handled_or_parked(self) -> None:
        kept = {letter.event_id for letter in self.letters.values()}
        for name in NAMES:
            for number in self.arrived[name]:
                done, parked = number <= self.counted[name], self.events[name][number - 1].event_id in kept
                assert done or parked, f"{name} {number} is lost"

    @invariant()
    def nothing_stays_parked_whose_turn_has_come(self) -> None:
        for letter in self.letters.values():
            if letter.reason is Reason.OUT_OF_ORDER:
                assert letter.sequence > self.counted[letter.stream] + (letter.stream not in self.blocked)

    def teardown(self) -> None:
        for name in NAMES if hasattr(self, "events") else ():
            self.batch([*self.events[name]])
            self.release(name)
            assert self.handled[name] == self.events[name], "in the end everything is handled"
        assert self.letters == {}


def test_every_stream_is_handled_from_one_to_n_whatever_comes() -> None:
    run_state_machine_as_test(Sequencing, settings=SETTINGS)


class WithoutTheSequences(Sequencing):
    """What was handled before is not known."""

    def sort(self, incoming: Iterable[Incoming], last: Handled, parked: Waiting) -> Sequenced:
        return super().sort(incoming, {}, parked)


class WithoutTheBlock(Sequencing):
    """A stream goes on behind what could not be handled."""

    def sort(self, incoming: Iterable[Incoming], last: Handled, parked: Waiting) -> Sequenced:
        waiting = {name: [p for p in found if p.reason is Reason.OUT_OF_ORDER] for name, found in parked.items()}
        return super().sort(incoming, last, waiting)


class WithoutTheRelease(Sequencing):
    """What waits for its predecessor stays where it is when that one comes."""

    def sort(self, incoming: Iterable[Incoming], last: Handled, parked: Waiting) -> Sequenced:
        return sequencing.sequence(incoming, last, parked, releasing=False)


class DoesNothing(Sequencing):
    """Parks whatever comes, and harms nobody."""

    def sort(self, incoming: Iterable[Incoming], last: Handled, parked: Waiting) -> Sequenced:
        items = [item for item in incoming if isinstance(item, Received)]
        return Sequenced(letters=[of_record(item.record, Reason.BEHIND, "") for item in items])


@pytest.mark.parametrize("broken", [WithoutTheSequences, WithoutTheBlock, WithoutTheRelease, DoesNothing])
def test_control_with_a_guard_off_the_same_machine_finds_it(broken: type[Sequencing]) -> None:
    with pytest.raises(AssertionError):
        run_state_machine_as_test(broken, settings=FINDING)
