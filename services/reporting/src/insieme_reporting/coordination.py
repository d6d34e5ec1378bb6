"""The coordination table: what the Tavolo di coordinamento looks at, from the same measures as every other figure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from insieme_events.decider import Refused
from insieme_events.problems import ProblemError
from insieme_events.store import Connection
from insieme_reporting.measuring import Measures, Question, answer

BY_YEAR = (
    "applications",
    "enrolled",
    "interviewed",
    "in_target",
    "taken_in_charge",
    "taken_in_charge_cohort_rate",
    "placements",
    "placed_persons",
    "first_time",
    "renewals",
    "permanent_share",
    "hiring_companies",
    "selections",
    "vacancies_opened",
)
BROKEN_DOWN = (
    ("enrolled", "gender"),
    ("enrolled", "over_50"),
    ("enrolled", "distretto"),
    ("placements", "gender"),
    ("placements", "contract_class"),
)


async def table(
    connection: Connection, measures: Measures, since: date, to: date, known_at: datetime | None
) -> dict[str, Any]:
    """`lines`: each measure in total and by year. `breakdowns`: each with its parts and their sum."""
    lines = [await _line(connection, measures, name, since, to, known_at) for name in BY_YEAR]
    parts = [await _parts(connection, measures, name, by, since, to, known_at) for name, by in BROKEN_DOWN]
    return {"lines": lines, "breakdowns": parts}


async def _line(
    connection: Connection, measures: Measures, name: str, since: date, to: date, known_at: datetime | None
) -> dict[str, Any]:
    measure = measures.by_name[name]
    total = await _ask(connection, measures, Question(measure, since, to, (), known_at))
    by_year = await _ask(connection, measures, Question(measure, since, to, ("year",), known_at))
    return {
        "measure": name,
        "title": {"it": measure.title.it, "en": measure.title.en},
        "unit": measure.unit,
        "definition": measure.definition,
        "total": total[0],
        "by_year": by_year,
    }


async def _parts(
    connection: Connection, measures: Measures, name: str, by: str, since: date, to: date, known_at: datetime | None
) -> dict[str, Any]:
    measure = measures.by_name[name]
    rows = await _ask(connection, measures, Question(measure, since, to, (by,), known_at))
    return {
        "measure": name,
        "title": {"it": measure.title.it, "en": measure.title.en},
        "by": by,
        "total": sum(row["value"] for row in rows),
        "rows": rows,
    }


async def _ask(connection: Connection, measures: Measures, question: Question) -> list[dict[str, Any]]:
    refused = question.refused()
    if isinstance(refused, Refused):
        raise ProblemError(refused)
    return await answer(connection, measures, question)
