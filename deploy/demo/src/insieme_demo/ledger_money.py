"""What the figures of money must be, counted from the plan's own records; every amount in euro cents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from insieme_demo.chains import Chain
from insieme_demo.grants import Grant, Money
from insieme_demo.rest import Rest


@dataclass(frozen=True)
class MoneyLedger:
    """By year: budgets by the year that they are of, all else by its own day. What is `committed` is what was granted
    less what was given up or came back since; `spent` is less what came back, on the day on which it did.
    """

    submitted: dict[int, int]
    funded: dict[int, int]
    granted: dict[int, int]
    budget: dict[int, int]
    committed: dict[int, int]
    spent: dict[int, int]
    activities: dict[int, int]
    microcredit: dict[int, int]
    jobs: dict[int, int]
    actions: dict[int, int]


def count(money: Money, chains: Iterable[Chain], rests: Iterable[Rest] = ()) -> MoneyLedger:
    """`chains` tell when the work of a linked placement starts; `rests` what came of the grants in later years."""
    grants = [one.grant for one in money.projects if one.grant is not None]
    after = {one.project.project_id: one.grant for one in rests}
    bound = [(one.grant, after.get(one.project_id)) for one in money.projects if one.grant is not None]
    approved = [(one.approved_on, one) for one in money.activities if one.approved_on is not None]
    starts = {chain.employment_id: chain.starts_on for chain in chains}
    linked = [starts[one] for project in money.projects for _, one, _ in project.after.placements]
    kept = [(grant.funded_on, _kept(grant, rest)) for grant, rest in bound]
    for on, activity in approved:
        paid = sum(amount for _, amount in activity.payments)
        kept.append((on, activity.amount if activity.ended_on is None else paid))
    return MoneyLedger(
        submitted=_count(one.submitted_on for one in money.projects),
        funded=_count(grant.funded_on for grant in grants),
        granted=_sum((grant.funded_on, grant.investment + grant.consultancy) for grant in grants),
        budget=_sum((one.set_on, sum(one.last.values())) for one in money.budgets),
        committed=_sum(iter(kept)),
        spent=_sum(_movements(money, grants)),
        activities=_count(on for on, _ in approved),
        microcredit=_sum(one.microcredit for one in money.projects if one.microcredit is not None),
        jobs=_count(iter(linked)),
        actions=_count(on for one in money.projects for on, _, _ in one.after.actions),
    )


def _kept(grant: Grant, rest: Grant | None) -> int:
    """What is bound still: after a revocation or a closing that is what was paid, less what came back."""
    parts = [grant] if rest is None else [grant, rest]
    over = any(one.revoked is not None or one.closed is not None for one in parts)
    bound = sum(one.paid for one in parts) if over else grant.amount
    return bound - sum(one.returned[1] for one in parts if one.returned is not None)


def spent_later(rests: Iterable[Rest]) -> dict[int, int]:
    """By year what was paid of grants of the years before, less what came back."""
    return _sum(movement for one in rests for movement in _of_grant(one.grant))


def _movements(money: Money, grants: list[Grant]) -> Iterator[tuple[date, int]]:
    for budget in money.budgets:
        yield from ((on, amount) for on, _, amount in budget.spending)
    for activity in money.activities:
        yield from activity.payments
    for grant in grants:
        yield from _of_grant(grant)


def _of_grant(grant: Grant) -> Iterator[tuple[date, int]]:
    yield from grant.instalments
    if grant.returned is not None:
        on, amount = grant.returned
        yield on, -amount


def _count(days: Iterator[date]) -> dict[int, int]:
    return dict(Counter(day.year for day in days))


def _sum(amounts: Iterator[tuple[date, int]]) -> dict[int, int]:
    found: Counter[int] = Counter()
    for on, amount in amounts:
        found[on.year] += amount
    return dict(found)
