"""Writing happenings through the services' own command runners, in batches; each at most once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

from psycopg import errors

from insieme_demo.happening import MATCHING_PARTY, TRAINING_PARTY, Happening, Kind, Order
from insieme_demo.offers import Company
from insieme_demo.people import Person
from insieme_events.contracts import Actor
from insieme_events.decider import Command, Refused
from insieme_events.service import Running
from insieme_events.units import Aggregate, Answer, IdempotencyKey, Step, Unit, Write
from insieme_funding.aggregates import BUDGETS, CALLS, COMMITTEES, DECISIONS, PROJECTS
from insieme_governance.aggregates import (
    BOARD,
    BODIES,
    ENTRIES,
    MEETINGS,
    PLAN_YEARS,
    PRESENTATIONS,
    PROTOCOLS,
    STUDIES,
)
from insieme_governance.reactions import BOARD_LOCK
from insieme_governance.steps import REGISTER
from insieme_intake import codice_fiscale, duplicates, erasure, vault
from insieme_intake.aggregates import CASES, LEDGERS, PERSONS, REFERRALS_OF_REGISTERED
from insieme_matching import directory
from insieme_matching.aggregates import CANDIDACIES, COMPANIES, EMPLOYMENTS, INTERNSHIPS, NEEDS, VACANCIES
from insieme_training.aggregates import COURSES, PARTICIPATIONS
from insieme_training.views.told import lock as training_lock

BATCH = 100
"""Units of one transaction: few enough that a slow machine decides them within the roles' limit for idle ones."""
TRIES = 4
AGGREGATES: dict[Kind, Aggregate[Any, Any, Any]] = {
    Kind.PERSON: PERSONS,
    Kind.CASE: CASES,
    # A referral comes with the step that registers its person, or long after it in a phase of its own.
    Kind.REFERRAL: REFERRALS_OF_REGISTERED,
    Kind.COMPANY: COMPANIES,
    Kind.NEED: NEEDS,
    Kind.VACANCY: VACANCIES,
    Kind.CANDIDACY: CANDIDACIES,
    Kind.EMPLOYMENT: EMPLOYMENTS,
    Kind.INTERNSHIP: INTERNSHIPS,
    Kind.BOARD: BOARD,
    Kind.BODY: BODIES,
    Kind.MEETING: MEETINGS,
    Kind.PLAN_YEAR: PLAN_YEARS,
    Kind.PROTOCOL: PROTOCOLS,
    Kind.STUDY: STUDIES,
    Kind.PRESENTATION: PRESENTATIONS,
    Kind.ENTRY: ENTRIES,
    Kind.LEDGER: LEDGERS,
    Kind.COURSE: COURSES,
    Kind.COURSE_PARTICIPATION: PARTICIPATIONS,
    Kind.COMMITTEE: COMMITTEES,
    Kind.CALL: CALLS,
    Kind.BUDGET: BUDGETS,
    Kind.PROJECT: PROJECTS,
    Kind.FUNDING_DECISION: DECISIONS,
}
LOCKS: dict[Kind, tuple[str, ...]] = {
    Kind.BOARD: (BOARD_LOCK,),
    **dict.fromkeys((Kind.BODY, Kind.MEETING, Kind.PLAN_YEAR, Kind.PROTOCOL, Kind.ENTRY), REGISTER),
}
"""What the commands of an aggregate take before anything is loaded."""
PERSON_LOCKS = {"intake": erasure.lock, "training": training_lock}
"""By service the lock that an erasure of the person takes."""
TOO_SLOW = (errors.IdleInTransactionSessionTimeout, errors.TransactionTimeout)
INTAKE = Actor(party="fondazione", role="operator", purpose="intake")
MATCHING = Actor(party=MATCHING_PARTY, role="operator", purpose="matching")
GOVERNANCE = Actor(party="citta_metropolitana", role="operator", purpose="governance")
TRAINING = Actor(party=TRAINING_PARTY, role="operator", purpose="training")
FUNDING = Actor(party="citta_metropolitana", role="operator", purpose="funding")
ACTORS = {
    "intake": INTAKE,
    "matching": MATCHING,
    "governance": GOVERNANCE,
    "training": TRAINING,
    "funding": FUNDING,
}
"""Who acts, by service."""

# The key of a unit is the correlation id of its events: the store itself tells what is written, however long ago.
WRITTEN = """
select distinct metadata->>'correlation' from events.events
where stream = any(%s) and metadata->>'correlation' = any(%s)
"""
REFERRED = """
select e.stream, e.type, e.event_id from events.events e
join unnest(%s::text[], %s::text[]) as named (stream, type) using (stream, type) order by e.stream, e.version desc
"""


Referred = Mapping[tuple[str, str], UUID]
"""By stream and type the id of an event that a command names."""


class DemonstrationRefused(Exception):
    """`demo.refused`: a service refused a unit of the demonstration, which is a defect of one of the two."""

    def __init__(self, happening: Happening, refused: Refused) -> None:
        names = ", ".join(type(order.command).__name__ for order in happening.orders)
        super().__init__(f"{refused.code} refused {names} of {happening.orders[-1].stream}: {refused.sentence}")
        self.refused = refused


