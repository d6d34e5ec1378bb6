"""Several views or reactions behind one subscription: each gets what it wants, and an event has one reaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, cast
from uuid import uuid4

import pytest

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.governance_plan import CompanyJoinedBoard, CompanyLeftBoard
from insieme_events.envelope import Stored
from insieme_events.several import SeveralReactions, SeveralViews
from insieme_events.store import Connection
from insieme_events.units import Unit

NOWHERE = cast("Connection", None)


class View:
    def __init__(self, *types: type[DomainEvent]) -> None:
        self.types: frozenset[type[DomainEvent]] | None = frozenset(types)
        self.seen: list[DomainEvent] = []

    async def apply(self, connection: Connection, events: Sequence[Stored]) -> None:
        self.seen += [stored.event for stored in events]


class Reacting:
    def __init__(self, *types: type[DomainEvent]) -> None:
        self.types = frozenset(types)
        self.seen: list[DomainEvent] = []

    async def react(self, stored: Stored) -> Unit | None:
        self.seen.append(stored.event)
        return None


def told(event: Any) -> Stored:
    return Stored(uuid4(), f"board_membership-{event.company_id}", 1, datetime.now(UTC), event)


JOINED = CompanyJoinedBoard(company_id=uuid4(), occurred_on=date(2021, 5, 1))
LEFT = CompanyLeftBoard(company_id=uuid4(), occurred_on=date(2021, 6, 1))


async def test_each_view_gets_the_events_that_it_wants_in_their_order() -> None:
    both, one = View(CompanyJoinedBoard, CompanyLeftBoard), View(CompanyLeftBoard)
    several = SeveralViews(both, one)
    assert several.types == frozenset[type[DomainEvent]]({CompanyJoinedBoard, CompanyLeftBoard})
    await several.apply(NOWHERE, [told(LEFT), told(JOINED)])
    assert (both.seen, one.seen) == ([LEFT, JOINED], [LEFT])


async def test_an_event_goes_to_the_one_reaction_that_wants_it() -> None:
    joining, leaving = Reacting(CompanyJoinedBoard), Reacting(CompanyLeftBoard)
    several = SeveralReactions(joining, leaving)
    await several.react(told(LEFT))
    assert (joining.seen, leaving.seen) == ([], [LEFT])


def test_two_reactions_to_one_event_are_refused() -> None:
    with pytest.raises(ValueError, match=r"reactions\.twice: CompanyLeftBoard"):
        SeveralReactions(Reacting(CompanyJoinedBoard, CompanyLeftBoard), Reacting(CompanyLeftBoard))


def test_a_view_that_wants_everything_stands_alone() -> None:
    everything = View()
    everything.types = None
    with pytest.raises(ValueError, match=r"views\.all"):
        SeveralViews(everything)
