"""What governance is told: the companies that join the Board and leave it (P59)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from random import Random
from uuid import UUID

from insieme_demo.board import Membership
from insieme_demo.days import recorded
from insieme_demo.happening import Happening, Kind, Order
from insieme_demo.ids import made
from insieme_governance.board_membership import BoardCommand, JoinBoard, LeaveBoard

DELAY = 4
LATE = 75
"""Days until an adhesion or a departure reaches the office at the latest; one of twelve comes late."""


def happenings(
    chance: Random, seed: int, board: Sequence[Membership], told_until: date = date.min, told: int = 0
) -> Iterator[Happening]:
    """Each adhesion and each departure with the instant of its recording, those of one company in their order.

    What lies on `told_until` or before it was told already; `told` is how many acts that may have been.
    """
    acts: list[tuple[date, UUID, BoardCommand]] = []
    for each in board:
        company = each.company.company_id
        join = JoinBoard(company_id=company, adhesion_on=each.adhesion_on, on=each.joined_on)
        acts.append((each.joined_on, company, join))
        if each.left_on is not None:
            acts.append((each.left_on, company, LeaveBoard(on=each.left_on)))
    last: dict[UUID, datetime] = {}
    coming = (act for act in acts if act[0] > told_until)
    for number, (on, company, command) in enumerate(sorted(coming, key=lambda act: act[:2]), start=told):
        delay = LATE if chance.random() < 1 / 12 else DELAY
        last[company] = recorded(chance, on, delay, last.get(company))
        order = Order(Kind.BOARD, company, command)
        needs = (f"{Kind.COMPANY}-{company}",)
        yield Happening(last[company], made(seed, "board act", number), (order,), needs=needs)
