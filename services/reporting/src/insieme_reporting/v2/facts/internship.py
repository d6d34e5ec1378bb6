"""An internship (tirocinio), from the request to the two evaluations; never a placement (P34, P35)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts import matching_internships as told
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow
from insieme_reporting.v1.facts.changes import changed

EVENTS = (
    told.InternshipRequested,
    told.InternshipProjectRecorded,
    told.InternshipApproved,
    told.InternshipStarted,
    told.InternshipExtended,
    told.InternshipEnded,
    told.InternshipWithdrawn,
    told.InternshipEvaluated,
)


@dataclass(frozen=True, slots=True)
class InternshipVersion(FactRow):
    """`ends_on` is the day agreed last, `ended_on` the last day there was.

    For whom it is and what the evaluations say is sealed and no column: the stream of an internship has no marker of
    an erasure, so a copy could not be blanked. That an evaluation was made is known.
    """

    context: ClassVar[str] = "matching"
    stream_name: ClassVar[str] = "internship"
    table: ClassVar[str] = "internship_versions"
    key: ClassVar[tuple[str, ...]] = ("internship_id",)
    sealed: ClassVar[tuple[str, ...]] = ()

    internship_id: UUID
    person_id: UUID
    company_id: UUID
    strand: str
    requested_on: date
    starts_on: date
    ends_on: date
    funded_by_programme: bool | None = None
    approved_on: date | None = None
    started_on: date | None = None
    extensions: int = 0
    ended_on: date | None = None
    outcome: str | None = None
    withdrawn_on: date | None = None
    withdrawal_reason: str | None = None
    person_evaluated_on: date | None = None
    company_evaluated_on: date | None = None


def apply(latest: Mapping[tuple[Any, ...], InternshipVersion], stored: Stored) -> Sequence[InternshipVersion]:
    event = stored.event
    if isinstance(event, told.InternshipRequested):
        return (
            InternshipVersion(
                event.internship_id,
                event.person_id,
                event.company_id,
                event.strand.value,
                event.occurred_on,
                event.starts_on,
                event.ends_on,
            ),
        )
    if not isinstance(event, told.InternshipEvent):
        return ()
    before = latest[(event.internship_id,)]
    return changed(before, _after(before, event))


def _after(internship: InternshipVersion, event: told.InternshipEvent) -> InternshipVersion:
    day = event.occurred_on
    match event:
        case told.InternshipProjectRecorded():
            return replace(internship, funded_by_programme=event.funded_by_programme)
        case told.InternshipApproved():
            return replace(internship, approved_on=day, starts_on=event.starts_on, ends_on=event.ends_on)
        case told.InternshipStarted():
            return replace(internship, started_on=day)
        case told.InternshipExtended():
            return replace(internship, extensions=internship.extensions + 1, ends_on=event.ends_on)
        case told.InternshipEnded():
            return replace(internship, ended_on=day, outcome=event.outcome.value)
        case told.InternshipWithdrawn():
            return replace(internship, withdrawn_on=day, withdrawal_reason=event.reason.value)
        case told.InternshipEvaluated(evaluated_by=told.EvaluatedBy.PERSON):
            return replace(internship, person_evaluated_on=day)
        case told.InternshipEvaluated():
            return replace(internship, company_evaluated_on=day)
        case _:
            return internship
