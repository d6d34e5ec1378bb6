"""Who sits for each party at the two tables after 2021, one after the other (P50, P57).

A party names somebody, for a mandate or until it says otherwise. After a mandate its place may be empty for some weeks;
whoever is replaced is followed on the next day; and a party that leaves calls back whoever sat for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from uuid import UUID

from insieme_demo.days import between
from insieme_demo.ids import made
from insieme_demo.tables import Meeting
from insieme_events.contracts.vocabulary import Seat
from insieme_events.days import add_months
from insieme_governance.meeting import SEATS

FIRST = date(2022, 1, 10), date(2022, 1, 28)
"""When the parties name somebody for the years that follow: before the first meeting of February."""
MANDATE_MONTHS = 24
WAYS = {"stays": 35, "replaced": 40, "mandate": 25}


@dataclass(frozen=True, slots=True)
class Sitting:
    """`until` is the last day of a mandate, named with the nomination; `ended_on` the last day by the party's word."""

    party: str
    seat: Seat
    nominee_id: UUID
    since: date
    until: date | None = None
    ended_on: date | None = None

    def holds(self, on: date) -> bool:
        return self.since <= on <= min(self.until or date.max, self.ended_on or date.max)


def make(
    chance: Random, seed: int, parties: Iterable[str], gone: Mapping[str, date], last: date
) -> tuple[Sitting, ...]:
    """`parties` are those of the first day, `gone` those that leave, each with its first day as none."""
    found: list[Sitting] = []
    for party in sorted(parties):
        for seat in Seat:
            found += _of(chance, seed, len(found), party, seat, gone.get(party), last)
    return tuple(found)


def _of(
    chance: Random, seed: int, number: int, party: str, seat: Seat, gone_on: date | None, last: date
) -> Iterator[Sitting]:
    since, end = between(chance, *FIRST), last if gone_on is None else gone_on - timedelta(days=1)
    called_back = None if gone_on is None else end
    while since <= end:
        nominee_id = made(seed, "nominee", number)
        way = chance.choices(list(WAYS), list(WAYS.values()))[0]
        over = add_months(since, MANDATE_MONTHS) if way == "mandate" else since + timedelta(chance.randint(300, 800))
        if way == "stays" or over >= end:
            yield Sitting(party, seat, nominee_id, since, ended_on=called_back)
            return
        if way == "mandate":
            yield Sitting(party, seat, nominee_id, since, until=over)
            since = over + timedelta(days=chance.randint(10, 45))
        else:
            yield Sitting(party, seat, nominee_id, since, ended_on=over)
            since = over + timedelta(days=1)
        number += 1


def at(meeting: Meeting, sittings: Iterable[Sitting]) -> dict[str, UUID]:
    """Who sat there for each party that came; nobody at the Board, where companies sit."""
    seat = SEATS.get(meeting.kind)
    return {
        one.party: one.nominee_id
        for one in sittings
        if one.seat is seat and meeting.present.get(one.party, False) and one.holds(meeting.meets_on)
    }
