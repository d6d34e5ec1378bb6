"""Over any sequence of accepted commands, what an observer of the events sees of a chain stays sound.

The observer is written apart from the aggregate: it keeps the links that count from the published events alone. After
each command: numbers are never used twice and rise with time, links follow one another without gap or overlap, a
permanent contract has no end and nothing after it, and a voided chain counts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.matching import (
    EndReason,
    PlacementCorrected,
    PlacementEnded,
    PlacementExtended,
    PlacementStarted,
    PlacementTransformed,
    PlacementVoided,
    PlacementVoidReason,
    TransformationCode,
)
from insieme_events.contracts.vocabulary import ContractClass, WorkingTime
from insieme_events.decider import Refused
from insieme_events.gates import Interval
from insieme_matching.employment import (
    EMPLOYMENT,
    CorrectPlacement,
    EmploymentCommand,
    EndPlacement,
    ExtendPlacement,
    TransformPlacement,
    VoidPlacement,
)
from insieme_matching.employment.state import Employment, Voided
from insieme_matching.testing import employment_circumstances, start_placement

DAY = timedelta(days=1)
START = date(2021, 3, 1)
TYPES = st.sampled_from(["A.01.00", "A.02.00", "A.03.09", "A.05.02", "A.06.01", "B.03.00"])
OFFSETS = st.integers(-40, 260).map(lambda n: START + timedelta(days=n))
TIMES = st.sampled_from(WorkingTime)


@dataclass(frozen=True)
class Seen:
    starts_on: date
    ends_on: date | None
    contract_class: ContractClass


@dataclass
class Observer:
    """The links that count, by number, as the published events tell them."""

    counting: dict[int, Seen] = field(default_factory=dict)
    events: dict[int, UUID] = field(default_factory=dict)
    permanent_on: date | None = None
    ended_on: date | None = None
    voided: bool = False

    def see(self, event: DomainEvent) -> None:
        match event:
            case PlacementStarted():
                self.begin(1, Seen(event.occurred_on, event.ends_on, event.contract_class))
            case PlacementExtended():
                last = self.counting[max(self.counting)]
                self.begin(event.link_no, Seen(event.occurred_on, event.ends_on, last.contract_class))
            case PlacementTransformed() if event.ends_on is None:
                self.permanent_on = event.occurred_on
            case PlacementEnded():
                self.ended_on = event.occurred_on
            case PlacementCorrected():
                assert event.corrects == self.events[event.link_no]
                self.counting[event.link_no] = Seen(event.starts_on, event.ends_on, event.contract_class)
            case PlacementVoided():
                assert event.voids == self.events[event.from_link]
                since = self.counting[event.from_link].starts_on
                self.counting = {no: seen for no, seen in self.counting.items() if no < event.from_link}
                self.voided = not self.counting
                self.permanent_on = None if self.permanent_on and self.permanent_on >= since else self.permanent_on
                self.ended_on = None

    def begin(self, number: int, seen: Seen) -> None:
        assert number not in self.events, "a link's number is used twice"
        assert number == len(self.events) + 1
        self.events[number] = UUID(int=1000 + number)
        self.counting[number] = seen


class Chains(RuleBasedStateMachine):
    @initialize(contract_type=TYPES, length=st.integers(5, 90), hours=TIMES)
    def start(self, contract_type: str, length: int, hours: WorkingTime) -> None:
        self.state: Employment = EMPLOYMENT.initial
        self.observer = Observer()
        self.send(
            start_placement(
                contract_type=contract_type,
                starts_on=START,
                ends_on=None if contract_type == "A.01.00" else START + timedelta(days=length),
                working_time=hours,
            )
        )

    def send(self, command: EmploymentCommand) -> None:
        circumstances = employment_circumstances(
            in_charge=(Interval(date(2021, 2, 1), None),), link_events=self.observer.events
        )
        decision = EMPLOYMENT.decide(command, self.state, circumstances)
        if isinstance(decision, Refused):
            return
        for event in decision:
            self.observer.see(event)
        self.state = EMPLOYMENT.fold(decision, self.state)

    @rule(on=OFFSETS)
    def extend(self, on: date) -> None:
        self.send(ExtendPlacement(ends_on=on))

    @precondition(lambda self: bool(self.observer.counting))
    @rule(length=st.integers(1, 60))
    def extend_by(self, length: int) -> None:
        last = self.observer.counting[max(self.observer.counting)]
        self.send(ExtendPlacement(ends_on=(last.ends_on or START) + timedelta(days=length)))

    @rule(code=st.sampled_from(TransformationCode), to=st.one_of(st.none(), TYPES), on=OFFSETS)
    def transform(self, code: TransformationCode, to: str | None, on: date) -> None:
        self.send(TransformPlacement(code=code, contract_type=to, on=on))

    @rule(on=OFFSETS, reason=st.sampled_from(EndReason))
    def end(self, on: date, reason: EndReason) -> None:
        self.send(EndPlacement(reason=reason, on=on))

    @rule(data=st.data(), number=st.integers(1, 4), contract_type=TYPES, hours=TIMES)
    def correct(self, data: st.DataObject, number: int, contract_type: str, hours: WorkingTime) -> None:
        seen = self.observer.counting.get(number, Seen(START, START, ContractClass.OTHER))
        self.send(
            CorrectPlacement(
                corrects=self.observer.events.get(number, UUID(int=0)),
                link_no=number,
                starts_on=data.draw(st.one_of(st.just(seen.starts_on), OFFSETS)),
                ends_on=data.draw(st.one_of(st.just(seen.ends_on), OFFSETS, st.none())),
                contract_type=contract_type,
                working_time=hours,
                comune="037006",
                on=date(2021, 12, 1),
            )
        )

    @rule(number=st.integers(1, 4), sure=st.booleans())
    def void(self, number: int, sure: bool) -> None:
        if number == 1 and not sure:
            return
        self.send(
            VoidPlacement(
                voids=self.observer.events.get(number, UUID(int=0)),
                from_link=number,
                reason=PlacementVoidReason.KEYED_TWICE,
                on=date(2021, 12, 1),
            )
        )

    @invariant()
    def links_follow_one_another(self) -> None:
        links = [self.observer.counting[number] for number in sorted(self.observer.counting)]
        for link in links:
            assert link.ends_on is None or link.starts_on <= link.ends_on
        for before, link in pairwise(links):
            assert before.ends_on is not None
            assert link.starts_on == before.ends_on + DAY

    @invariant()
    def one_chain_has_one_class(self) -> None:
        assert len({link.contract_class for link in self.observer.counting.values()}) <= 1

    @invariant()
    def permanent_never_has_an_end(self) -> None:
        for link in self.observer.counting.values():
            assert (link.contract_class is not ContractClass.PERMANENT) or link.ends_on is None
        if self.observer.permanent_on is not None:
            assert all(link.starts_on < self.observer.permanent_on for link in self.observer.counting.values())

    @invariant()
    def an_end_lies_in_the_last_link(self) -> None:
        if self.observer.ended_on is not None and self.observer.counting:
            last = self.observer.counting[max(self.observer.counting)]
            assert last.starts_on <= self.observer.ended_on
            if last.ends_on is not None and self.observer.permanent_on is None:
                assert self.observer.ended_on <= last.ends_on

    @invariant()
    def a_voided_chain_counts_nothing(self) -> None:
        assert isinstance(self.state, Voided) == self.observer.voided
        if self.observer.voided:
            assert not self.observer.counting


Chains.TestCase.settings = settings(max_examples=60, stateful_step_count=20, deadline=None, derandomize=True)
TestChains = Chains.TestCase


def test_the_machine_reaches_chains_of_several_links_with_corrections_and_voids() -> None:
    """Against vacuity: the same sends, by hand, lead to what the invariants speak of."""
    machine = Chains()
    machine.start(contract_type="A.02.00", length=30, hours=WorkingTime.FULL)
    machine.extend_by(length=30)
    machine.extend_by(length=30)
    assert sorted(machine.observer.counting) == [1, 2, 3]
    before = machine.observer.counting[2]
    machine.send(
        CorrectPlacement(
            corrects=machine.observer.events[1],
            link_no=1,
            starts_on=START,
            ends_on=START + 35 * DAY,
            contract_type="A.06.01",
            working_time=WorkingTime.FULL,
            comune="037006",
            on=date(2021, 12, 1),
        )
    )
    moved = replace(before, starts_on=START + 36 * DAY, contract_class=ContractClass.AGENCY)
    assert machine.observer.counting[2] == moved
    machine.void(number=2, sure=True)
    assert sorted(machine.observer.counting) == [1]
    machine.links_follow_one_another()
