"""A file sent to a service that runs in the test's own process."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from unittest.mock import patch

import httpx

from insieme_events.desk import Desk
from insieme_events.importing import running, tables
from insieme_events.importing.kinds import Kind

Cells = Mapping[str, object]


def write(path: Path, rows: Sequence[Cells]) -> None:
    """A CSV file of these rows; what a row does not have is empty."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, delimiter=";")
        writer.writeheader()
        writer.writerows(rows)


async def imported(kind: Kind, client: httpx.AsyncClient, path: Path, *, dry: bool = False) -> list[dict[str, str]]:
    """The rows of the verdict file, in the order of the file."""
    out = running.verdict_path(path)
    with patch.object(running, "client_of", lambda *_: nullcontext(client)):
        await running.run(kind, tables.opened(path, kind.columns()), Desk("http://service", {}), out, dry=dry)
    with out.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def judged(rows: Sequence[Mapping[str, str]]) -> list[tuple[str, str, str]]:
    """Verdict, code and columns of each row."""
    return [(row["import_verdict"], row["import_code"], row["import_column"]) for row in rows]
