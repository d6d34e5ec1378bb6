"""What training and matching tell of interventions, as intake hears it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from insieme_events.contracts import Actor, DomainEvent
from insieme_events.contracts.matching import InternshipExtended, InternshipRequested
from insieme_events.contracts.vocabulary import InterventionKind
from insieme_events.envelope import Stored

TRAINER = Actor(party="fondazione_san_petronio", role="operator", purpose="case_work")


def heard(event: DomainEvent, by: Actor = TRAINER) -> Stored:
    return Stored(uuid4(), f"participation-{uuid4()}", 1, datetime.now(UTC), event.model_copy(update={"by": by}))


def internship(person_id: str, internship_id: UUID, **changes: Any) -> InternshipRequested:
    values: dict[str, Any] = {
        "internship_id": internship_id,
        "person_id": UUID(person_id),
        "company_id": uuid4(),
        "kind": InterventionKind.INTERNSHIP,
        "starts_on": date(2024, 5, 1),
        "ends_on": date(2024, 7, 31),
        "occurred_on": date(2024, 4, 3),
    }
    return InternshipRequested(**{**values, **changes})


def told_later(kind: type[DomainEvent], request: DomainEvent, day: date, **more: Any) -> DomainEvent:
    """A later event of the same intervention."""
    ids = {name: value for name, value in request.model_dump().items() if name.endswith("_id") or name == "strand"}
    return kind(**ids, occurred_on=day, **more)


AUTHORISED: dict[str, Any] = {
    "monthly_allowance": 60_000,
    "authorisation": "arl-2024-07",
    "authorised_on": date(2024, 7, 1),
    "host_staff": 12,
    "host_declared_on": date(2024, 7, 1),
    "limits_version": "2010.1",
}


def until_september(request: DomainEvent) -> Stored:
    longer = {"from_day": date(2024, 8, 1), "ends_on": date(2024, 8, 31), **AUTHORISED}
    return heard(told_later(InternshipExtended, request, date(2024, 7, 10), **longer))
