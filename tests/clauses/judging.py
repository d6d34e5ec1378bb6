"""What a clause and an invariant need, and what is missing of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.clauses.scanning import Kind, Place, Proof

HERE = Path(__file__).parent
MAY_BE_PENDING = frozenset({"P13", "P28", "P46", "P53", "P56", "P65", "P74", "P81", "I6", "I12", "I15"})
"""Clauses and invariants whose last part needs signing in, rights on topics, snapshots or disclosure control."""


@dataclass(frozen=True, slots=True)
class Clause:
    """`way`: enforced (something is refused) or tracked (an event, a view that shows it, a test that reads it)."""

    id: str
    section: str
    text: str
    way: str
    service: str


@dataclass(frozen=True, slots=True)
class Invariant:
    """`ways`: in which kinds of tests it has to be proven."""

    id: str
    text: str
    clauses: tuple[str, ...]
    ways: tuple[str, ...]


def clauses() -> list[Clause]:
    return [Clause(**one) for one in json.loads((HERE / "clauses.json").read_text(encoding="utf-8"))]


def invariants() -> list[Invariant]:
    read = json.loads((HERE / "invariants.json").read_text(encoding="utf-8"))
    return [Invariant(one["id"], one["text"], tuple(one["clauses"]), tuple(one["ways"])) for one in read]


def pending() -> Mapping[str, str]:
    """What is missing of those that may be pending, by id. Raises ValueError where another one is named."""
    found: dict[str, str] = json.loads((HERE / "pending.json").read_text(encoding="utf-8"))
    if wrong := sorted(found.keys() - MAY_BE_PENDING):
        raise ValueError(f"clauses.pending: {', '.join(wrong)} may not be pending")
    return found


def missing_of(clause: Clause, places: Sequence[Place], proofs: Sequence[Proof]) -> list[str]:
    """What the clause lacks; empty where it is enforced or tracked, and tested."""
    kinds = {place.kind for place in places}
    lacking = []
    if clause.way == "enforced" and Kind.REFUSAL not in kinds:
        lacking.append("a refusal that names it")
    if clause.way == "tracked" and not kinds & {Kind.EVENT, Kind.COMMAND} and clause.service != "reporting":
        lacking.append("an event or command that names it")
    if clause.way == "tracked" and Kind.READ not in kinds:
        lacking.append("a read that names it")
    if not proofs:
        lacking.append("a test marked with it")
    return lacking


def missing_ways(invariant: Invariant, proofs: Sequence[Proof]) -> list[str]:
    """The ways in which the invariant is not proven."""
    proven = {proof.way for proof in proofs}
    return [f"a {way} test" for way in invariant.ways if way not in proven]
