"""What governance tells of meetings and registers, in short words, for histories of figures."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from insieme_events.contracts import governance_bodies as bodies
from insieme_events.contracts import governance_registers as registers
from insieme_events.contracts.governance_plan import (
    AnnualPresentationOverdue,
    AnnualResultsPresented,
    PresentationKind,
)
from insieme_events.contracts.vocabulary import BodyKind
from insieme_reporting.testing import History

VERSION = "2017.1"


class Meeting:
    """A meeting with whom it invites."""

    def __init__(
        self, history: History, meets_on: date, *invited: str, kind: BodyKind = BodyKind.COORDINATION_TABLE
    ) -> None:
        self.history, self.meeting_id, self.body_id = history, uuid4(), uuid4()
        self.ids: dict[str, Any] = {"meeting_id": self.meeting_id}
        self.whole: dict[str, Any] = {
            **self.ids,
            "body_id": self.body_id,
            "protocol_id": uuid4(),
            "agreement_version": VERSION,
        }
        self.taken = 0
        self.record(
            bodies.MeetingConvened(**self.whole, kind=kind, meets_on=meets_on, invited=invited, occurred_on=meets_on)
        )

    def record(self, event: bodies.MeetingEvent) -> None:
        self.history.record(f"meeting-{self.meeting_id}", event)

    def held(self, on: date, *invited: str) -> None:
        self.record(bodies.MeetingHeld(**self.whole, invited=invited, occurred_on=on))

    def attended(self, on: date, **present: bool) -> None:
        for party, there in present.items():
            event = bodies.MeetingAttendanceRecorded(**self.ids, party=party, present=there, occurred_on=on)
            self.record(event)

    def decided(
        self, on: date, subject: bodies.DecisionSubject, owner: str | None = None, deadline: date | None = None
    ) -> int:
        self.taken += 1
        named = {"decision_id": uuid4(), "decision_no": self.taken}
        self.record(
            bodies.DecisionTaken(**self.ids, **named, subject=subject, owner=owner, deadline=deadline, occurred_on=on)
        )
        return self.taken

    def completed(self, number: int, on: date) -> None:
        named: dict[str, Any] = {"decision_id": uuid4(), "decision_no": number}
        self.record(bodies.DecisionCompleted(**self.ids, **named, occurred_on=on))


class Register:
    """Entries of the registers: each method answers the id of its entry."""

    def __init__(self, history: History) -> None:
        self.history = history

    def says(self, kind: type[registers.RecordedEntry], on: date, entry_id: UUID | None = None, /, **said: Any) -> UUID:
        """Records an entry; with the id of one that is there, it corrects that one."""
        made = entry_id or uuid4()
        corrects = uuid4() if entry_id else None
        self.record(made, kind(entry_id=made, corrects=corrects, occurred_on=on, **said))
        return made

    def record(self, entry_id: UUID, event: registers.EntryEvent) -> None:
        self.history.record(f"register_entry-{entry_id}", event)

    def voided(self, entry_id: UUID, on: date) -> None:
        self.record(entry_id, registers.EntryVoided(entry_id=entry_id, voids=uuid4(), occurred_on=on))


def presented(history: History, stream: UUID, year: int, on: date, late: bool = False) -> None:
    told: dict[str, Any] = {"snapshot_id": uuid4(), "snapshot_hash": "0" * 64, "comune": "037006"}
    event = AnnualResultsPresented(year=year, **told, kind=PresentationKind.BOTH, late=late, occurred_on=on)
    history.record(f"annual_presentation-{stream}", event)


def overdue(history: History, stream: UUID, year: int) -> None:
    due = date(year, 12, 31)
    event = AnnualPresentationOverdue(year=year, due_on=due, occurred_on=date(year + 1, 1, 1))
    history.record(f"annual_presentation-{stream}", event)
