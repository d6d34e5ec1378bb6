"""Where the programme has to be made known: 6 quartieri, 7 unioni, 7 distretti, and 55 comuni beside them (P73)."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import cache

from insieme_events import territory
from insieme_events.contracts.governance_registers import TerritoryKind
from insieme_events.contracts.vocabulary import Quartiere

BOLOGNA = "037006"


def code(name: str) -> str:
    """The code of an unione or a distretto: its name in plain letters (`terre_d_acqua`)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


@cache
def owed() -> dict[TerritoryKind, tuple[str, ...]]:
    """The twenty territories that have to be reached, by kind."""
    unioni = {code(m.unione) for m in territory.memberships() if m.unione}
    distretti = {code(m.distretto) for m in territory.memberships() if m.distretto}
    return {
        TerritoryKind.QUARTIERE: tuple(sorted(Quartiere)),
        TerritoryKind.UNIONE: tuple(sorted(unioni)),
        TerritoryKind.DISTRETTO: tuple(sorted(distretti)),
    }


def known(kind: TerritoryKind, name: str, on: date) -> bool:
    """Whether there is such a territory on that day."""
    if kind is TerritoryKind.COMUNE:
        return territory.in_territory(name, on)
    return name in owed()[kind]
