"""Measures and the coordination table over HTTP; every answer says what it counts and how far it reaches."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from insieme_events.clock import business_date, start_of
from insieme_events.decider import RefusalKind, Refused
from insieme_events.http import Limit, WaitFor, until_applied
from insieme_events.problems import RESPONSES, ProblemError
from insieme_events.service import Running
from insieme_reporting import coordination, examples, measuring, versions
from insieme_reporting.cut import cut
from insieme_reporting.gaps import NO_RATE, gaps
from insieme_reporting.measure import RATIOS
from insieme_reporting.measuring import Measures, Question

KNOWN_AT = Refused(
    "reporting.known_at",
    "known_at must be a day (2021-03-31) or an instant with its zone (2021-03-31T12:00:00Z).",
    kind=RefusalKind.INVALID,
)
KNOWN_AT_FUTURE = Refused(
    "reporting.known_at_future",
    "Nobody knows yet what will be known on {day}. Leave known_at out for the latest figures.",
    kind=RefusalKind.INVALID,
)
CURSOR = Refused("reporting.cursor", "Take the cursor `next` of the page before as it is.", kind=RefusalKind.INVALID)

router = APIRouter(prefix="/v1", tags=["figures"], responses=RESPONSES)

Since = Annotated[date, Query(alias="from", description="First day of the period", examples=["2017-06-01"])]
To = Annotated[date, Query(description="Last day of the period; it counts", examples=["2021-12-31"])]
By = Annotated[
    str | None,
    Query(
        max_length=200,
        description="Breakdowns, separated by commas; only those that the measure has",
        examples=["year"],
    ),
]
KnownAt = Annotated[
    str | None,
    Query(
        max_length=40, description="As known on that day (its end in Rome) or at that instant", examples=["2021-03-31"]
    ),
]


class Figure(BaseModel):
    """Without breakdowns there is one row. A row of a rate has numerator and denominator beside its value."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.FIGURE]})

    measure: str
    version: int
    title: dict[str, str]
    unit: str
    since: date = Field(alias="from")
    to: date
    by: list[str]
    known_at: datetime | None
    cut: dict[str, Any]
    rows: list[dict[str, Any]]


@router.get("/measures", responses=examples.shown(examples.MEASURES))
async def measures(request: Request) -> list[dict[str, Any]]:
    """Every measure with its definition, the event-time it uses and the breakdowns it has."""
    async with versions.active(_service(request)) as (_, version):
        return [
            {"version": version.definition.version, **asdict(measure)} | {"population": measure.file}
            for measure in version.measures.measures
        ]


@router.get("/measures/{name}")
async def measure(
    name: str,
    request: Request,
    since: Since,
    to: To,
    by: By = None,
    known_at: KnownAt = None,
    wait_for: WaitFor = None,
) -> Figure:
    """One figure: any period, any breakdown that the measure has, as known on any day."""
    service = _service(request)
    if wait_for is not None:
        await until_applied(service, await versions.active_subscription(service), wait_for)
    async with versions.active(service) as (connection, version):
        question = _question(version.measures, name, since, to, by, _instant(service, known_at))
        return Figure.model_validate(
            {
                "measure": name,
                "version": version.definition.version,
                "title": asdict(question.measure.title),
                "unit": question.measure.unit,
                "from": since,
                "to": to,
                "by": list(question.by),
                "known_at": question.known_at,
                "cut": await cut(connection, version.definition.subscription),
                "rows": await measuring.answer(connection, version.measures, question),
            }
        )


@router.get("/measures/{name}/gaps", responses=examples.shown(examples.GAPS))
async def gaps_between(
    name: str,
    request: Request,
    since: Since,
    to: To,
    by: Annotated[
        str, Query(description="The breakdown whose groups are compared", max_length=80, examples=["gender"])
    ],
    known_at: KnownAt = None,
) -> dict[str, Any]:
    """A rate by group beside the rate of all, with the ratio of the two (P09); only measures that are rates."""
    service = _service(request)
    async with versions.active(service) as (connection, version):
        instant = _instant(service, known_at)
        question = _question(version.measures, name, since, to, by, instant)
        if question.measure.value not in RATIOS:
            raise ProblemError(NO_RATE)
        if len(question.by) != 1:
            raise ProblemError(measuring.TOO_MANY)
        overall = _question(version.measures, name, since, to, None, instant)
        parts, (whole,) = await measuring.answers(connection, version.measures, [question, overall])
    return {
        "measure": name,
        "version": version.definition.version,
        "from": since,
        "to": to,
        "by": by,
        "known_at": instant,
        "all": whole,
        "rows": gaps(by, parts, whole),
    }


