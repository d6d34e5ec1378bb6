"""RegisterEntry: recorded, and corrected by saying it again (P19, P23, P26, P46, P47, P48, P71, P73, P76, P77, P78).

One aggregate for all kinds: what differs is what an entry must hold (`rules`) and which event records it (`kinds`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from insieme_events.contracts import Code, DomainEvent
from insieme_events.contracts.governance_registers import (
    DeskClosed,
    DeskRegistered,
    EntryEvent,
    EntryVoided,
    InstrumentRegistered,
    InstrumentStatus,
    InstrumentStatusChanged,
    IntegrationRegistered,
    IntegrationStatus,
    IntegrationStatusChanged,
    PracticeAdopted,
    PracticeProposed,
    PracticeShared,
    RecordedEntry,
)
from insieme_events.days import Day
from insieme_events.decider import Command, Decider, Decision, RefusalKind, Refused
from insieme_governance.gates import in_force, not_after
from insieme_governance.registers.facts import AnyFact
from insieme_governance.registers.kinds import BY_EVENT, kind_of
from insieme_governance.registers.rules import RegisterCircumstances, wrong

ENTRY_UNKNOWN = Refused(
    code="governance.entry_unknown",
    sentence="There is no entry with this id: record it first.",
    kind=RefusalKind.NOT_FOUND,
)
ALREADY_RECORDED = Refused(
    code="governance.entry_recorded_already",
    sentence="This entry is recorded already: correct it, or record another one under an id of its own.",
)
ENTRY_VOIDED = Refused(
    code="governance.entry_voided",
    sentence="This entry was voided: record a new one.",
)
OTHER_KIND = Refused(
    code="governance.entry_of_other_kind",
    sentence="This entry is one of {kind}: send this to an entry of its own kind.",
)
CORRECTS_OTHER = Refused(
    code="governance.corrects_other",
    sentence="The entry was recorded last by event {event}, and that is what a correction has to name: read it again.",
)
BEFORE_ENTRY = Refused(
    code="governance.before_entry",
    sentence="The entry is of {recorded_on}: nothing of it can be dated earlier.",
)
ENTRY_ENDED = Refused(
    code="governance.entry_ended",
    sentence="This entry is {status} for good: record a new one.",
    clause="P19",
)
FINAL = {InstrumentStatus.CLOSED.value, IntegrationStatus.ENDED.value}
CLOSED = "closed"


class RecordEntry(Command):
    entry_id: UUID
    fact: AnyFact

    @property
    def on(self) -> date:
        return self.fact.on


class CorrectEntry(Command):
    """Says the whole entry again, in the place of the event `corrects`."""

    corrects: UUID
    fact: AnyFact

    @property
    def on(self) -> date:
        return self.fact.on


class VoidEntry(Command):
    """The entry should never have been made; `voids` is the event that recorded it last."""

    voids: UUID
    on: Day


class ChangeInstrumentStatus(Command):
    """An instrument is being activated, active, or closed (P19)."""

    status: InstrumentStatus
    on: Day


class ChangeIntegrationStatus(Command):
    """How far an integration is (P46)."""

    status: IntegrationStatus
    on: Day


class AdoptPractice(Command):
    """A party in force works by the practice from now on (P23)."""

    adopted_by: Code
    on: Day


class SharePractice(Command):
    """The practice was shared with a party, or with somebody outside (P23, P47)."""

    shared_with: Code
    on: Day


class CloseDesk(Command):
    """From `on` the desk is closed (P71)."""

    on: Day


ChangeEntry = ChangeInstrumentStatus | ChangeIntegrationStatus | AdoptPractice | SharePractice | CloseDesk
RegisterCommand = RecordEntry | CorrectEntry | VoidEntry | ChangeEntry


@dataclass(frozen=True, slots=True)
class NotRecorded:
    pass


@dataclass(frozen=True, slots=True)
class Recorded:
    """`fact` is the event that recorded the entry last; `moved_to` a status that it reached since, if any."""

    fact: RecordedEntry
    corrected: bool = False
    moved_to: str | None = None
    adopted_by: tuple[str, ...] = ()
    shared_with: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        return self.moved_to or BY_EVENT[type(self.fact)].status_of(self.fact)


@dataclass(frozen=True, slots=True)
class EntryGone:
    """Voided; what it was is kept for the register."""

    was: Recorded


RegisterEntry = NotRecorded | Recorded | EntryGone


def decide(command: RegisterCommand, state: RegisterEntry, circumstances: RegisterCircumstances) -> Decision:
    if future := not_after(circumstances.today, command.on):
        return future
    match command:
        case RecordEntry():
            return record(command, state, circumstances)
        case CorrectEntry():
            return correct(command, state, circumstances)
        case VoidEntry():
            return void(command, state, circumstances)
        case ChangeInstrumentStatus() | ChangeIntegrationStatus() | AdoptPractice() | SharePractice() | CloseDesk():
            return change(command, state, circumstances)
        case _:
            assert_never(command)


def event_of(entry_id: UUID, fact: AnyFact, corrects: UUID | None) -> RecordedEntry:
    """The event of the fact's kind, with the fact's own fields."""
    values = {name: getattr(fact, name) for name in type(fact).model_fields if name != "on"}
    return kind_of(fact).event(entry_id=entry_id, corrects=corrects, occurred_on=fact.on, **values)


def same(recorded: RecordedEntry, event: RecordedEntry) -> bool:
    """Whether both say the same, whoever said it and in the place of what."""
    return recorded.model_copy(update={"corrects": None, "by": None}) == event.model_copy(update={"corrects": None})


def record(command: RecordEntry, entry: RegisterEntry, circumstances: RegisterCircumstances) -> Decision:
    event = event_of(command.entry_id, command.fact, None)
    match entry:
        case NotRecorded():
            return wrong(command.fact, circumstances) or [event]
        case Recorded(fact=recorded) if same(recorded, event):
            return []
        case Recorded():
            return ALREADY_RECORDED
        case EntryGone():
            return ENTRY_VOIDED
        case _:
            assert_never(entry)


def correct(command: CorrectEntry, entry: RegisterEntry, circumstances: RegisterCircumstances) -> Decision:
    match entry:
        case NotRecorded():
            return ENTRY_UNKNOWN
        case EntryGone():
            return ENTRY_VOIDED
        case Recorded(fact=recorded) if type(recorded) is not kind_of(command.fact).event:
            return OTHER_KIND.about(kind=BY_EVENT[type(recorded)].name)
        case Recorded(fact=recorded):
            event = event_of(recorded.entry_id, command.fact, command.corrects)
            if same(recorded, event):
                return []
            if command.corrects != circumstances.last_event:
                return CORRECTS_OTHER.about(event=circumstances.last_event)
            return wrong(command.fact, circumstances) or [event]
        case _:
            assert_never(entry)


def void(command: VoidEntry, entry: RegisterEntry, circumstances: RegisterCircumstances) -> Decision:
    match entry:
        case NotRecorded():
            return ENTRY_UNKNOWN
        case EntryGone():
            return []
        case Recorded() if command.voids != circumstances.last_event:
            return CORRECTS_OTHER.about(event=circumstances.last_event)
        case Recorded(fact=recorded):
            return [EntryVoided(entry_id=recorded.entry_id, voids=command.voids, occurred_on=command.on)]
        case _:
            assert_never(entry)


def change(command: ChangeEntry, entry: RegisterEntry, circumstances: RegisterCircumstances) -> Decision:
    match entry:
        case NotRecorded():
            return ENTRY_UNKNOWN
        case EntryGone():
            return ENTRY_VOIDED
        case Recorded(fact=recorded) if command.on < recorded.occurred_on:
            return BEFORE_ENTRY.about(recorded_on=recorded.occurred_on)
        case Recorded():
            return changed(command, entry, circumstances)
        case _:
            assert_never(entry)


def changed(command: ChangeEntry, entry: Recorded, circumstances: RegisterCircumstances) -> Decision:
    entry_id, on = entry.fact.entry_id, command.on
    match command, entry.fact:
        case (ChangeInstrumentStatus(status=status), InstrumentRegistered()) | (
            ChangeIntegrationStatus(status=status),
            IntegrationRegistered(),
        ) if status == entry.status:
            return []
        case (ChangeInstrumentStatus(), InstrumentRegistered()) | (
            ChangeIntegrationStatus(),
            IntegrationRegistered(),
        ) if entry.status in FINAL:
            return ENTRY_ENDED.about(status=entry.status)
        case ChangeInstrumentStatus(status=now), InstrumentRegistered():
            return [InstrumentStatusChanged(entry_id=entry_id, status=now, occurred_on=on)]
        case ChangeIntegrationStatus(status=reached), IntegrationRegistered():
            return [IntegrationStatusChanged(entry_id=entry_id, status=reached, occurred_on=on)]
        case AdoptPractice(adopted_by=party), PracticeProposed():
            if unknown := in_force(circumstances.parties, {party}, on):
                return unknown
            new = party not in entry.adopted_by
            return [PracticeAdopted(entry_id=entry_id, adopted_by=party, occurred_on=on)] if new else []
        case SharePractice(shared_with=with_whom), PracticeProposed():
            new = with_whom not in entry.shared_with
            return [PracticeShared(entry_id=entry_id, shared_with=with_whom, occurred_on=on)] if new else []
        case CloseDesk(), DeskRegistered():
            return [] if entry.status == CLOSED else [DeskClosed(entry_id=entry_id, occurred_on=on)]
        case _:
            return OTHER_KIND.about(kind=BY_EVENT[type(entry.fact)].name)


def evolve(state: RegisterEntry, event: DomainEvent) -> RegisterEntry:
    match state, event:
        case NotRecorded(), RecordedEntry():
            return Recorded(event)
        case Recorded(), RecordedEntry():
            return replace(state, fact=event, corrected=True)
        case Recorded(), EntryVoided():
            return EntryGone(state)
        case Recorded(), EntryEvent():
            return after(state, event)
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__} on an entry's stream")


def after(entry: Recorded, event: EntryEvent) -> Recorded:
    match event:
        case InstrumentStatusChanged(status=status) | IntegrationStatusChanged(status=status):
            return replace(entry, moved_to=status.value)
        case PracticeAdopted(adopted_by=party):
            return replace(entry, moved_to="adopted", adopted_by=(*entry.adopted_by, party))
        case PracticeShared(shared_with=with_whom):
            return replace(entry, shared_with=(*entry.shared_with, with_whom))
        case DeskClosed():
            return replace(entry, moved_to=CLOSED)
        case _:
            raise TypeError(f"{type(event).__name__} changes no entry")


REGISTER_ENTRY: Decider[RegisterEntry, RegisterCommand, RegisterCircumstances] = Decider(
    context="governance", name="register_entry", initial=NotRecorded(), decide=decide, evolve=evolve
)
