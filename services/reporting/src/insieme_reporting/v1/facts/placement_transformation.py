"""A change of the contract inside a chain (trasformazione): no placement of its own, but later renewals follow it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts import matching
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow


@dataclass(frozen=True, slots=True)
class PlacementTransformationVersion(FactRow):
    """`transformation_no` counts from 1 within the employment, in order of recording."""

    context: ClassVar[str] = "matching"
    stream_name: ClassVar[str] = "employment"
    table: ClassVar[str] = "placement_transformation_versions"
    key: ClassVar[tuple[str, ...]] = ("employment_id", "transformation_no")
    sealed: ClassVar[tuple[str, ...]] = ()

    employment_id: UUID
    transformation_no: int
    transformed_on: date
    code: str
    contract_type: str
    contract_class: str
    working_time: str


def apply(
    latest: Mapping[tuple[Any, ...], PlacementTransformationVersion], stored: Stored
) -> Sequence[PlacementTransformationVersion]:
    event = stored.event
    if not isinstance(event, matching.PlacementTransformed):
        return ()
    return (
        PlacementTransformationVersion(
            event.employment_id,
            len(latest) + 1,
            event.occurred_on,
            event.code.value,
            event.contract_type,
            event.contract_class.value,
            event.working_time.value,
        ),
    )
