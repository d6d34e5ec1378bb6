"""The view of communications: on what day a movement was communicated, where that was told, and whether it was late.

A void of links takes what was communicated of them with it, and of the transformations and the end that fall with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from insieme_events.contracts.matching import (
    EmploymentMovement,
    InternshipEnded,
    InternshipExtended,
    InternshipStarted,
    PlacementEnded,
    PlacementExtended,
    PlacementStarted,
    PlacementTransformed,
    PlacementVoided,
)
from insieme_events.envelope import Stored
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_matching.employment.state import Employment, Ended, Running, evolve
from insieme_matching.internship.state import Internship

COMMUNICATIONS = sa.Table(
    "communications",
    sa.MetaData(schema="views"),
    sa.Column("event_id", sa.Uuid, primary_key=True),
    sa.Column("employment_id", sa.Uuid),
    sa.Column("internship_id", sa.Uuid),
    sa.Column("movement", sa.Text, nullable=False),
    sa.Column("link_no", sa.Integer),
    sa.Column("moved_on", sa.Date, nullable=False),
    sa.Column("communicated_on", sa.Date, nullable=False),
    sa.Column("late", sa.Boolean),
    sa.Column("voided", sa.Boolean, nullable=False),
)

START, EXTENSION, TRANSFORMATION, END = "start", "extension", "transformation", "end"
MOVEMENTS = {
    PlacementStarted: START,
    PlacementExtended: EXTENSION,
    PlacementTransformed: TRANSFORMATION,
    PlacementEnded: END,
    InternshipStarted: START,
    InternshipExtended: EXTENSION,
    InternshipEnded: END,
}

PUT = """
insert into views.communications
    (event_id, employment_id, internship_id, movement, moved_on, communicated_on, late, link_no, voided)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
VOID = f"""
update views.communications set voided = true
where employment_id = %s
    and (movement = '{END}' or link_no >= %s or (movement = '{TRANSFORMATION}' and moved_on >= %s))
"""


@dataclass(frozen=True, slots=True)
class Told:
    """A row of the view, in the order of PUT. `link_no` is the link that the movement began, None where none."""

    event_id: UUID
    employment_id: UUID | None
    internship_id: UUID | None
    movement: str
    moved_on: date
    communicated_on: date
    late: bool | None
    link_no: int | None = None
    voided: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """A void of the links from `from_link` on, whose first day is `since`; in the order of VOID."""

    employment_id: UUID
    from_link: int
    since: date

    def takes(self, told: Told) -> bool:
        """As VOID does."""
        begun = told.link_no is not None and told.link_no >= self.from_link
        return told.movement == END or begun or (told.movement == TRANSFORMATION and told.moved_on >= self.since)


async def of_employments(connection: Connection, changes: Sequence[Change[Employment]]) -> None:
    put, cuts = list[Told](), list[Cut]()
    for change in changes:
        told, cut = of_employment(change)
        put.extend(told)
        cuts.extend(cut)
    async with connection.cursor() as cursor:
        # What a change told itself comes as it is after the voids of the change: these are for what stood before.
        await cursor.executemany(VOID, [astuple(cut) for cut in cuts])
        await cursor.executemany(PUT, [astuple(told) for told in put])


def of_employment(change: Change[Employment]) -> tuple[list[Told], list[Cut]]:
    """What the change told, as it stands at its end, and the voids in it."""
    told, cuts, state = list[Told](), list[Cut](), change.before
    for stored in change.events:
        match stored.event, state:
            case PlacementVoided(from_link=from_link), (Running(chain=chain) | Ended(chain=chain)):
                since = next(link.starts_on for link in chain.links if link.no == from_link)
                cut = Cut(change.stream_id, from_link, since)
                cuts.append(cut)
                told = [replace(one, voided=one.voided or cut.takes(one)) for one in told]
            case EmploymentMovement(communicated_on=date() as on, communicated_late=late) as event, _:
                told.append(
                    Told(
                        event_id=stored.event_id,
                        employment_id=change.stream_id,
                        internship_id=None,
                        movement=MOVEMENTS[type(event)],
                        moved_on=event.occurred_on,
                        communicated_on=on,
                        late=late,
                        link_no=begins(event),
                    )
                )
            case _:
                pass
        state = evolve(state, stored.event)
    return told, cuts


def begins(event: EmploymentMovement) -> int | None:
    """The number of the link that the movement begins."""
    match event:
        case PlacementStarted():
            return 1
        case PlacementExtended(link_no=number):
            return number
        case _:
            return None


async def of_internships(connection: Connection, changes: Sequence[Change[Internship]]) -> None:
    put = [told for change in changes for stored in change.events if (told := of_internship(change.stream_id, stored))]
    async with connection.cursor() as cursor:
        await cursor.executemany(PUT, [astuple(told) for told in put])


def of_internship(internship_id: UUID, stored: Stored) -> Told | None:
    match stored.event:
        case (
            InternshipStarted(communicated_on=date() as on, communicated_late=late)
            | InternshipExtended(communicated_on=date() as on, communicated_late=late)
            | InternshipEnded(communicated_on=date() as on, communicated_late=late)
        ) as event:
            moved_on = event.from_day if isinstance(event, InternshipExtended) else event.occurred_on
            return Told(stored.event_id, None, internship_id, MOVEMENTS[type(event)], moved_on, on, late)
        case _:
            return None
