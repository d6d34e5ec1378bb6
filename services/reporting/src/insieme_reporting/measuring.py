"""A measure, a period, breakdowns and a day of knowledge, to rows: one statement over the facts of one version."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from psycopg.rows import dict_row

from insieme_events.decider import RefusalKind, Refused
from insieme_events.store import Connection
from insieme_reporting.breakdowns import BREAKDOWNS
from insieme_reporting.measure import RATIOS, Measure, Reading, Value

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
    Value.SUM: "coalesce(sum(p.amount), 0)::bigint as value",
    Value.SHARE: "coalesce(sum(p.numerator_amount), 0)::bigint as numerator, "
    "coalesce(sum(p.denominator_amount), 0)::bigint as denominator",
    Value.COST: "coalesce(sum(p.amount), 0)::bigint as numerator, count(distinct p.denominator_unit) as denominator",
    Value.RATE: "count(distinct p.numerator_unit) as numerator, count(distinct p.denominator_unit) as denominator",
    Value.DAYS: "round(avg(p.days), 1)::float as value, "
    "percentile_cont(0.5) within group (order by p.days) as median, "
    "percentile_cont(0.9) within group (order by p.days) as p90, count(*) as count",
}

UNITS = {
    Value.RATE: "p.denominator_unit::text",
    Value.COST: "coalesce(p.denominator_unit::text, p.numerator_unit::text)",
}
"""The unit that a listing names, where it is not the population's `unit`; of a cost those of both sides."""
AMOUNTS = {Value.SUM: ", p.amount", Value.COST: ", p.amount", Value.SHARE: ", p.numerator_amount, p.denominator_amount"}

SET = re.compile(r"^(\w+) as \(", re.MULTILINE)
WORD = re.compile(r"\w+")


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
    together. A set that two of them name, and a population that two of them have, is that of the later version.
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
        return f"{self._with([question.measure for question in questions], arrays)}\nselect\n{arrays}"

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
        """The units behind a figure, by day and id, from a cursor on; with the amounts that a sum adds up."""
        value = question.measure.value
        unit = UNITS.get(value, "p.unit::text")
        return (
            f"{self._with([question.measure])}\nselect distinct {unit} as unit, p.on_date{AMOUNTS.get(value, '')}\n"
            f"from {_name(question.measure)} p\n"
            f"where {_period(question.measure)} and {unit} is not null\n"
            f"and (p.on_date, {unit}) > (%(after_date)s, %(after_unit)s)\norder by 2, 1 limit %(limit)s"
        )

    def _with(self, measures: Sequence[Measure], asking: str = "") -> str:
        """The population of each of these measures, with the sets that they and what is asked of them stand on."""
        files = {_name(measure): measure.file for measure in measures}
        populations = {name: self._population(file) for name, file in files.items()}
        sets = _sets(self.packages)
        needed = _needed(sets, [*populations.values(), asking])
        made = [*(sets[name] for name in needed), *(f"{name} as (\n{text})" for name, text in populations.items())]
        # Recursive, since chains of merged persons are.
        return "with recursive " + ",\n".join(made)

    def _population(self, file: str) -> str:
        """Raises FileNotFoundError where no package of the version has it."""
        for package in reversed(self.packages):
            if _has(package, file):
                return _sql(package, file)
        raise FileNotFoundError(f"measures.population: there is no {file} in {', '.join(self.packages)}")


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
def _sets(packages: tuple[str, ...]) -> Mapping[str, str]:
    """The sets of all `base.sql` by name, without comments."""
    found: dict[str, str] = {}
    for package in packages:
        text = "\n".join(line for line in _sql(package, "base.sql").splitlines() if not line.strip().startswith("--"))
        starts = [*SET.finditer(text)]
        for start, following in zip(starts, [*starts[1:], None], strict=True):
            end = following.start() if following is not None else len(text)
            found[start[1]] = text[start.start() : end].rstrip().rstrip(",")
    return found


def _needed(sets: Mapping[str, str], texts: Iterable[str]) -> list[str]:
    """The sets that these texts stand on, each behind what it is made of: PostgreSQL reads no other for a question."""
    found: dict[str, None] = {}
    seen: set[str] = set()

    def add(text: str) -> None:
        for name in WORD.findall(text):
            if name in sets and name not in seen:
                seen.add(name)
                add(sets[name])
                found[name] = None

    for text in texts:
        add(text)
    return list(found)


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
        [_with_ratio(question.measure.value, r) for r in rows] if question.measure.value in RATIOS else rows
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


def _with_ratio(value_of: Value, row: dict[str, Any]) -> dict[str, Any]:
    """A ratio never stands without its numerator and denominator; over nothing it is null. A cost is in whole cents."""
    digits = None if value_of is Value.COST else 4
    value = round(row["numerator"] / row["denominator"], digits) if row["denominator"] else None
    return {**row, "value": value}
