"""How far a year's outreach went: the twenty territories by debtor, and every comune (P73).

A comune is reached in itself, by its unione, or, where it is Bologna, by a quartiere. Three comuni outside the city
are in no unione: they are reached only in themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from insieme_events import territory
from insieme_events.contracts.governance_registers import TerritoryKind
from insieme_governance.registers.rules import DEBTORS
from insieme_governance.registers.territories import BOLOGNA, code, owed

Reached = tuple[str, TerritoryKind, str, date]
"""Party, kind, code, and the last day on which the party held outreach there."""


@dataclass(frozen=True, slots=True)
class Territory:
    """`last_on` by debtor; a debtor that has not been there is left out."""

    kind: TerritoryKind
    territory: str
    last_on: Mapping[str, date]


@dataclass(frozen=True, slots=True)
class ComuneReached:
    comune: str
    unione: str | None
    last_on: date | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """`reached` by debtor, out of `of`; `reached_by_any` counts a territory once."""

    year: int
    of: int
    reached: Mapping[str, int]
    reached_by_any: int
    territories: tuple[Territory, ...]
    comuni: tuple[ComuneReached, ...]


def coverage(year: int, held: Sequence[Reached]) -> Coverage:
    """The coverage of a year by what was held in it; what parties other than the debtors held is left out."""
    last: dict[tuple[TerritoryKind, str], dict[str, date]] = {}
    for party, kind, name, on in held:
        if party in DEBTORS:
            by_party = last.setdefault((kind, name), {})
            by_party[party] = max(on, by_party.get(party, on))
    territories = tuple(
        Territory(kind, name, last.get((kind, name), {})) for kind, names in owed().items() for name in names
    )
    days = {key: max(by_party.values()) for key, by_party in last.items()}
    return Coverage(
        year=year,
        of=len(territories),
        reached={debtor: sum(debtor in each.last_on for each in territories) for debtor in DEBTORS},
        reached_by_any=sum(bool(each.last_on) for each in territories),
        territories=territories,
        comuni=tuple(_comune(member, days) for member in _comuni(year)),
    )


def _comuni(year: int) -> list[territory.Membership]:
    return [m for m in territory.memberships() if territory.in_territory(m.istat, date(year, 12, 31))]


def _comune(member: territory.Membership, days: Mapping[tuple[TerritoryKind, str], date]) -> ComuneReached:
    unione = code(member.unione) if member.unione else None
    ways = [days.get((TerritoryKind.COMUNE, member.istat))]
    if unione is not None:
        ways.append(days.get((TerritoryKind.UNIONE, unione)))
    if member.istat == BOLOGNA:
        ways.extend(on for (kind, _), on in days.items() if kind is TerritoryKind.QUARTIERE)
    return ComuneReached(member.istat, unione, max((on for on in ways if on is not None), default=None))
