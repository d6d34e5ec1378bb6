"""One person put forward for one vacancy (P32)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts import matching
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow
from insieme_reporting.v1.facts.changes import changed


@dataclass(frozen=True, slots=True)
class CandidacyVersion(FactRow):
    """`refused_by`: company or person; the reasons are closed lists of the contracts."""

    context: ClassVar[str] = "matching"
    stream_name: ClassVar[str] = "candidacy"
    table: ClassVar[str] = "candidacy_versions"
    key: ClassVar[tuple[str, ...]] = ("candidacy_id",)
    sealed: ClassVar[tuple[str, ...]] = ()

    candidacy_id: UUID
    vacancy_id: UUID
    person_id: UUID
    shortlisted_on: date | None = None
    presented_on: date | None = None
    interviewed_on: date | None = None
    accepted_on: date | None = None
    refused_on: date | None = None
    refused_by: str | None = None
    refusal_reason: str | None = None
    withdrawn_on: date | None = None
    withdrawal_reason: str | None = None


def apply(latest: Mapping[tuple[Any, ...], CandidacyVersion], stored: Stored) -> Sequence[CandidacyVersion]:
    event = stored.event
    if not isinstance(event, matching.CandidacyEvent):
        return ()
    before = latest.get((event.candidacy_id,))
    row = before or CandidacyVersion(event.candidacy_id, event.vacancy_id, event.person_id)
    return changed(before, _after(row, event))


def _after(candidacy: CandidacyVersion, event: matching.CandidacyEvent) -> CandidacyVersion:
    day = event.occurred_on
    match event:
        case matching.CandidateShortlisted():
            return replace(candidacy, shortlisted_on=day)
        case matching.CandidatePresented():
            return replace(candidacy, presented_on=day)
        case matching.CandidateInterviewed():
            return replace(candidacy, interviewed_on=day)
        case matching.CandidateAccepted():
            return replace(candidacy, accepted_on=day)
        case matching.CandidateRefused():
            return replace(
                candidacy, refused_on=day, refused_by=event.refused_by.value, refusal_reason=event.reason.value
            )
        case matching.CandidateWithdrawn():
            return replace(candidacy, withdrawn_on=day, withdrawal_reason=event.reason.value)
        case _:
            return candidacy
