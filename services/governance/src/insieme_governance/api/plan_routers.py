"""The routers of the plan, the Board, the presentation, the study and the registers."""

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

PLAN_ROUTERS: tuple[APIRouter, ...] = (
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
