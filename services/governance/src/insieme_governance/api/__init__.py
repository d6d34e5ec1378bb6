"""HTTP of governance: thin routes that turn a request into a unit of steps, and reads of the views."""

from fastapi import APIRouter

from insieme_governance.api.plan_routers import PLAN_ROUTERS

ROUTERS: tuple[APIRouter, ...] = (*PLAN_ROUTERS,)

__all__ = ["ROUTERS"]
