"""HTTP of governance: thin routes that turn a request into a unit of steps, and reads of the views."""

from fastapi import APIRouter

from insieme_governance.api import agreements, bodies, meetings, protocols, register
from insieme_governance.api.plan_routers import PLAN_ROUTERS

ROUTERS: tuple[APIRouter, ...] = (
    protocols.router,
    register.router,
    agreements.router,
    agreements.limits_router,
    bodies.router,
    meetings.router,
    *PLAN_ROUTERS,
)

__all__ = ["ROUTERS"]
