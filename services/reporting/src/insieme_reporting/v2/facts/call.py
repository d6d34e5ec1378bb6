"""A call, during which projects may be submitted (P43)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts.funding_projects import CallClosed, CallOpened
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow
from insieme_reporting.v1.facts.changes import changed


@dataclass(frozen=True, slots=True)
class CallVersion(FactRow):
    """`closed_on` is the first day on which no project was taken any more, where it ended before `closes_on`."""

    context: ClassVar[str] = "funding"
    stream_name: ClassVar[str] = "call"
    table: ClassVar[str] = "call_versions"
    key: ClassVar[tuple[str, ...]] = ("call_id",)
    sealed: ClassVar[tuple[str, ...]] = ()

    call_id: UUID
    strand: str
    opened_on: date
    closes_on: date
    closed_on: date | None = None


def apply(latest: Mapping[tuple[Any, ...], CallVersion], stored: Stored) -> Sequence[CallVersion]:
    match stored.event:
        case CallOpened() as event:
            return (CallVersion(event.call_id, event.strand.value, event.occurred_on, event.closes_on),)
        case CallClosed() as event:
            before = latest[(event.call_id,)]
            return changed(before, replace(before, closed_on=event.occurred_on))
        case _:
            return ()
