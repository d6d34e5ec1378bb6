"""Published figures of the years before the platform over HTTP (P68)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request
from pydantic import BaseModel, Field

from insieme_events.access import CurrentActor
from insieme_events.decider import Refused
from insieme_events.problems import RESPONSES, ProblemError
from insieme_reporting import legacy, versions
from insieme_reporting.api import Since, To
from insieme_reporting.legacy import LegacyFigure
from insieme_reporting.measuring import Question

router = APIRouter(prefix="/v1", tags=["figures"], responses=RESPONSES)

FIGURE = {
    "measure": "placements",
    "from": "2020-01-01",
    "to": "2020-12-31",
    "value": 270,
    "source": "report_2020",
    "published_on": "2021-03-31",
}


class LegacyFigures(BaseModel):
    figures: Annotated[list[LegacyFigure], Field(min_length=1, max_length=1000)]


@router.post("/legacy-figures", status_code=201)
async def take_in(
    request: Request, actor: CurrentActor, body: Annotated[LegacyFigures, Body(examples=[{"figures": [FIGURE]}])]
) -> dict[str, int]:
    """Takes in figures as they were published, all or none; what was taken in before changes nothing (P68)."""
    service = request.app.state.service
    measures = versions.NEWEST.measures
    async with service.pool.connection() as connection:
        taken = await legacy.put(connection, measures, body.figures, actor)
    return {"taken": taken, "known": len(body.figures) - taken}


@router.get("/legacy-figures")
async def reconciliation(
    request: Request, measure: Annotated[str | None, Query(max_length=60)] = None
) -> list[dict[str, Any]]:
    """Published figures beside what the events say of the same period, with the gap (P68)."""
    async with versions.active(request.app.state.service) as (connection, version):
        names = list(version.measures.by_name) if measure is None else [_count(version.measures.named(measure)).name]
        return await legacy.reconciled(connection, version.measures, names)


@router.get("/measures/{name}/series")
async def series(request: Request, name: str, since: Since, to: To) -> dict[str, Any]:
    """A count or a sum by year: by its events, where a year has none as it was published, with the source (P68)."""
    async with versions.active(request.app.state.service) as (connection, version):
        question = Question(_count(version.measures.named(name)), since, to, ("year",))
        if refused := question.refused():
            raise ProblemError(refused)
        rows = await legacy.series(connection, version.measures, question)
        return {"measure": name, "version": version.definition.version, "from": since, "to": to, "rows": rows}


def _count(found: Any) -> Any:
    """The measure, where it is a count or a sum. Raises ProblemError."""
    if isinstance(found, Refused):
        raise ProblemError(found)
    if found.value not in legacy.ADDED_UP:
        raise ProblemError(legacy.ONLY_COUNTS.about(measure=found.name))
    return found
