"""What is told of the years after 2021: governance with its protocol, intake's cases, matching's placements, money."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from insieme_demo import (
    duties_story,
    funds_story,
    governance_story,
    grants_story,
    intake_story,
    internships_story,
    later_courses_story,
    matching_story,
    tables_story,
    training_story,
)
from insieme_demo.days import LATER_DAY, recorded
from insieme_demo.happening import GovernancePhase, Happening, Kind, Order
from insieme_demo.ids import made
from insieme_demo.later import ASKED, EXPIRED, PROPOSED, REFUSED, WARNED, WITHDREW, Later
from insieme_demo.quotas import LAST_DAY
from insieme_governance.body import CheckRequests, RequestMeeting
from insieme_governance.protocol.commands import (
    ConsentToRenewal,
    ExpireProtocol,
    NoticeWithdrawal,
    ProposeRenewal,
    ProtocolCommand,
    RefuseConsent,
    WarnExpiry,
)

AGREED_DAYS = 30
"""By the agreement, from a request to the convening (P55)."""
BEFORE = 100_000
"""More acts than were told of the years before."""


def of_intake(chance: Random, seed: int, later: Later, cases: int) -> Iterator[Happening]:
    """`cases` are those that were told before: keys are numbered behind them."""
    for n, way in enumerate(later.ways):
        yield from intake_story.happenings(chance, seed, cases + n, way)
    yield from training_story.of_intake(chance, seed, later.courses)
    yield from internships_story.of_intake(chance, seed, later.internships)


def of_matching(chance: Random, seed: int, later: Later) -> Iterator[Happening]:
    yield from matching_story.placements(chance, seed, later.placements, BEFORE)
    yield from training_story.of_matching(chance, seed, later.courses)
    yield from internships_story.of_matching(chance, seed, later.internships)


def of_training(chance: Random, seed: int, later: Later) -> Iterator[Happening]:
    yield from later_courses_story.happenings(chance, seed, later.courses)


def of_governance(chance: Random, seed: int, later: Later) -> Iterator[Happening]:
    yield from tables_story.happenings(chance, seed, later.tables, LATER_DAY, BEFORE, later.before)
    yield from governance_story.happenings(chance, seed, later.board, LAST_DAY, BEFORE)
    yield from duties_story.of_seats(chance, seed, later.term.protocol_id, later.sittings)
    yield from duties_story.of_duties(chance, seed, later.duties)
    yield from _asked(chance, seed, later)
    after = None
    for n, (on, command) in enumerate(_acts(later)):
        after = recorded(chance, on, 0, after)
        order = Order(Kind.PROTOCOL, later.term.protocol_id, command)
        yield Happening(after, made(seed, "protocol act", n), (order,), GovernancePhase.CARRIED_OUT)


def of_funding(chance: Random, seed: int, later: Later) -> Iterator[Happening]:
    yield from grants_story.happenings(chance, seed, later.money, "later grant")
    yield from funds_story.happenings(chance, seed, later.money, "later fund")
    yield from grants_story.later_on(chance, seed, later.money_before, later.rests)
    left_open = (one for one in later.money_before.budgets if one.closed_on is None)
    yield from funds_story.closings(chance, seed, left_open)


def _asked(chance: Random, seed: int, later: Later) -> Iterator[Happening]:
    """Requests for a meeting; what the clock says on the day after the last one on which it could be convened (P55)."""
    for n, (party, on, meets_on) in enumerate(ASKED):
        stream = later.term.tavolo_id
        request = RequestMeeting(request_id=made(seed, "meeting request", n), party=party, on=on)
        instant = recorded(chance, on, 0)
        order = Order(Kind.BODY, stream, request)
        yield Happening(instant, made(seed, "request act", 2 * n), (order,), GovernancePhase.CONVENED)
        if meets_on is None:
            late_on = on + timedelta(days=AGREED_DAYS + 1)
            noted = Order(Kind.BODY, stream, CheckRequests(on=late_on))
            key = made(seed, "request act", 2 * n + 1)
            yield Happening(recorded(chance, late_on, 0), key, (noted,), GovernancePhase.CARRIED_OUT)


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
