"""Placements as an export of the UNILAV has them: the communications of all chains by day, and the verdict of each.

A wrong row is the last one of its chain, so that nothing hangs on it. Verdicts and the ledger of what the store must
have are written down here by hand, and nothing of them comes from the importer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path

from tests.end_to_end.imports.base import Base
from tests.end_to_end.imports.files import Cells, Expected, Made, Wrong, put
from tests.end_to_end.people import partita_iva

NOBODY = "00000000-0000-4000-8000-000000000000"
"""The id of no record."""
EVERY_CHAIN = 11
"""Some 2.9 rows each, so that three rows in a hundred are wrong."""
FIRST = date(2024, 4, 2)
DAY, TERM = timedelta(days=1), timedelta(days=91)
COLUMNS = (
    "row_key",
    "communication",
    "person_id",
    "company_id",
    "partita_iva",
    "starts_on",
    "vacancy_id",
    "ends_on",
    "contract_type",
    "working_time",
    "comune",
    "entry_kind",
    "transformation",
    "reason",
    "on",
)
SHAPES = (
    ("ASS", "CES"),
    ("ASS", "PRO", "CES"),
    ("ASS", "PRO", "TRS"),
    ("ASS", "PRO", "PRO", "TRS", "CES"),
    ("ASS", "PP", "CES"),
    ("ASS",),
    ("ASS", "PRO"),
)
"""What becomes of a placement; PP is the transformation that changes the hours."""
EVENTS = {
    "ASS": "PlacementStarted",
    "PRO": "PlacementExtended",
    "TRS": "PlacementTransformed",
    "CES": "PlacementEnded",
}
EARLY = "2024-03-20"
"""Before every placement, and after everybody was taken in charge."""
WRONG: dict[str, list[Wrong]] = {
    "ASS": [
        ({"contract_type": "C.01.00"}, "matching.not_a_placement", ""),
        ({"entry_kind": ""}, "import.value_missing", "entry_kind"),
        ({"ends_on": ""}, "matching.end_needed", ""),
        ({"ends_on": EARLY}, "matching.end_before_start", ""),
        ({"starts_on": "2024-01-15"}, "matching.not_in_charge", ""),
        ({"company_id": "", "partita_iva": partita_iva(99_999_999)}, "import.company_unknown", "partita_iva"),
        ({"vacancy_id": NOBODY}, "matching.vacancy_unknown", ""),
        ({"working_time": "X"}, "import.value_wrong", "working_time"),
        ({"starts_on": "31/04/2024"}, "import.no_such_day", "starts_on"),
    ],
    "PRO": [
        ({"ends_on": EARLY}, "matching.extension_not_later", ""),
        ({"starts_on": EARLY}, "import.placement_unknown", "person_id, company_id, starts_on"),
        ({"reason": "other"}, "import.value_wrong", "reason"),
        ({"ends_on": ""}, "import.value_missing", "ends_on"),
    ],
    "TRS": [
        ({"transformation": "TL"}, "import.value_wrong", "transformation"),
        ({"on": EARLY}, "matching.transformation_outside", ""),
        ({"contract_type": "A.02.00"}, "matching.transformation_not_permanent", ""),
        ({"transformation": "AI"}, "matching.transformation_not_from_this", ""),
    ],
    "CES": [
        ({"reason": ""}, "import.value_missing", "reason"),
        ({"on": EARLY}, "matching.end_outside", ""),
        ({"on": "30/02/2025"}, "import.no_such_day", "on"),
        ({"person_id": NOBODY}, "import.placement_unknown", "person_id, company_id, starts_on"),
        ({"reason": "noia"}, "import.value_wrong", "reason"),
    ],
}
DOUBLED: Wrong = ({}, "import.row_key_doubled", "row_key")

Chain = tuple[str, str, str]
"""Who works where since when."""
Happened = tuple[str, str]
"""An event's type and day."""


@dataclass
class Communication:
    """A row before it has its place in the file; `on` is the day on which it is told, `happens` that of its event."""

    chain: Chain
    on: date
    happens: date
    wrong: bool
    cells: Cells


@dataclass
class Placements:
    """The file, its rows as they should read, and the events of every chain in order."""

    made: Made
    right: list[Cells] = field(default_factory=list)
    recorded: dict[Chain, list[Happened]] = field(default_factory=dict)
    corrected: dict[Chain, list[Happened]] = field(default_factory=dict)
    """What is recorded once the wrong rows were put right."""


def write(path: Path, base: Base, count: int) -> Placements:
    told: list[Communication] = []
    number = 0
    while len(told) < count:
        told += list(chain(base, number))[: count - len(told)]
        number += 1
    told.sort(key=lambda one: one.on)
    made = Placements(Made(path, [], []))
    ways = {kind: cycle((*wrong, DOUBLED)) for kind, wrong in WRONG.items()}
    for place, one in enumerate(told):
        cells = {**dict.fromkeys(COLUMNS, ""), "row_key": f"1503724{place:09d}", **one.cells}
        kind = cells["communication"]
        made.right.append(cells)
        happened = (EVENTS[kind], one.happens.isoformat())
        made.corrected.setdefault(one.chain, []).append(happened)
        if one.wrong:
            changes, code, column = next(ways[kind])
            above = {"row_key": made.right[place - 1]["row_key"]}
            made.made.rows.append({**cells, **(changes or above)})
            made.made.expected.append(Expected(place + 2, False, code, column))
        else:
            made.made.rows.append(cells)
            made.made.expected.append(Expected(place + 2, True))
            made.recorded.setdefault(one.chain, []).append(happened)
    put(path, made.made.rows)
    return made


def chain(base: Base, number: int) -> Iterator[Communication]:
    """One placement from its start on: three months at a time; the fifth shape is permanent and begins part-time."""
    shape = SHAPES[number % len(SHAPES)]
    person = base.persons[number % len(base.persons)]
    place = number % len(base.companies)
    starts = FIRST + timedelta(days=11 * (number // len(base.persons)) + number % 7)
    which = (person, base.companies[place], starts.isoformat())
    permanent = "PP" in shape
    since, until = starts, starts + TERM
    naming = {"person_id": person, "starts_on": starts.isoformat()}
    # Every other company is known to whoever fills in the file by its partita IVA.
    naming |= {"partita_iva": partita_iva(place + 1)} if number % 2 else {"company_id": base.companies[place]}
    for at, kind in enumerate(shape):
        match kind:
            case "ASS":
                on = happens = starts
                cells = {
                    "ends_on": "" if permanent else until.isoformat(),
                    "contract_type": "A.01.00" if permanent else "A.02.00",
                    "working_time": "P" if permanent else "F",
                    "vacancy_id": base.vacancies[place] if number % 5 == 0 else "",
                    "comune": "037006",
                    "entry_kind": "re_entry",
                }
            case "PRO":
                on, happens = until, until + DAY
                since, until = happens, until + TERM
                cells = {"ends_on": until.isoformat()}
            case "TRS" | "PP":
                on = happens = since + timedelta(days=30)
                since, permanent = on, True
                became = {"transformation": "PP"} if kind == "PP" else {"transformation": "DI"}
                cells = {**became, "contract_type": "" if kind == "PP" else "A.01.00", "on": on.isoformat()}
            case _:
                on = happens = since + timedelta(days=40) if permanent else until
                cells = {"reason": "resignation" if permanent else "term_reached", "on": on.isoformat()}
        said = {"communication": "TRS" if kind == "PP" else kind, **naming, **cells}
        wrong = number % EVERY_CHAIN == EVERY_CHAIN - 1 and at == len(shape) - 1
        yield Communication(which, on, happens, wrong, said)
