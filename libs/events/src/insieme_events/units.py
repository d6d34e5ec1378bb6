"""What a command runner is given and answers: aggregates with their edges, units of steps, answers.

A unit is one or several steps that happen together or not at all.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from insieme_events.agreement import Agreement, Limits, in_force, limits_on
from insieme_events.contracts import Actor
from insieme_events.decider import Circumstances, Decider, RefusalKind, Refused
from insieme_events.envelope import Stored
from insieme_events.store import Connection

S = TypeVar("S")
C = TypeVar("C")
A = TypeVar("A", bound=Circumstances)

STALE = Refused(
    "events.stale",
    "The record changed since you read it: it is at version {found}, your If-Match says {expected}. Read it again.",
)
BUSY = Refused(
    "events.contended",
    "Other commands kept changing the same record. Send the command again.",
    kind=RefusalKind.RETRY,
)
KEY_REUSED = Refused(
    "events.idempotency_key_reused",
    "This Idempotency-Key was used for another command. Use a new key for a new command.",
    kind=RefusalKind.INVALID,
)


@dataclass(frozen=True, slots=True)
class Situation:
    """What is the same for every step of a unit: who acts, the date in Rome, the agreement and the legal limits."""

    actor: Actor
    today: date
    agreements: tuple[Agreement, ...]
    limits: tuple[Limits, ...] = ()

    def agreement_on(self, day: date) -> Agreement | None:
        return in_force(self.agreements, day)

    def limits_on(self, day: date) -> Limits | None:
        return limits_on(self.limits, day)


@dataclass(frozen=True, slots=True)
class Asked(Generic[C]):
    situation: Situation
    stream_id: UUID
    command: C


@dataclass(frozen=True, slots=True)
class Change(Generic[S]):
    """What a unit did to one stream: the events that were appended and the state before and after them."""

    stream: str
    stream_id: UUID
    before: S
    after: S
    events: Sequence[Stored]

    @property
    def sequence(self) -> int:
        return self.events[-1].sequence

    @property
    def recorded_at(self) -> datetime:
        return self.events[-1].recorded_at


@dataclass(frozen=True)
class Aggregate(Generic[S, C, A]):
    """A decider with its edge: `circumstances` asks the world by plain SELECTs, `view` writes the service's views.

    Both work on many at once. `unique` says which refusal the violation of a view's unique index means. `together` are
    commands that may follow one another on a stream within a transaction of many senders: nothing that their
    circumstances tell comes from what the stream did before in it.
    """

    decider: Decider[S, C, A]
    circumstances: Callable[[Connection, Sequence[Asked[C]]], Awaitable[Sequence[A]]]
    view: Callable[[Connection, Sequence[Change[S]]], Awaitable[None]]
    unique: Mapping[str, Refused] = field(default_factory=dict)
    together: tuple[type[Any], ...] = ()

    def stream(self, stream_id: UUID) -> str:
        return f"{self.decider.name}-{stream_id}"


Write = Callable[[Connection], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Step:
    aggregate: Aggregate[Any, Any, Any]
    stream_id: UUID
    command: Any

    @property
    def stream(self) -> str:
        return self.aggregate.stream(self.stream_id)


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """`scope` is party and route; `fingerprint` an HMAC of the request's body."""

    scope: str
    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Unit:
    """`expected` is the version that the first step's stream must have (If-Match). `recorded_at` is for imports
    only: the instant at which the past recorded it. `also` are writes beside the append, such as the vault's.
    `locks` are names that are locked before anything is loaded: for a rule over streams that are not all known yet.
    """

    steps: tuple[Step, ...]
    actor: Actor
    expected: int | None = None
    key: IdempotencyKey | None = None
    also: tuple[Write, ...] = ()
    unique: Mapping[str, Refused] = field(default_factory=dict)
    locks: tuple[str, ...] = ()
    recorded_at: datetime | None = None
    correlation_id: str | None = None
    causation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    stream: str
    sequence: int
    event_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """One result per step. `repeated`: answered from the stored answer, nothing was done again."""

    results: tuple[Result, ...]
    repeated: bool = False


Answer = Done | Refused
