"""The versions of the facts over HTTP, for operators: `insieme projections` speaks to these paths (decision 13)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel

from insieme_events.access import CurrentActor
from insieme_events.decider import RefusalKind, Refused
from insieme_events.http import Limit
from insieme_events.problems import RESPONSES, ProblemError
from insieme_events.projection_operations import Operations
from insieme_events.service import Running
from insieme_reporting import versions

NO_PROJECTION = Refused(
    "projections.no_such_projection",
    "There is no projection of that name here. GET /v1/operations/projections lists them.",
    kind=RefusalKind.NOT_FOUND,
)

router = APIRouter(prefix="/v1/operations/projections", tags=["operations"], responses=RESPONSES)


class Promoted(BaseModel):
    """The version that is read from now on, and the one before it."""

    active: int
    previous: int | None


@router.get("")
async def projections(request: Request) -> list[dict[str, Any]]:
    """Every projection with its versions."""
    return [await _operations(request, versions.PROJECTION).status()]


@router.get("/{name}")
async def status(request: Request, name: str) -> dict[str, Any]:
    """Its versions: state, how far behind the active one, parked streams, progress of a rebuild, last comparison."""
    return await _operations(request, name).status()


@router.get("/{name}/actions")
async def actions(request: Request, name: str, limit: Limit = 50) -> list[dict[str, Any]]:
    """Who did what, newest first."""
    return [dict(row) for row in await _operations(request, name).history(limit)]


@router.post("/{name}/versions/{version}/verify")
async def verify(
    request: Request, name: str, actor: CurrentActor, version: int = Path(ge=1), against: int | None = None
) -> dict[str, Any]:
    """Compares it with the active version, or with another one, at an equal cut. Takes seconds per million rows."""
    return await _operations(request, name).verify(version, actor, against)


@router.post("/{name}/versions/{version}/promote")
async def promote(request: Request, name: str, actor: CurrentActor, version: int = Path(ge=1)) -> Promoted:
    """It is the one that is read from now on."""
    now = await _operations(request, name).promote(version, actor)
    return Promoted(active=now.version, previous=now.previous)


@router.post("/{name}/rollback")
async def rollback(request: Request, name: str, actor: CurrentActor) -> Promoted:
    """Back to the version that was read before."""
    now = await _operations(request, name).rollback(actor)
    return Promoted(active=now.version, previous=now.previous)


@router.post("/{name}/versions/{version}/retire")
async def retire(request: Request, name: str, actor: CurrentActor, version: int = Path(ge=1)) -> dict[str, Any]:
    """Its rows, cursors and letters go."""
    await _operations(request, name).retire(version, actor)
    return {"retired": version}


def _operations(request: Request, name: str) -> Operations:
    if name != versions.PROJECTION:
        raise ProblemError(NO_PROJECTION)
    service: Running = request.app.state.service
    return Operations(
        name, versions.definitions(), service.pool, service.settings.database_url, service.keys, service.clock
    )