@router.get("/measures/{name}/statement", responses=examples.shown(examples.STATEMENT))
async def statement(
    name: str,
    request: Request,
    since: Since,
    to: To,
    by: By = None,
    known_at: KnownAt = None,
) -> dict[str, Any]:
    """The SQL behind a figure, whole, and what is bound in it: who reads the facts has the same rows by it."""
    service = _service(request)
    async with versions.active(service) as (_, version):
        question = _question(version.measures, name, since, to, by, _instant(service, known_at))
        return {
            "measure": name,
            "version": version.definition.version,
            "schema": version.definition.schema,
            "parameters": measuring.parameters(question),
            "sql": version.measures.statement([question]),
        }


@router.get("/measures/{name}/units", responses=examples.shown(examples.UNITS))
async def units(
    name: str,
    request: Request,
    since: Since,
    to: To,
    known_at: KnownAt = None,
    limit: Limit = 50,
    after: Annotated[str | None, Query(max_length=200)] = None,
) -> dict[str, Any]:
    """The things that a figure counts, by day and id; for operators who explain a figure. Ids only."""
    service = _service(request)
    async with versions.active(service) as (connection, version):
        question = _question(version.measures, name, since, to, None, _instant(service, known_at))
        rows = await measuring.units(connection, version.measures, question, _cursor(after), limit + 1)
    page = rows[:limit]
    following = f"{page[-1]['on_date']}~{page[-1]['unit']}" if len(rows) > limit else None
    return {"items": page, "next": following}


@router.get("/coordination-table", responses=examples.shown(examples.TABLE))
async def coordination_table(
    request: Request, since: Since, to: To, known_at: KnownAt = None, wait_for: WaitFor = None
) -> dict[str, Any]:
    """The table of the Tavolo di coordinamento (P51, P53): each line in total and by year, with its definition."""
    service = _service(request)
    if wait_for is not None:
        await until_applied(service, await versions.active_subscription(service), wait_for)
    instant = _instant(service, known_at)
    async with versions.active(service) as (connection, version):
        found = await coordination.table(connection, version.measures, since, to, instant)
        return {
            "from": since,
            "to": to,
            "known_at": instant,
            "version": version.definition.version,
            "cut": await cut(connection, version.definition.subscription),
            **found,
        }


def _service(request: Request) -> Running:
    service: Running = request.app.state.service
    return service


def _question(
    measures: Measures, name: str, since: date, to: date, by: str | None, known_at: datetime | None
) -> Question:
    found = measures.named(name)
    if isinstance(found, Refused):
        raise ProblemError(found)
    names = tuple(part.strip() for part in by.split(",") if part.strip()) if by else ()
    question = Question(found, since, to, names, known_at)
    refused = question.refused()
    if refused is not None:
        raise ProblemError(refused)
    return question


def _instant(service: Running, text: str | None) -> datetime | None:
    """A day means its end in Rome; an instant needs its zone."""
    if text is None:
        return None
    now = service.clock()
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            day = date.fromisoformat(text)
            if day > business_date(now):
                raise ProblemError(KNOWN_AT_FUTURE.about(day=day))
            return start_of(day + timedelta(days=1)) - timedelta(microseconds=1)
        instant = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise ProblemError(KNOWN_AT) from None
    if instant.tzinfo is None:
        raise ProblemError(KNOWN_AT)
    if instant > now:
        raise ProblemError(KNOWN_AT_FUTURE.about(day=instant.astimezone(UTC).isoformat()))
    return instant


def _cursor(text: str | None) -> tuple[date, str]:
    if text is None:
        return date(1, 1, 1), ""
    day, _, unit = text.partition("~")
    try:
        return date.fromisoformat(day), unit
    except ValueError:
        raise ProblemError(CURSOR) from None
