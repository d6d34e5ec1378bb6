"""HTTP of funding: thin routes that turn a request into a unit of steps, and reads of the views."""

from insieme_funding.api.budgets import router as budgets
from insieme_funding.api.calls import router as calls
from insieme_funding.api.committees import router as committees
from insieme_funding.api.decisions import router as decisions
from insieme_funding.api.grants import router as grants
from insieme_funding.api.overviews import router as overviews
from insieme_funding.api.plans import router as plans
from insieme_funding.api.projects import router as projects
from insieme_funding.api.rights import router as rights

ROUTERS = (plans, budgets, calls, committees, projects, grants, decisions, overviews, rights)

__all__ = ["ROUTERS"]
