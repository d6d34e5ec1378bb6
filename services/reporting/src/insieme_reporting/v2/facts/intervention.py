"""A line of a person's ledger of interventions: confirmed, or found doubled (P25, P48)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts.intake_interventions import (
    InterventionEnded,
    InterventionEvent,
    InterventionLine,
    InterventionOverlapDetected,
    OverlapOverridden,
)
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow, readable
from insieme_reporting.v1.facts.changes import changed

EVENTS = (InterventionEvent,)


@dataclass(frozen=True, slots=True)
class InterventionVersion(FactRow):
    """`blocked_on` is the day on which it was found doubled, `overridden_on` that on which it was let go on all the
    same. `kind` and `measure`, the regional measure it belongs to, are sealed.
    """

    context: ClassVar[str] = "intake"
    stream_name: ClassVar[str] = "ledger"
    table: ClassVar[str] = "intervention_versions"
    key: ClassVar[tuple[str, ...]] = ("person_id", "intervention_id")
    sealed: ClassVar[tuple[str, ...]] = ("kind", "measure")

    person_id: UUID
    intervention_id: UUID
    party: str
    registered_on: date
    starts_on: date
    ends_on: date | None
    kind: str
    measure: str | None
    blocked_on: date | None = None
    overridden_on: date | None = None
    ended_on: date | None = None


def apply(latest: Mapping[tuple[Any, ...], InterventionVersion], stored: Stored) -> Sequence[InterventionVersion]:
    event = stored.event
    if not isinstance(event, InterventionEvent):
        return ()
    key, day = (event.person_id, event.intervention_id), event.occurred_on
    if isinstance(event, InterventionLine):
        blocked = day if isinstance(event, InterventionOverlapDetected) else None
        row = InterventionVersion(
            *key,
            event.party,
            day,
            event.starts_on,
            event.ends_on,
            readable(event.kind),
            readable(event.measure),
            blocked,
        )
        return changed(latest.get(key), row, always=True)
    before = latest[key]
    match event:
        case OverlapOverridden():
            return changed(before, replace(before, overridden_on=day))
        case InterventionEnded():
            return changed(before, replace(before, ended_on=day))
        case _:
            return ()
