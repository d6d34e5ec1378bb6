"""HTTP of governance: thin routes that turn a request into a unit of steps, and reads of the views."""

from fastapi import APIRouter

from insieme_governance.api import (
    agreements,
    board,
    bodies,
    meetings,
    plan_actions,
    plan_years,
    presentations,
    protocols,
    register,
    register_lists,
    register_views,
    registers,
    studies,
)

ROUTERS: tuple[APIRouter, ...] = (
    protocols.router,
    register.router,
    agreements.router,
    agreements.limits_router,
    bodies.router,
    meetings.router,
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
