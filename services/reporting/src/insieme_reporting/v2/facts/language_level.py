"""Italian of a participant, entering a course and leaving it (P38)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts.training_participations import LanguageLevelAssessed
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow, readable
from insieme_reporting.v1.facts.changes import changed

EVENTS = (LanguageLevelAssessed,)


@dataclass(frozen=True, slots=True)
class LanguageLevelVersion(FactRow):
    """`level` is one of CEFR or below it; assessed again, the last one counts."""

    context: ClassVar[str] = "training"
    stream_name: ClassVar[str] = "participation"
    table: ClassVar[str] = "language_level_versions"
    key: ClassVar[tuple[str, ...]] = ("participation_id", "skill", "assessed_at")
    sealed: ClassVar[tuple[str, ...]] = ("level",)

    participation_id: UUID
    skill: str
    assessed_at: str
    person_id: UUID
    assessed_on: date
    level: str


def apply(latest: Mapping[tuple[Any, ...], LanguageLevelVersion], stored: Stored) -> Sequence[LanguageLevelVersion]:
    event = stored.event
    if not isinstance(event, LanguageLevelAssessed):
        return ()
    key = (event.participation_id, event.skill.value, event.assessed_at.value)
    row = LanguageLevelVersion(*key, event.person_id, event.occurred_on, readable(event.level))
    return changed(latest.get(key), row, always=True)
