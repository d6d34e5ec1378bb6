"""What parties bring in, and the good practices that they share (P23, P26, P47)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts.governance_registers import (
    ContributionRecorded,
    EntryVoided,
    InformationExchanged,
    PracticeAdopted,
    PracticeProposed,
    PracticeShared,
)
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow, Money
from insieme_reporting.v1.facts.changes import changed

OF_CONTRIBUTIONS = (ContributionRecorded, EntryVoided)
OF_PRACTICES = (PracticeProposed, PracticeAdopted, PracticeShared, EntryVoided)
OF_EXCHANGES = (InformationExchanged, EntryVoided)


@dataclass(frozen=True, slots=True)
class ContributionVersion(FactRow):
    """In hours, in euro cents, or both; a correction says the whole entry again (P26)."""

    context: ClassVar[str] = "governance"
    stream_name: ClassVar[str] = "register_entry"
    table: ClassVar[str] = "contribution_versions"
    key: ClassVar[tuple[str, ...]] = ("entry_id",)
    sealed: ClassVar[tuple[str, ...]] = ()

    entry_id: UUID
    party: str
    kind: str
    strand: str
    hours: int | None
    amount: Money | None
    given_on: date
    voided: bool = False


def contribution(
    latest: Mapping[tuple[Any, ...], ContributionVersion], stored: Stored
) -> Sequence[ContributionVersion]:
    match stored.event:
        case ContributionRecorded() as event:
            row = ContributionVersion(
                event.entry_id,
                event.party,
                event.kind.value,
                event.strand.value,
                event.hours,
                event.value,
                event.occurred_on,
            )
            return changed(latest.get((event.entry_id,)), row)
        case EntryVoided():
            return [replace(row, voided=True) for row in latest.values()]
        case _:
            return ()


class PracticeStep(StrEnum):
    PROPOSED = "proposed"
    ADOPTED = "adopted"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class PracticeVersion(FactRow):
    """One step of a practice and the party of it; where the proposal is corrected to another party, the first one's
    is voided (P23).
    """

    context: ClassVar[str] = "governance"
    stream_name: ClassVar[str] = "register_entry"
    table: ClassVar[str] = "practice_versions"
    key: ClassVar[tuple[str, ...]] = ("entry_id", "step", "party")
    sealed: ClassVar[tuple[str, ...]] = ()

    entry_id: UUID
    step: str
    party: str
    done_on: date
    voided: bool = False


def practice(latest: Mapping[tuple[Any, ...], PracticeVersion], stored: Stored) -> Sequence[PracticeVersion]:
    match stored.event:
        case PracticeProposed() as event:
            step, party = PracticeStep.PROPOSED, event.proposed_by
        case PracticeAdopted() as event:
            step, party = PracticeStep.ADOPTED, event.adopted_by
        case PracticeShared() as event:
            step, party = PracticeStep.SHARED, event.shared_with
        case EntryVoided():
            return [replace(row, voided=True) for row in latest.values()]
        case _:
            return ()
    row = PracticeVersion(event.entry_id, step.value, party, event.occurred_on)
    others = (
        [one for one in latest.values() if one.step == row.step and one.party != party and not one.voided]
        if step is PracticeStep.PROPOSED
        else []
    )
    return [
        *changed(latest.get((event.entry_id, row.step, party)), row),
        *(replace(other, voided=True) for other in others),
    ]


@dataclass(frozen=True, slots=True)
class ExchangeVersion(FactRow):
    """Information that a party gave to another, at which level (P47)."""

    context: ClassVar[str] = "governance"
    stream_name: ClassVar[str] = "register_entry"
    table: ClassVar[str] = "exchange_versions"
    key: ClassVar[tuple[str, ...]] = ("entry_id",)
    sealed: ClassVar[tuple[str, ...]] = ()

    entry_id: UUID
    party: str
    receiver: str
    level: str
    given_on: date
    voided: bool = False


def exchange(latest: Mapping[tuple[Any, ...], ExchangeVersion], stored: Stored) -> Sequence[ExchangeVersion]:
    match stored.event:
        case InformationExchanged() as event:
            row = ExchangeVersion(
                event.entry_id, event.from_party, event.to_party, event.level.value, event.occurred_on
            )
            return changed(latest.get((event.entry_id,)), row)
        case EntryVoided():
            return [replace(row, voided=True) for row in latest.values()]
        case _:
            return ()