@dataclass
class Writer:
    """`wrote` is told how many happenings each committed batch held."""

    intake: Running
    people: Sequence[Person]
    companies: Sequence[Company]
    wrote: Callable[[int], None] = field(default=lambda _: None)

    async def written(self, service: Running, happenings: Sequence[Happening]) -> set[str]:
        """The keys of those that stand in the store already."""
        streams = [order.stream for happening in happenings for order in happening.orders]
        keys = [str(happening.key) for happening in happenings]
        async with service.pool.connection() as connection:
            rows = await (await connection.execute(WRITTEN, (streams, keys))).fetchall()
        return {key for (key,) in rows}

    async def missing(self, service: Running, happenings: Sequence[Happening]) -> bool:
        """Whether some of them do not stand in the store yet."""
        return len(await self.written(service, happenings)) < len(happenings)

    async def write(self, service: Running, happenings: Sequence[Happening]) -> dict[str, int]:
        """Writes those that are missing; answers the streams that changed with their last sequence.

        Raises DemonstrationRefused, after which the batch it stood in is committed but for the refused unit.
        """
        if not happenings:
            return {}
        known = await self.written(service, happenings[-1:])
        if known:
            self.wrote(len(happenings))
            return {}
        known = await self.written(service, happenings)
        missing = [happening for happening in happenings if str(happening.key) not in known]
        self.wrote(len(happenings) - len(missing))
        reached: dict[str, int] = {}
        for _, phase in groupby(missing, key=lambda happening: happening.phase):
            told = list(phase)
            for first in range(0, len(told), BATCH):
                await self._batch(service, told[first : first + BATCH], reached)
        return reached

    async def _batch(self, service: Running, told: Sequence[Happening], reached: dict[str, int]) -> None:
        actor = ACTORS[service.definition.name]
        found = await self._referred(service, told)
        besides = await self._besides(told)
        units = [
            Unit(
                tuple(Step(AGGREGATES[o.kind], o.stream_id, _command(o, found)) for o in happening.orders),
                actor,
                key=IdempotencyKey("demo", str(happening.key), b"demo"),
                also=besides.get(n, ()),
                locks=_locks(service, happening),
                recorded_at=happening.recorded_at,
                correlation_id=str(happening.key),
            )
            for n, happening in enumerate(told)
        ]
        for happening, answer in zip(told, await _run(service, units), strict=True):
            if isinstance(answer, Refused):
                raise DemonstrationRefused(happening, answer)
            reached.update({result.stream: result.sequence for result in answer.results})
        self.wrote(len(told))

    async def _referred(self, service: Running, told: Sequence[Happening]) -> Referred:
        """The events that corrections and voids name: of a stream the first of that type."""
        named = [
            (order.stream, order.refers.event_type)
            for happening in told
            for order in happening.orders
            if order.refers is not None
        ]
        if not named:
            return {}
        async with service.pool.connection() as connection:
            columns = [list(column) for column in zip(*named, strict=True)]
            rows = await (await connection.execute(REFERRED, columns)).fetchall()
        return {(stream, kind): event_id for stream, kind, event_id in rows}

    async def _besides(self, told: Sequence[Happening]) -> dict[int, tuple[Write, ...]]:
        """Identities and directory entries that are written with the units, by the unit's place in the batch."""
        found: dict[int, tuple[Write, ...]] = {
            n: (directory.put(self.companies[h.company].company_id, _entry(self.companies[h.company])),)
            for n, h in enumerate(told)
            if h.company is not None
        }
        found |= {n: (vault.delete(h.erases),) for n, h in enumerate(told) if h.erases is not None}
        for n, h in enumerate(told):
            if h.compared is not None:
                one, other = (self.people[number] for number in h.compared)
                looked = duplicates.seen(self.intake.master_key, one.identity, other.identity)
                found[n] = (vault.put_compared(*_ids(h), looked),)
        new = {n: h for n, h in enumerate(told) if h.person is not None and h.orders[0].kind is Kind.PERSON}
        if not new:
            return found
        service = self.intake
        assert service.keys is not None, "intake reads keys"
        keys = await service.keys.ensure({h.orders[0].stream_id for h in new.values()}, service.clock())
        for n, happening in new.items():
            assert happening.person is not None
            identity = self.people[happening.person].identity
            code = codice_fiscale.parse(identity.codice_fiscale, happening.recorded_at.date())
            assert not isinstance(code, Refused), "an invented codice fiscale is a valid one"
            code_hash = vault.tax_code_hash(service.master_key, code)
            found[n] = (vault.put(happening.orders[0].stream_id, code_hash, identity, keys),)
        return found


def _ids(happening: Happening) -> tuple[UUID, UUID]:
    """Those of the two that were looked at, the lesser one first."""
    lesser, greater = sorted(happening.of_persons)
    return lesser, greater


async def _run(service: Running, units: Sequence[Unit]) -> Sequence[Answer]:
    """Runs the batch, again where the server ended a transaction that took too long: nothing of it was written."""
    for _ in range(TRIES - 1):
        try:
            return await service.commands.run_all(units)
        except TOO_SLOW:
            continue
    return await service.commands.run_all(units)


def _locks(service: Running, happening: Happening) -> tuple[str, ...]:
    names = {name for order in happening.orders for name in LOCKS.get(order.kind, ())}
    names |= set(happening.locks)
    names |= {PERSON_LOCKS[service.definition.name](person_id) for person_id in happening.of_persons}
    return tuple(sorted(names))


def _entry(company: Company) -> directory.DirectoryEntry:
    return directory.DirectoryEntry(name=company.name, partita_iva=company.partita_iva)


def _command(order: Order, referred: Referred) -> Command:
    if order.refers is None:
        return order.command
    return order.command.model_copy(update={order.refers.field: referred[order.stream, order.refers.event_type]})
