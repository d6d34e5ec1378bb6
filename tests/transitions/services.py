"""Every service as it is declared, and its aggregates."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

from insieme_events.service import ServiceDefinition
from insieme_events.units import Aggregate

SERVICES = ("intake", "matching", "training", "funding", "governance", "reporting")


@cache
def definition(service: str) -> ServiceDefinition:
    found = importlib.import_module(f"insieme_{service}.service").SERVICE
    assert isinstance(found, ServiceDefinition)
    return found


@cache
def aggregates() -> dict[tuple[str, str], Aggregate[Any, Any, Any]]:
    """Those that have states, by service and name. An answer to an erasure is given or not: it has no diagram."""
    return {
        (service, one.decider.name): one
        for service in SERVICES
        for one in definition(service).aggregates
        if not isinstance(one.decider.initial, bool)
    }
