"""The 55 comuni of the Città metropolitana di Bologna, their distretto and unione, as dated data (standards 2.7)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Membership:
    """A comune and the bodies it belongs to, from `valid_from` to `valid_to` (None: until today)."""

    istat: str
    name: str
    distretto: str | None
    unione: str | None
    valid_from: date | None
    valid_to: date | None
    successor: str | None


@cache
def memberships() -> tuple[Membership, ...]:
    text = (files("insieme_events") / "data" / "territory.csv").read_text(encoding="utf-8")
    return tuple(
        Membership(
            row["istat"],
            row["comune"],
            row["distretto"] or None,
            row["unione"] or None,
            date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
            date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            row["successor"] or None,
        )
        for row in csv.DictReader(text.splitlines())
    )


def comune(istat: str) -> Membership | None:
    """The entry of a code, ceased codes too; None for a code that is none of the territory's."""
    return next((m for m in memberships() if m.istat == istat), None)


def in_territory(istat: str, on: date) -> bool:
    """Whether that code is one of the comuni of the Città metropolitana on that day (P29)."""
    found = comune(istat)
    return found is not None and (found.valid_to is None or on <= found.valid_to)
