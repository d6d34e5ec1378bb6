"""What matching's decisions on an internship are told on paper: who is in charge, the law, and other internships."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from tests.unit.demo.founded import LIMITS

from insieme_demo.happening import Order
from insieme_events.gates import Interval
from insieme_matching.internship.commands import (
    ApproveInternship,
    InternshipCircumstances,
    RequestInternship,
    Stay,
)
from insieme_matching.internship.state import Approved, Ended, Running, Suspended


def circumstances(
    order: Order,
    usual: tuple[Any, Any, Any],
    seen: Mapping[str, Any],
    in_charge: Callable[[UUID], tuple[Interval, ...] | None],
) -> InternshipCircumstances:
    """By what stood there when the batch began."""
    known, command = seen.get(order.stream), order.command
    place = command if isinstance(command, RequestInternship) else None if known is None else known.plan
    actor, today, agreement = usual
    return InternshipCircumstances(
        actor,
        today,
        agreement,
        in_charge=None if place is None else in_charge(place.person_id),
        company_known=place is not None and f"company-{place.company_id}" in seen,
        limits=LIMITS,
        of_person=stays(order, seen, "person_id"),
        of_host=stays(order, seen, "company_id"),
        funding_known=False,
    )


def stays(order: Order, seen: Mapping[str, Any], whose: str) -> tuple[Stay, ...]:
    """The other internships of the person or at the host; only an approval looks at them."""
    if not isinstance(order.command, ApproveInternship):
        return ()
    own, found = seen[order.stream].plan, []
    for stream, state in seen.items():
        standing = isinstance(state, Approved | Running | Suspended | Ended)
        if standing and stream != order.stream and getattr(state.plan, whose) == getattr(own, whose):
            until = state.ended_on if isinstance(state, Ended) else state.plan.ends_on
            same_host = state.plan.company_id == own.company_id
            found.append(Stay(state.plan.internship_id, same_host, state.plan.starts_on, until))
    return tuple(found)
