"""How cases go on and end: interviewed again, suspended, closed, followed up, reopened, a second time, corrected."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from insieme_demo import referrals
from insieme_demo.chains import OPEN_ENDED, Chain
from insieme_demo.days import between, later
from insieme_demo.funnel import Fate, Way, way
from insieme_demo.ids import made
from insieme_demo.quotas import LAST_DAY, Quotas
from insieme_events.contracts.intake import ExitState, FollowUpOutcome, ReopeningReason, SuitabilityOutcome
from insieme_events.contracts.vocabulary import ChannelClass

LAST_CLOSING = LAST_DAY - timedelta(days=6)


def ended(chance: Random, seed: int, quotas: Quotas, ways: list[Way], chains: list[Chain]) -> list[Way]:
    """The first cases with all that happens after the plan, and after them the second cases."""
    placed: dict[int, list[Chain]] = {}
    for chain in chains:
        placed.setdefault(chain.way.person.number, []).append(chain)
    on = [_closed(chance, each, placed.get(each.person.number, [])) for each in ways]
    on = [_between(chance, each) for each in on]
    on = _reopened(chance, quotas, on)
    on = _corrected(chance, quotas, on)
    on = [_referred(chance, seed, each) for each in on]
    return [*on, *_second_cases(chance, seed, quotas, on)]


def _closed(chance: Random, each: Way, chains: list[Chain]) -> Way:
    if each.fate in (Fate.REJECTED, Fate.WITHDRAWN, Fate.VOIDED):
        return each
    if each.taken_on is None:
        since = each.assessed_on or each.missed_on or each.received_on
        on = later(chance, since, 10, 160, date.max)
        wanted = chance.random() < 0.65
    elif chains:
        latest = max(max(chain.starts_on, *(chain.corrected or (chain.starts_on,))[:1]) for chain in chains)
        on = later(chance, latest, 45, 260, date.max)
        wanted = chance.random() < 0.72
    else:
        on = later(chance, each.planned_on or each.taken_on, 90, 800, date.max)
        wanted = chance.random() < 0.62
    if not wanted or on > LAST_CLOSING:
        return each
    return replace(each, closed_on=on, exit_state=_exit(chance, each, chains))


def _exit(chance: Random, each: Way, chains: list[Chain]) -> ExitState:
    counting = [chain for chain in chains if chain.voided is None]
    if any(chain.contract_type in OPEN_ENDED or chain.transformed for chain in counting):
        return ExitState.STABLE_WORK
    if counting:
        return chance.choices([ExitState.TEMPORARY_WORK, ExitState.STABLE_WORK, ExitState.OTHER], [80, 12, 8])[0]
    if each.suitability is SuitabilityOutcome.OUT_OF_TARGET:
        return ExitState.OUT_OF_TARGET
    if each.suitability is SuitabilityOutcome.FOUND_JOB:
        return ExitState.TEMPORARY_WORK
    if each.interviewed_on is None:
        return chance.choice((ExitState.NOT_REACHABLE, ExitState.NOT_REACHABLE, ExitState.WITHDREW))
    return chance.choices(
        [
            ExitState.WITHDREW,
            ExitState.NOT_REACHABLE,
            ExitState.TRAINING,
            ExitState.TEMPORARY_WORK,
            ExitState.HANDED_OVER,
            ExitState.SELF_EMPLOYED,
        ],
        [28, 25, 12, 20, 9, 6],
    )[0]


def _between(chance: Random, each: Way) -> Way:
    """Between the plan and the end: interviews, a suspension, another referent; half a year after it the follow-up."""
    if each.taken_on is None:
        return each
    until = each.closed_on or LAST_DAY
    since = each.planned_on or each.taken_on
    each = replace(each, follow_ups=_follow_ups(chance, since + timedelta(days=25), until - timedelta(days=5)))
    if (until - since).days > 120 and chance.random() < 0.07:
        suspended_on = between(chance, since + timedelta(days=20), until - timedelta(days=70))
        each = replace(each, suspended=(suspended_on, later(chance, suspended_on, 15, 60, until - timedelta(days=2))))
    if (until - since).days > 60 and chance.random() < 0.07:
        each = replace(each, other_referent_on=between(chance, since + timedelta(days=10), until - timedelta(days=5)))
    if each.closed_on is not None and each.closed_on < LAST_DAY - timedelta(days=200) and chance.random() < 0.6:
        works = each.exit_state in (ExitState.STABLE_WORK, ExitState.TEMPORARY_WORK)
        weights = [58, 3, 3, 18, 4, 14] if works else [18, 4, 10, 36, 12, 20]
        outcome = chance.choices(list(FollowUpOutcome), weights)[0]
        each = replace(each, followed_up=(later(chance, each.closed_on, 180, 195), outcome))
    return each


def _follow_ups(chance: Random, first: date, last: date) -> tuple[date, ...]:
    """Interviews with who is in charge: with some none, with some one or two."""
    count = chance.choices([0, 1, 2], [68, 24, 8])[0]
    last = min(last, first + timedelta(days=240))
    return tuple(sorted({between(chance, first, last) for _ in range(count)})) if first < last else ()


def _referred(chance: Random, seed: int, each: Way) -> Way:
    """Who sent the person, and to whom the person is sent on."""
    number = each.person.number
    rejected_on = each.decided_on if each.fate is Fate.REJECTED else None
    came = referrals.received(
        chance, made(seed, "referral", number), each.person.channel, each.received_on, rejected_on
    )
    each = replace(each, referred=came)
    if each.suitability is SuitabilityOutcome.OUT_OF_TARGET and each.assessed_on is not None:
        receiver, on = ChannelClass.ASSOCIATION, each.assessed_on
    elif each.exit_state is ExitState.HANDED_OVER and each.closed_on is not None:
        receiver, on = ChannelClass.PUBLIC_SERVICE, each.closed_on
    else:
        return each
    return replace(each, handed_over=referrals.sent(chance, made(seed, "referral sent", number), receiver, on))


def _reopened(chance: Random, quotas: Quotas, ways: list[Way]) -> list[Way]:
    on = list(ways)
    may = [
        n
        for n, each in enumerate(on)
        if each.closed_on is not None and each.closed_on < LAST_DAY - timedelta(days=60) and each.followed_up is None
    ]
    for n in chance.sample(may, min(quotas.reopened, len(may))):
        closed_on = on[n].closed_on
        assert closed_on is not None
        if chance.random() < 0.1:
            on[n] = replace(on[n], reopened=(later(chance, closed_on, 2, 12), ReopeningReason.CLOSED_BY_MISTAKE))
        else:
            reason = chance.choice((ReopeningReason.LOST_WORK, ReopeningReason.CAME_BACK))
            on[n] = replace(on[n], reopened=(later(chance, closed_on, 30, 240), reason))
    return on


def _corrected(chance: Random, quotas: Quotas, ways: list[Way]) -> list[Way]:
    on = list(ways)
    may = [n for n in range(quotas.enrolled) if on[n].received_on < LAST_DAY - timedelta(days=40)]
    for n in chance.sample(may, min(quotas.corrected_characteristics, len(may))):
        on[n] = replace(on[n], corrected_on=later(chance, on[n].received_on, 10, 120))
    return on


def _second_cases(chance: Random, seed: int, quotas: Quotas, ways: list[Way]) -> list[Way]:
    """Persons who were in charge, were closed, and apply again: re-enrolled, never counted as enrolled."""
    may = [
        each
        for each in ways
        if each.taken_on is not None
        and each.reopened is None
        and each.closed_on is not None
        and each.closed_on < LAST_DAY - timedelta(days=190)
    ]
    again = []
    for n, first in enumerate(chance.sample(may, min(quotas.second_cases, len(may)))):
        assert first.closed_on is not None
        received_on = later(chance, first.closed_on, 60, 300, LAST_DAY - timedelta(days=75))
        fate = chance.choices([Fate.IN_CHARGE, Fate.INTERVIEWED, Fate.WAITING], [70, 10, 20])[0]
        again.append(way(chance, made(seed, "second case", n), first.person, fate, received_on))
    return again
