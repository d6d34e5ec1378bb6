"""HTTP of governance: thin routes that turn a request into a unit of steps, and reads of the views."""

from fastapi import APIRouter

from insieme_governance.api import (
    board,
    plan_actions,
    plan_years,
    presentations,
    register_lists,
    register_views,
    registers,
    studies,
)

ROUTERS: tuple[APIRouter, ...] = (
    plan_years.router,
    plan_actions.router,
    plan_actions.every_year,
    board.router,
    presentations.router,
    studies.router,
    registers.router,
    register_lists.router,
    register_views.router,
)

__all__ = ["ROUTERS"]
