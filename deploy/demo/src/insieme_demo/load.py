"""Loading span by span: intake's months, then matching's, governance's, training's and funding's once their views have
applied what they name (decision 11).
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from insieme_demo import plan as plans
from insieme_demo.happening import Happening, Kind, Phase
from insieme_demo.ids import made
from insieme_demo.plan import Month, Plan
from insieme_demo.writing import Writer
from insieme_events.service import Running, running
from insieme_events.waiting import NotApplied, applied
from insieme_funding.service import SERVICE as FUNDING
from insieme_governance.founding import found
from insieme_governance.service import SERVICE as GOVERNANCE
from insieme_intake.erasure import AWAITED
from insieme_intake.service import SERVICE as INTAKE
from insieme_matching.company import MergeCompanies
from insieme_matching.service import SERVICE as MATCHING
from insieme_training.service import SERVICE as TRAINING

LOADED = "demo loaded"
SPAN = 500
"""Happenings after which a span ends."""
PATIENCE = 120.0
"""Seconds that a service may take to apply what another one tells."""
FORGETTING = 300.0
"""Seconds that they may take to answer an erasure: reporting does once it has applied everything before."""
RECORDED = "select recorded_at from events.events where stream = %s and version = 1"
ANSWERS = "select count(*) from events.events where stream = any(%s) and type = 'ErasureCompleted'"
HEARS: Mapping[tuple[str, Kind], str] = {
    ("governance", Kind.COMPANY): "governance.companies",
    ("training", Kind.CASE): "training.in_charge",
    ("funding", Kind.CASE): "funding.parameters",
    ("funding", Kind.BOARD): "funding.parameters",
    ("funding", Kind.PLAN_YEAR): "funding.reactions",
    ("funding", Kind.EMPLOYMENT): "funding.reactions",
}
"""By service, and the kind of what its happenings name, the subscription by which it hears of that."""
FOUNDED = """
select stream, max(version) from events.events where type in ('AgreementAdopted', 'LegalLimitsPublished')
group by stream
"""


@dataclass(frozen=True)
class Services:
    governance: Running
    intake: Running
    matching: Running
    training: Running
    funding: Running

    @property
    def told(self) -> tuple[Running, ...]:
        """Those that the history is written to."""
        return (self.intake, self.matching, self.governance, self.training, self.funding)


@asynccontextmanager
async def services() -> AsyncIterator[Services]:
    """Pools and command runners of the services in this process, as the environment says."""
    async with (
        running(GOVERNANCE, GOVERNANCE.settings()) as governance,
        running(INTAKE, INTAKE.settings()) as intake,
        running(MATCHING, MATCHING.settings()) as matching,
        running(TRAINING, TRAINING.settings()) as training,
        running(FUNDING, FUNDING.settings()) as funding,
    ):
        yield Services(governance, intake, matching, training, funding)


async def founding(to: Services) -> None:
    """Enters protocols, agreements and legal limits, and waits until those who decide by them have heard of them.

    Raises NotApplied where one of them does not hear.
    """
    await found(to.governance)
    async with to.governance.pool.connection() as connection:
        streams: dict[str, int] = dict(await (await connection.execute(FOUNDED)).fetchall())
    for service in (to.intake, to.matching, to.training, to.funding):
        await applied(service.pool, f"{service.definition.name}.parameters", streams, PATIENCE)


async def load(
    to: Services,
    plan: Plan,
    months: list[Month],
    wrote: Callable[[int], None] = lambda _: None,
) -> None:
    """Writes what is missing. Raises DemonstrationRefused, and NotApplied where matching's subscription stands still.

    Stopped anywhere, it goes on where it was: a unit that is written is never written again.
    """
    await tell(to, plan, months, wrote)
    await _answered(to, plan)


async def tell(
    to: Services,
    plan: Plan,
    months: Iterable[Month],
    wrote: Callable[[int], None] = lambda _: None,
) -> None:
    """Writes of these months what is missing, each after what it names; raises as `load` does."""
    writer = Writer(to.intake, plan.everybody, plan.companies, wrote)
    unheard: set[str] = set()
    for span in spans(months):
        unheard |= {stream for month in span for stream in _cases(month)}
        for month in span:
            await writer.write(to.intake, month.intake)
        if await writer.missing(to.matching, _last(month.matching for month in span)):
            # Also those of spans in which matching was told nothing.
            await applied(to.matching.pool, "matching.in_charge", await last_versions(to.intake, unheard), PATIENCE)
            unheard.clear()
        for month in span:
            await writer.write(to.matching, month.matching)
        # A membership of the Board goes on under the id that stays: whatever comes later stands on that.
        merged = {stream for month in span for stream in _merged(month)}
        await applied(to.governance.pool, "governance.reactions", await last_versions(to.matching, merged), PATIENCE)
        for service, parts in (
            (to.governance, [month.governance for month in span]),
            (to.training, [month.training for month in span]),
            (to.funding, [month.funding for month in span]),
        ):
            if await writer.missing(service, _last(parts)):
                await _heard(to, service, list(chain.from_iterable(parts)))
            for part in parts:
                await writer.write(service, part)


def spans(months: Iterable[Month]) -> Iterator[list[Month]]:
    """Months that are written together, so that the services wait for one another once and not in each of them.

    One in which somebody is erased, or two records turn out to be one, stands alone: every service does at once what
    follows from that, and until then everything that came before has to be told.
    """
    span: list[Month] = []
    for month in months:
        if _stands_alone(month) or sum(len(list(each.told)) for each in span) >= SPAN:
            if span:
                yield span
            span = []
        span.append(month)
        if _stands_alone(month):
            yield span
            span = []
    if span:
        yield span


def _stands_alone(month: Month) -> bool:
    return any(happening.erases is not None or happening.phase is Phase.MERGES for happening in month.told) or bool(
        _merged(month)
    )


def _last(parts: Iterable[list[Happening]]) -> list[Happening]:
    """The last happening of all, or none."""
    return [happening for part in parts for happening in part][-1:]


def _cases(month: Month) -> set[str]:
    """The streams of the cases of this month."""
    streams = {order.stream for happening in month.intake for order in happening.orders}
    return {stream for stream in streams if stream.startswith("case-")}


async def last_versions(service: Running, streams: Collection[str]) -> dict[str, int]:
    """The last version of each of these streams in the service's store."""
    async with service.pool.connection() as connection:
        rows = await connection.execute(
            "select stream, max(version) from events.events where stream = any(%s) group by stream", (list(streams),)
        )
        return dict(await rows.fetchall())


