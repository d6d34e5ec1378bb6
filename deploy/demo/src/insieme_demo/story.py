"""A case as it is told: its acts, collected as they occur and recorded in the order of their dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from uuid import UUID

from insieme_demo.days import recorded
from insieme_demo.funnel import Way
from insieme_demo.happening import Happening, Kind, Order, Phase, Refers
from insieme_demo.ids import made
from insieme_events.contracts.intake import IdentityKind
from insieme_events.decider import Command
from insieme_intake.person import PersonCommand, RegisterPerson

OFFICERS = 24


@dataclass
class Story:
    """An act has its date, the days until it is recorded at the latest, its orders and its phase."""

    seed: int
    chance: Random
    way: Way
    acts: list[tuple[date, int, tuple[Order, ...], Phase]] = field(default_factory=list)

    def act(self, on: date | None, *told: Command, delay: int = 3, refers: Refers | None = None) -> None:
        if on is not None:
            case = self.way.case_id
            # What names an event of the same case is decided on what the store held before.
            phase = Phase.AMENDMENTS if refers else Phase.CASES
            self.acts.append((on, delay, tuple(Order(Kind.CASE, case, command, refers) for command in told), phase))

    def officer(self, salt: int = 0) -> UUID:
        return made(self.seed, "officer", (self.way.person.number + salt) % OFFICERS)

    @property
    def person_id(self) -> UUID:
        return made(self.seed, "person", self.way.person.number)

    def person(self, command: PersonCommand) -> Order:
        return Order(Kind.PERSON, self.person_id, command)

    def registered(self, on: date) -> Order:
        return self.person(RegisterPerson(person_id=self.person_id, identity_kind=IdentityKind.CODICE_FISCALE, on=on))

    def happenings(self, number: int) -> Iterator[Happening]:
        """`number` is that of the case among all; keys come from it."""
        after: datetime | None = None
        for n, (on, delay, orders, phase) in enumerate(sorted(self.acts, key=lambda act: act[0])):
            after = recorded(self.chance, on, delay, after)
            key = made(self.seed, "act", number * 100 + n)
            yield Happening(after, key, orders, phase, person=self.way.person.number if n == 0 else None)
