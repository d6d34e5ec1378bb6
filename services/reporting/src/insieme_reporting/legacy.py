"""Figures of the years before the platform, as they were published (P68).

They are opening balances with a source, never facts: a year that has events of its own is counted by its events, and
both stand beside one another where the two differ. Publications contradict one another, so none replaces another.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import orjson
from psycopg.rows import dict_row
from pydantic import BaseModel, ConfigDict, Field

from insieme_events.contracts import Actor, Code
from insieme_events.decider import RefusalKind, Refused
from insieme_events.problems import ProblemError
from insieme_events.store import Connection
from insieme_reporting.measure import Value
from insieme_reporting.measuring import Measures, Question, answer

ADDED_UP = frozenset({Value.COUNT, Value.SUM})
ONLY_COUNTS = Refused(
    "reporting.legacy_only_counts",
    "{measure} is neither a count nor a sum: a ratio that was published has lost its numbers and cannot be taken in. "
    "Import its numbers.",
    clause="P68",
    kind=RefusalKind.INVALID,
)
OTHER_VALUE = Refused(
    "reporting.legacy_other_value",
    "The same source said something else about {measure} from {first_day} to {last_day} on that day: give the day of "
    "the later publication, or leave the figure out.",
    clause="P68",
)
PERIOD = Refused(
    "reporting.legacy_period",
    "The period of {measure} ends before it begins: both ends count. Correct it.",
    clause="P68",
    kind=RefusalKind.INVALID,
)

PUT = """
insert into reference.legacy_figures
    (measure, first_day, last_day, source, published_on, value, imported_at, imported_by)
values (%s, %s, %s, %s, %s, %s, now(), %s) on conflict on constraint legacy_figures_key do nothing
"""
SAME = """
select value from reference.legacy_figures
where (measure, first_day, last_day, source, published_on) = (%s, %s, %s, %s, %s)
"""
ALL = """
select measure, first_day, last_day, source, published_on, value from reference.legacy_figures
where measure = any(%s) order by measure, first_day, last_day, published_on, source
"""
OF_YEARS = """
select distinct on (first_day) extract(year from first_day)::int as year, value, source, published_on
from reference.legacy_figures
where measure = %s and first_day >= %s and last_day <= %s and extract(month from first_day) = 1
    and extract(day from first_day) = 1 and last_day = (first_day + interval '1 year - 1 day')::date
order by first_day, published_on desc, source
"""


class LegacyFigure(BaseModel):
    """One figure as a publication had it; both ends of the period count."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    measure: Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,60}$")]
    first_day: date = Field(alias="from")
    last_day: date = Field(alias="to")
    value: Annotated[int, Field(ge=0, le=10**12)]
    source: Code
    published_on: date

    @property
    def key(self) -> tuple[str, date, date, str, date]:
        return (self.measure, self.first_day, self.last_day, self.source, self.published_on)


async def put(connection: Connection, measures: Measures, figures: Sequence[LegacyFigure], actor: Actor) -> int:
    """Takes in all of them or none; answers how many were new. Raises ProblemError with the first that is wrong."""
    taken = 0
    for figure in figures:
        found = measures.named(figure.measure)
        if isinstance(found, Refused):
            raise ProblemError(found)
        if found.value not in ADDED_UP:
            raise ProblemError(ONLY_COUNTS.about(measure=figure.measure))
        if figure.first_day > figure.last_day:
            raise ProblemError(PERIOD.about(measure=figure.measure))
        done = await connection.execute(PUT, (*figure.key, figure.value, orjson.dumps(actor.model_dump()).decode()))
        taken += done.rowcount
        if done.rowcount == 0:
            row = await (await connection.execute(SAME, figure.key)).fetchone()
            if row is None or row[0] != figure.value:
                about = {"measure": figure.measure, "first_day": figure.first_day, "last_day": figure.last_day}
                raise ProblemError(OTHER_VALUE.about(**about))
    return taken


async def reconciled(connection: Connection, measures: Measures, names: Sequence[str]) -> list[dict[str, Any]]:
    """Every published figure of these measures beside what the events say of the same period, and the gap."""
    rows = await _rows(connection, ALL, (list(names),))
    found = []
    for row in rows:
        question = Question(measures.by_name[row["measure"]], row["first_day"], row["last_day"])
        (ours,) = await answer(connection, measures, question)
        gap = ours["value"] - row["value"]
        found.append({**_renamed(row), "by_events": ours["value"], "gap": gap})
    return found


async def series(connection: Connection, measures: Measures, question: Question) -> list[dict[str, Any]]:
    """A count or a sum by year: by its events where the year has any, else as it was published, with the source."""
    by_events = {row["year"]: row["value"] for row in await answer(connection, measures, question)}
    published = await _rows(connection, OF_YEARS, (question.measure.name, question.since, question.to))
    legacy = {row["year"]: row for row in published if row["year"] not in by_events}
    found = []
    for year in sorted({*by_events, *legacy}):
        if year in by_events:
            found.append({"year": year, "value": by_events[year], "source": "events"})
        else:
            found.append({"year": year, "value": legacy[year]["value"], "source": legacy[year]["source"]})
    return found


def _renamed(row: dict[str, Any]) -> dict[str, Any]:
    return {{"first_day": "from", "last_day": "to"}.get(name, name): value for name, value in row.items()}


async def _rows(connection: Connection, query: str, parameters: tuple[Any, ...]) -> list[dict[str, Any]]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query.encode(), parameters)
        return await cursor.fetchall()
