"""The Ministry's table of contract types (tipologia contrattuale), revision 093 of 2026-04-26 (standards 2.2)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from insieme_events.contracts.vocabulary import ContractClass

REVISION = "rev093"


class Term(StrEnum):
    """Whether a contract of that type has an end: never, always, or as agreed."""

    PERMANENT = "permanent"
    FIXED = "fixed"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class ContractKind:
    """A row of the table. `contract_class` is None for what is not a placement: internships, public-utility work."""

    code: str
    label: str
    contract_class: ContractClass | None
    term: Term
    subordinate: bool

    @property
    def communicated_monthly(self) -> bool:
        """Agency work and the public administration: by the 20th of the next month (standards 2.2)."""
        public = self.code.startswith("I.") or self.code == "A.03.15"
        return public or self.contract_class is ContractClass.AGENCY


@cache
def table() -> dict[str, ContractKind]:
    """By code; `I.*` stands for every code of that letter that has no row of its own."""
    text = (files("insieme_matching") / "data" / f"contract_types.{REVISION}.csv").read_text(encoding="utf-8")
    return {
        row["code"]: ContractKind(
            code=row["code"],
            label=row["label"],
            contract_class=ContractClass(row["programme_class"]) if row["placement"] == "yes" else None,
            term=Term(row["term"]),
            subordinate=row["subordinate"] == "yes",
        )
        for row in csv.DictReader(text.splitlines())
    }


def contract_kind(code: str) -> ContractKind | None:
    """The row of a code such as `A.02.00`; None for a code that is not in the table."""
    return table().get(code) or table().get(f"{code[:1]}.*")
