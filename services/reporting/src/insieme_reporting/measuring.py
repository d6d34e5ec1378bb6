"""A measure, a period, breakdowns and a day of knowledge, to rows: one statement over the facts of one version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from psycopg.rows import dict_row

from insieme_events.decider import RefusalKind, Refused
from insieme_events.store import Connection
from insieme_reporting.breakdowns import BREAKDOWNS
from insieme_reporting.measure import Measure, Reading, Value

UNKNOWN_MEASURE = Refused(
    "reporting.unknown_measure",
    "There is no measure of that name. GET /v1/measures lists them.",
    kind=RefusalKind.NOT_FOUND,
)
UNKNOWN_BREAKDOWN = Refused(
    "reporting.unknown_breakdown",
    "The measure {name} has no such breakdown. It has: {allowed}.",
    kind=RefusalKind.INVALID,
)
PERIOD = Refused(
    "reporting.period",
    "The period ends on {to}, before it begins on {since}. Both ends count.",
    kind=RefusalKind.INVALID,
)
TOO_MANY = Refused(
    "reporting.too_many_breakdowns",
    "Break down by three dimensions at most, each named once.",
    kind=RefusalKind.INVALID,
)

AGGREGATES = {
    Value.COUNT: "count(distinct p.unit) as value",
    Value.RATE: "count(distinct p.numerator_unit) as numerator, count(distinct p.denominator_unit) as denominator",
    Value.DAYS: "round(avg(p.days), 1)::float as value, "
    "percentile_cont(0.5) within group (order by p.days) as median, "
    "percentile_cont(0.9) within group (order by p.days) as p90, count(*) as count",
}


@dataclass(frozen=True)
class Question:
    """Both ends of the period count. `known_at` is an instant: what was recorded later is left out."""

    measure: Measure
    since: date
    to: date
    by: tuple[str, ...] = ()
    known_at: datetime | None = None

    def refused(self) -> Refused | None:
        if self.since > self.to:
            return PERIOD.about(to=self.to, since=self.since)
        if len(self.by) > 3 or len(set(self.by)) < len(self.by):
            return TOO_MANY
        for name in self.by:
            if name not in self.measure.by:
                return UNKNOWN_BREAKDOWN.about(name=self.measure.name, allowed=", ".join(self.measure.by))
        return None


@dataclass(frozen=True)
class Measures:
    """The measures of one version: their declarations and the packages that hold their SQL.

    A later version goes on with the SQL of the ones before it: what every measure stands on is all their `base.sql`
    together, and a population is the file of the first package that has it.
    """

    packages: tuple[str, ...]
    measures: tuple[Measure, ...]
    by_name: Mapping[str, Measure] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {measure.name: measure for measure in self.measures})

    def named(self, name: str) -> Measure | Refused:
        return self.by_name.get(name) or UNKNOWN_MEASURE

    def statement(self, questions: Sequence[Question]) -> str:
        """The SQL that answers questions about one period, as known on one day: one row, a JSON array per question.

        In one statement the latest versions of the facts are found once, however many figures stand on them.
        """
        arrays = ",\n".join(f"({self._rows(question)}) as answer_{n}" for n, question in enumerate(questions))
        return f"{self._with([question.measure for question in questions])}\nselect\n{arrays}"

    def _rows(self, question: Question) -> str:
        measure = question.measure
        chosen = [BREAKDOWNS[name] for name in question.by]
        columns = ", ".join([*(f"{b.sql} as {b.name}" for b in chosen), AGGREGATES[measure.value]])
        places = ", ".join(str(n) for n in range(1, len(chosen) + 1))
        grouped = f"group by {places} order by {places}" if chosen else ""
        joins = ""
        if any(b.needs_person for b in chosen):
            joins += "left join persons s on s.person_id = p.person_id\n"
        if any(b.needs_territory for b in chosen):
            joins += (
                "left join reference.territory t on t.comune = s.comune and p.on_date >= t.valid_from"
                " and (t.valid_to is null or p.on_date <= t.valid_to)\n"
            )
        inner = f"select {columns}\nfrom {_name(measure)} p\n{joins}where {_period(measure)}\n{grouped}"
        return f"select coalesce(json_agg(r), '[]') from (\n{inner}\n) r"

    def listing(self, question: Question) -> str:
        """The units behind a figure, by day and id, from a cursor on."""
        unit = "p.unit::text" if question.measure.value is not Value.RATE else "p.denominator_unit::text"
        return (
            f"{self._with([question.measure])}\nselect distinct {unit} as unit, p.on_date\n"
            f"from {_name(question.measure)} p\n"
            f"where {_period(question.measure)} and {unit} is not null\n"
            f"and (p.on_date, {unit}) > (%(after_date)s, %(after_unit)s)\norder by 2, 1 limit %(limit)s"
        )

    def _with(self, measures: Sequence[Measure]) -> str:
        """What every measure stands on, and the population of each of these."""
        files = {_name(measure): measure.file for measure in measures}
        populations = [f"{name} as (\n{self._population(file)})" for name, file in files.items()]
        base = [_sql(package, "base.sql") for package in self.packages]
        return "with " + ",\n".join([*base, *populations])

    def _population(self, file: str) -> str:
        return next(_sql(package, file) for package in self.packages if _has(package, file))


def _name(measure: Measure) -> str:
    return f"population_{measure.file.removesuffix('.sql')}"


def _period(measure: Measure) -> str:
    if measure.reading is Reading.STOCK:
        return "p.on_date <= %(to)s"
    return "p.on_date between %(from)s and %(to)s"


@cache
def _sql(package: str, name: str) -> str:
    return (files(package) / name).read_text(encoding="utf-8")


@cache
def _has(package: str, name: str) -> bool:
    return (files(package) / name).is_file()


def parameters(question: Question) -> dict[str, Any]:
    return {"from": question.since, "to": question.to, "known_at": question.known_at or "infinity"}


async def read_from(connection: Connection, schema: str) -> None:
    """Makes the open transaction read the facts of that schema.

    How many rows are the latest of their fact the planner can only guess, and it guesses too few: a nested loop over
    what it took for one row is the one plan that is ever bad here. Compiling such statements costs more than it gains.
    """
    await connection.execute(
        "select set_config('search_path', %s, true), set_config('enable_nestloop', 'off', true),"
        " set_config('jit', 'off', true)",
        (schema,),
    )


async def answers(
    connection: Connection, measures: Measures, questions: Sequence[Question]
) -> list[list[dict[str, Any]]]:
    """The rows of every question, in one statement; all ask about the same period, as known on the same day.

    The open transaction reads the schema of the version (`read_from`).
    """
    bounds = parameters(questions[0])
    if any(parameters(question) != bounds for question in questions):
        raise ValueError("questions of one statement share their period and their day of knowledge")
    row = await (await connection.execute(measures.statement(questions).encode(), bounds)).fetchone()
    assert row is not None
    return [
        [_with_ratio(r) for r in rows] if question.measure.value is Value.RATE else rows
        for question, rows in zip(questions, row, strict=True)
    ]


async def answer(connection: Connection, measures: Measures, question: Question) -> list[dict[str, Any]]:
    (rows,) = await answers(connection, measures, [question])
    return rows


async def units(
    connection: Connection, measures: Measures, question: Question, after: tuple[date, str], limit: int
) -> Sequence[dict[str, Any]]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        given = {**parameters(question), "after_date": after[0], "after_unit": after[1], "limit": limit}
        await cursor.execute(measures.listing(question).encode(), given)
        return await cursor.fetchall()


def _with_ratio(row: dict[str, Any]) -> dict[str, Any]:
    """A ratio never stands without its numerator and denominator; over nothing it is null."""
    value = round(row["numerator"] / row["denominator"], 4) if row["denominator"] else None
    return {**row, "value": value}
