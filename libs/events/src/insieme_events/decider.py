"""decide, evolve, initial: the three pure functions of an aggregate, and what a decision may answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from insieme_events.agreement import Agreement
from insieme_events.contracts import Actor, DomainEvent

S = TypeVar("S")
C = TypeVar("C")
A = TypeVar("A", bound="Circumstances")


class RefusalKind(StrEnum):
    """What the sender can do about it: change the content, look at the state again, find the id, or wait."""

    INVALID = "invalid"
    CONFLICT = "conflict"
    NOT_FOUND = "not_found"
    FORBIDDEN = "forbidden"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class Refused:
    """A decision against a command: a value, not an exception.

    `code` is `<service>.<rule>` of a closed set, `sentence` tells a person what to do, `clause` is the one of the
    protocol that it rests on (P39) or None. Neither ever holds personal data.
    """

    code: str
    sentence: str
    clause: str | None = None
    kind: RefusalKind = RefusalKind.CONFLICT

    def about(self, **values: object) -> Refused:
        """The same refusal with `{name}` in its sentence filled in; ids, dates and codes only."""
        return replace(self, sentence=self.sentence.format(**values))


class Command(BaseModel):
    """What somebody wants to happen, in the imperative; `on` fields are business dates in Europe/Rome."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the world says at the moment of a decision, brought in from the edge: nothing in here is looked up later.

    `today` is the date in Europe/Rome by the injected clock, `agreement` the parameters in force on the business
    date of the command, None when the programme had no term then.
    """

    actor: Actor
    today: date
    agreement: Agreement | None


Decision = Sequence[DomainEvent] | Refused


@dataclass(frozen=True, slots=True)
class Decider(Generic[S, C, A]):
    """An aggregate. `name` is the head of its stream names: `case-<uuid>`.

    `decide` answers every command in every state; an empty sequence means that there is nothing to do (a command
    repeated after its effect). `evolve` must accept every event that `decide` ever returned.
    """

    context: str
    name: str
    initial: S
    decide: Callable[[C, S, A], Decision]
    evolve: Callable[[S, DomainEvent], S]

    def fold(self, events: Iterable[DomainEvent], start: S | None = None) -> S:
        state = self.initial if start is None else start
        for event in events:
            state = self.evolve(state, event)
        return state
