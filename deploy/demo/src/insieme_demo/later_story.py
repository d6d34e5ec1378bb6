"""What is told of the years after 2021: governance with its protocol, intake's cases, matching's placements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

from insieme_demo import governance_story, intake_story, matching_story, tables_story
from insieme_demo.days import LATER_DAY, recorded
from insieme_demo.happening import GovernancePhase, Happening, Kind, Order
from insieme_demo.ids import made
from insieme_demo.later import EXPIRED, PROPOSED, REFUSED, WARNED, WITHDREW, Later
from insieme_demo.quotas import LAST_DAY
from insieme_governance.protocol.commands import (
    ConsentToRenewal,
    ExpireProtocol,
    NoticeWithdrawal,
    ProposeRenewal,
    ProtocolCommand,
    RefuseConsent,
    WarnExpiry,
)

BEFORE = 100_000
"""More acts than were told of the years before."""


def of_intake(chance: Random, seed: int, later: Later, cases: int) -> Iterator[Happening]:
    """`cases` are those that were told before: keys are numbered behind them."""
    for n, way in enumerate(later.ways):
        yield from intake_story.happenings(chance, seed, cases + n, way)


def of_matching(chance: Random, seed: int, later: Later) -> Iterator[Happening]:
    yield from matching_story.placements(chance, seed, later.placements, BEFORE)


def of_governance(chance: Random, seed: int, later: Later) -> Iterator[Happening]:
    yield from tables_story.happenings(chance, seed, later.tables, LATER_DAY, BEFORE, later.before)
    yield from governance_story.happenings(chance, seed, later.board, LAST_DAY, BEFORE)
    after = None
    for n, (on, command) in enumerate(_acts(later)):
        after = recorded(chance, on, 0, after)
        order = Order(Kind.PROTOCOL, later.term.protocol_id, command)
        yield Happening(after, made(seed, "protocol act", n), (order,), GovernancePhase.CARRIED_OUT)


def _acts(later: Later) -> list[tuple[date, ProtocolCommand]]:
    """In the order of their days."""
    withdrew, noticed_on, effective_on = WITHDREW
    proposer, proposed_on, ends_on = PROPOSED
    refuser, refused_on = REFUSED
    acts: list[tuple[date, ProtocolCommand]] = [
        (noticed_on, NoticeWithdrawal(party=withdrew, effective_on=effective_on, on=noticed_on)),
        (proposed_on, ProposeRenewal(party=proposer, ends_on=ends_on, on=proposed_on)),
        (refused_on, RefuseConsent(party=refuser, on=refused_on)),
        (EXPIRED, ExpireProtocol(on=EXPIRED)),
    ]
    acts += [(on, WarnExpiry(on=on)) for on in WARNED]
    acts += [(on, ConsentToRenewal(party=party, on=on)) for on, party in later.term.consents]
    return sorted(acts, key=lambda act: act[0])