async def _heard(to: Services, service: Running, told: Collection[Happening]) -> None:
    """Waits until the service has applied what these name of others, each by the subscription that tells it."""
    by_kind: dict[Kind, set[str]] = {}
    for happening in told:
        for stream in happening.needs:
            by_kind.setdefault(Kind(stream.partition("-")[0]), set()).add(stream)
    for kind, streams in sorted(by_kind.items()):
        of = next(one for one in to.told if one.definition.name == kind.service)
        hears = HEARS[service.definition.name, kind]
        await applied(service.pool, hears, await last_versions(of, streams), PATIENCE)


def _merged(month: Month) -> set[str]:
    """The streams of the companies that another one turned out to be."""
    orders = (order for happening in month.matching for order in happening.orders)
    return {order.stream for order in orders if isinstance(order.command, MergeCompanies)}


async def _answered(to: Services, plan: Plan) -> None:
    """Matching keeps and frees by itself what a course asks for and gives back, and every service forgets who was
    erased: the history is whole once they have.
    """
    held = (*plan.courses, *(plan.later.courses if plan.later is not None else ()))
    over = {f"{Kind.COURSE}-{course.course_id}" for course in held}
    await applied(to.matching.pool, "matching.reactions", await last_versions(to.training, over), PATIENCE)
    erased = [made(plan.seed, "person", way.person.number) for way, _ in plan.mending.erased]
    deadline = asyncio.get_running_loop().time() + FORGETTING
    while missing := await _unanswered(to.intake, erased):
        if asyncio.get_running_loop().time() > deadline:
            raise NotApplied("intake.reactions", missing)
        await asyncio.sleep(0.2)


async def _unanswered(intake: Running, erased: Collection[UUID]) -> int:
    """How many answers of services to these erasures are missing."""
    streams = [f"{Kind.PERSON}-{person_id}" for person_id in erased]
    async with intake.pool.connection() as connection:
        found = await (await connection.execute(ANSWERS, (streams,))).fetchone()
    return len(erased) * len(AWAITED) - (int(found[0]) if found is not None else 0)


class OtherHistory(Exception):
    """`demo.other_history`: what stands in the stores is the history of another scale."""

    def __init__(self, scale: float) -> None:
        super().__init__(
            f"demo.other_history: the history that stands there is not that of scale {scale}; "
            "`make reset` forgets it, without HISTORY= it is gone on with"
        )


async def of_another_scale(to: Services, plan: Plan, months: list[Month]) -> bool:
    """Whether the stores hold another history of this seed: its first person was recorded at another instant."""
    first = next(each for month in months for each in month.intake if each.person == plan.people[0].number)
    async with to.intake.pool.connection() as connection:
        cursor = await connection.execute(RECORDED, (first.orders[0].stream,))
        found = await cursor.fetchone()
    return found is not None and found[0] != first.recorded_at


async def is_loaded(to: Services, seed: int, scale: float) -> bool:
    """Whether a load of that seed and scale came to its end, as `mark_loaded` left it with the stored answers.

    Those are forgotten after some weeks; then `load` finds by the store itself that nothing is missing.
    """
    return all([await _marked(service, seed, scale) for service in to.told])


async def _marked(service: Running, seed: int, scale: float) -> bool:
    async with service.pool.connection() as connection:
        found = await connection.execute(
            "select 1 from events.idempotency where scope = %s and key = %s", (LOADED, f"{seed}/{scale}")
        )
        return await found.fetchone() is not None


async def mark_loaded(to: Services, seed: int, scale: float) -> None:
    for service in to.told:
        async with service.pool.connection() as connection:
            await connection.execute(
                """insert into events.idempotency (scope, key, fingerprint, answer, stored_at)
                   values (%s, %s, %s, '[]', %s) on conflict do nothing""",
                (LOADED, f"{seed}/{scale}", b"demo", service.clock()),
            )


def history(seed: int, scale: float, *, onwards: bool) -> tuple[Plan, list[Month]]:
    """The plan and its months, ready to be loaded. Takes some seconds at scale 1.0."""
    gc.disable()
    plan = plans.make(seed, scale, onwards=onwards)
    months = list(plans.months(plan))
    # It all lives until the end: the collector need not walk through it again and again while we write.
    gc.freeze()
    gc.enable()
    return plan, months
