"""How a docstring, a clause and a cell stand on a page."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from functools import cache
from types import ModuleType
from typing import Any

from tests.clauses.judging import clauses
from tests.clauses.scanning import clauses_in

FIRST = re.compile(r"^.*?[.!?](?=\s+[A-Z`«])|^.*$")


def first_sentence(thing: Any) -> str:
    """What the docstring of its own says first; empty where there is none, and for what a decorator wrote."""
    own = vars(thing).get("__doc__") if isinstance(thing, type | ModuleType) else getattr(thing, "__doc__", None)
    if not own or (isinstance(thing, type) and own.startswith(f"{thing.__name__}(")):
        return ""
    text = " ".join(inspect.cleandoc(own).partition("\n\n")[0].split())
    found = FIRST.match(text)
    assert found is not None
    return found.group(0).strip()


def cell(text: str) -> str:
    return text.replace("|", "\\|") or "-"


@cache
def anchors() -> dict[str, str]:
    """The heading of each clause in docs/clauses.md, as an address names it."""
    plain = {one.id: f"{one.id}--{one.way}--{one.service}".lower() for one in clauses()}
    return {clause: text.replace(",", "").replace(" ", "-") for clause, text in plain.items()}


def linked(clause: str) -> str:
    return f"[{clause}](../clauses.md#{anchors()[clause]})"


def clauses_of(*texts: str | None) -> str:
    """Links to every clause that these texts name."""
    return linked_all({clause for text in texts for clause in clauses_in(text or "")})


def linked_all(named: Iterable[str]) -> str:
    return ", ".join(linked(clause) for clause in sorted(set(named) & anchors().keys())) or "-"


def code(text: str) -> str:
    return f"`{text}`"
