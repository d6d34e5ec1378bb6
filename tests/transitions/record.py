"""The transitions on record, each with a test that shows it: what tests show and what is on record is the same."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Set
from functools import cache
from pathlib import Path

from tests.transitions.services import SERVICES
from tests.transitions.watching import Transition

HERE = Path(__file__).parent / "record"
ROOT = Path(__file__).resolve().parents[2]
Record = Mapping[Transition, str]
"""By transition the test that shows it, as pytest names it."""


@cache
def recorded() -> Record:
    found: dict[Transition, str] = {}
    for service in SERVICES:
        path = HERE / f"{service}.json"
        if path.exists():
            for aggregate, rows in json.loads(path.read_text(encoding="utf-8")).items():
                found.update({Transition(service, aggregate, *row[:3]): row[3] for row in rows})
    return found


@cache
def draws(test: str) -> bool:
    """Whether this test draws at random: what such a test comes to differs from run to run."""
    path, _, name = test.partition("::")
    file = ROOT / path
    if "_state_answers" in path:
        return True
    if not file.exists() or "hypothesis" not in (text := file.read_text(encoding="utf-8")):
        return False
    return name.partition("[")[0] not in _said_in_words(text)


@cache
def _said_in_words(text: str) -> frozenset[str]:
    """The functions of a file that use nothing of hypothesis, nor a function of the file that does."""
    tree = ast.parse(text)
    drawing = {
        each.asname or each.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("hypothesis")
        for each in node.names
    }
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    used = {
        name: {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} for name, node in functions.items()
    }
    while more := {name for name in used if name not in drawing and used[name] & drawing}:
        drawing |= more
    return frozenset(functions) - drawing


def complaint(test: str, seen: Set[Transition], record: Record) -> str | None:
    """What is wrong with the record after this test; None where nothing is, and of a test that draws."""
    if draws(test):
        return None
    if undrawn := sorted(seen - record.keys()):
        return f"not on record, run `make transitions`: {_said(undrawn)}"
    if unseen := sorted({one for one, shown_by in record.items() if shown_by == test} - seen):
        return f"on record as shown by this test, which shows it no more, run `make transitions`: {_said(unseen)}"
    return None


def chosen(shown: Mapping[Transition, Set[str]], before: Record) -> dict[Transition, str]:
    """One test for each: the one that it was, or the first that says it in words rather than draws it."""

    def rank(one: Transition, test: str) -> tuple[bool, bool, str]:
        return draws(test), before.get(one) != test, test

    return {one: min(rank(one, test) for test in tests)[2] for one, tests in shown.items()}


def write(record: Record) -> None:
    HERE.mkdir(exist_ok=True)
    for service in SERVICES:
        by_aggregate: dict[str, list[list[str]]] = {}
        for one in sorted(one for one in record if one.service == service):
            by_aggregate.setdefault(one.aggregate, []).append([one.before, one.event, one.after, record[one]])
        if by_aggregate:
            text = ",\n".join(
                f"  {json.dumps(name)}: [\n" + ",\n".join(f"    {json.dumps(row)}" for row in rows) + "\n  ]"
                for name, rows in sorted(by_aggregate.items())
            )
            (HERE / f"{service}.json").write_text(f"{{\n{text}\n}}\n", encoding="utf-8")


def _said(transitions: list[Transition]) -> str:
    return ", ".join(f"{one.service} {one.aggregate}: {one.before} -{one.event}-> {one.after}" for one in transitions)
