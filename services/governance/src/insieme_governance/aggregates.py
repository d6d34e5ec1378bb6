"""The aggregates of governance with their edges: what their decisions are told, and the views that they write."""

from __future__ import annotations

from typing import Any

from insieme_events.units import Aggregate
from insieme_governance.plan_aggregates import PLAN_AGGREGATES

AGGREGATES: tuple[Aggregate[Any, Any, Any], ...] = (*PLAN_AGGREGATES,)
