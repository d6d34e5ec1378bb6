"""What governance is told of sittings, of the study, of presentations that did not come, and of the registers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from uuid import UUID

from insieme_demo.days import recorded
from insieme_demo.duties import NOTED_ON, Duties, Entry
from insieme_demo.happening import GovernancePhase, Happening, Kind, Order, Refers
from insieme_demo.ids import made
from insieme_demo.seats import Sitting
from insieme_events.contracts.vocabulary import Seat
from insieme_governance.presentation import NotePresentationOverdue, due_on, presentation_id
from insieme_governance.protocol.commands import EndNomination, NominateRepresentative, NominateTechnicalReferent
from insieme_governance.registers import CorrectEntry, RecordEntry
from insieme_governance.registers.entry import VoidEntry
from insieme_governance.registers.kinds import kind_of

NOMINATIONS = {Seat.REPRESENTATIVE: NominateRepresentative, Seat.TECHNICAL_REFERENT: NominateTechnicalReferent}


@dataclass
class Teller:
    """Makes happenings of governance; keys are numbered in the order of telling."""

    seed: int
    chance: Random
    part: str
    told: int = 0

    def tell(
        self,
        on: date,
        order: Order,
        phase: GovernancePhase = GovernancePhase.CARRIED_OUT,
        delay: int = 0,
        after: datetime | None = None,
    ) -> Happening:
        self.told += 1
        key = made(self.seed, f"{self.part} act", self.told)
        return Happening(recorded(self.chance, on, delay, after), key, (order,), phase)


def of_seats(chance: Random, seed: int, protocol_id: UUID, sittings: Iterable[Sitting]) -> Iterator[Happening]:
    """On the very day, so that whoever sits at a meeting is known before its minutes are written."""
    teller = Teller(seed, chance, "seat")
    for one in sittings:
        nominate = NOMINATIONS[one.seat](party=one.party, nominee_id=one.nominee_id, until=one.until, on=one.since)
        yield teller.tell(one.since, Order(Kind.PROTOCOL, protocol_id, nominate), GovernancePhase.CONVENED)
        if one.ended_on is not None:
            end = EndNomination(party=one.party, seat=one.seat, nominee_id=one.nominee_id, on=one.ended_on)
            yield teller.tell(one.ended_on, Order(Kind.PROTOCOL, protocol_id, end), GovernancePhase.CONVENED)


def of_duties(chance: Random, seed: int, duties: Duties) -> Iterator[Happening]:
    teller = Teller(seed, chance, "duty")
    after = None
    for command in duties.study:
        on = max(command.on, NOTED_ON)
        told = teller.tell(on, Order(Kind.STUDY, duties.protocol_id, command), after=after)
        after = told.recorded_at
        yield told
    for year in duties.not_presented:
        on = date(due_on(year).year + 1, 1, 1)
        note = NotePresentationOverdue(year=year, on=on)
        yield teller.tell(on, Order(Kind.PRESENTATION, presentation_id(year), note))
    for entry in duties.entries:
        yield from _entry(teller, entry)


def _entry(teller: Teller, entry: Entry) -> Iterator[Happening]:
    one, fact = entry.entry_id, entry.fact
    event = kind_of(fact).event.__name__
    record = Order(Kind.ENTRY, one, RecordEntry(entry_id=one, fact=fact))
    told = teller.tell(fact.on, record, delay=6)
    yield told
    for change in entry.changes:
        yield teller.tell(change.on, Order(Kind.ENTRY, one, change), after=told.recorded_at)
    if entry.corrected is not None:
        on, right = entry.corrected
        again = CorrectEntry(corrects=one, fact=right)
        yield teller.tell(on, Order(Kind.ENTRY, one, again, Refers("corrects", event)), after=told.recorded_at)
    if entry.voided_on is not None:
        void = VoidEntry(voids=one, on=entry.voided_on)
        order = Order(Kind.ENTRY, one, void, Refers("voids", event))
        yield teller.tell(entry.voided_on, order, after=told.recorded_at)
