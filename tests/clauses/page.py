"""docs/clauses.md: clause, code, test, and the command or read that a person uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.clauses.judging import Clause, Invariant, clauses, invariants, missing_of, missing_ways, pending
from tests.clauses.scanning import ROOT, Kind, Place, Proof, places, proofs

PAGE = ROOT / "docs" / "clauses.md"
HEAD = """# The clauses of the protocol, and where they live

Written by `make clauses`; do not edit. *Enforced*: a refusal names the clause. *Tracked*: an event tells of it and a
read shows it. Every clause has a test that fails without it. Refusals are named by their code, commands and events by
their class, reads by their route.
"""


@dataclass
class Found:
    """Everything about all clauses and invariants, and what is missing, by id."""

    places: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    proofs: dict[str, list[Proof]] = field(default_factory=lambda: defaultdict(list))
    missing: dict[str, list[str]] = field(default_factory=dict)


def look() -> Found:
    found = Found()
    for place in places():
        found.places[place.clause].append(place)
    for proof in proofs():
        found.proofs[proof.subject].append(proof)
    waiting = pending()
    for clause in clauses():
        lacking = missing_of(clause, found.places[clause.id], found.proofs[clause.id])
        if lacking and clause.id not in waiting:
            found.missing[clause.id] = lacking
    for invariant in invariants():
        ways = missing_ways(invariant, found.proofs[invariant.id])
        if ways and invariant.id not in waiting:
            found.missing[invariant.id] = ways
    return found


def written(found: Found) -> str:
    waiting = pending()
    parts = [HEAD]
    section = ""
    for clause in clauses():
        if clause.section != section:
            section = clause.section
            parts.append(f"\n## {section}\n")
        parts.append(_clause(clause, found.places[clause.id], found.proofs[clause.id], waiting.get(clause.id)))
    parts.append("\n## The invariants\n")
    parts.extend(_invariant(one, found.proofs[one.id], waiting.get(one.id)) for one in invariants())
    return "\n".join(parts)


def _clause(clause: Clause, at: Sequence[Place], proven: Sequence[Proof], waits: str | None) -> str:
    lines = [f"### {clause.id} · {clause.way} · {clause.service}\n", f"> {clause.text}\n"]
    if waits is not None:
        lines.append(f"- pending: {waits}")
    for title, kinds in (
        ("refusals", (Kind.REFUSAL,)),
        ("commands", (Kind.COMMAND, Kind.ROUTE)),
        ("events", (Kind.EVENT,)),
        ("reads", (Kind.READ,)),
    ):
        named = sorted({place.what for place in at if place.kind in kinds})
        if named:
            lines.append(f"- {title}: {_list(named)}")
    if at:
        lines.append(f"- code: {_list(sorted({place.path for place in at}))}")
    if proven:
        lines.append(f"- tests: {_list(_tests(proven))}")
    return "\n".join(lines) + "\n"


def _invariant(invariant: Invariant, proven: Sequence[Proof], waits: str | None) -> str:
    lines = [f"### {invariant.id} · {', '.join(invariant.clauses)}\n", f"{invariant.text}.\n"]
    if waits is not None:
        lines.append(f"- pending: {waits}")
    ways = sorted({proof.way for proof in proven})
    lines.extend(f"- {way}: {_list(_tests([p for p in proven if p.way == way]))}" for way in ways)
    return "\n".join(lines) + "\n"


def _tests(proven: Iterable[Proof]) -> list[str]:
    return sorted({f"{proof.path.removeprefix('tests/')}::{proof.test}" for proof in proven})


def _list(items: Sequence[str]) -> str:
    return ", ".join(f"`{item}`" for item in items)
