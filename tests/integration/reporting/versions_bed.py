"""Versions beside one another for tests: definitions that exist here only, and a history with everything that may be
wrong on a topic in it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

import psycopg
from aiokafka.partitioner import murmur2
from tests.benchmarks import cases

from insieme_events import migrate, store, topics
from insieme_events.catalogue import PARTITIONS, restricted_topic
from insieme_events.contracts import Actor, intake, matching
from insieme_events.envelope import outgoing
from insieme_events.projection import Difference, FactDefinition, FactRow, ProjectionDefinition, content
from insieme_events.projection_operations import Operations
from insieme_events.rebuild_reader import Surroundings
from insieme_events.rebuilding import Outcome, Rebuild
from insieme_events.service import Running, open_pool
from insieme_events.testing import databases
from insieme_events.testing.road import Wire, accepted, chain, produce
from insieme_events.vault import Keys, KeyVault, MasterKey
from insieme_local.provision import Provisioned
from insieme_reporting.service import SERVICE
from insieme_reporting.settings import ReportingSettings
from insieme_reporting.testing import History
from insieme_reporting.v1.facts import DEFINITION, company

DAY = date(2020, 2, 3)
KIND = next(iter(matching.ContactKind))
OPERATOR = Actor(party="citta_metropolitana", role="operator", purpose="operations")


@dataclass(frozen=True, slots=True)
class CompanyKnown(FactRow):
    """As `CompanyVersion`, with the day since which it is known in the place of who introduced it."""

    context: ClassVar[str] = "matching"
    stream_name: ClassVar[str] = "company"
    table: ClassVar[str] = "company_versions"
    key: ClassVar[tuple[str, ...]] = ("company_id",)
    sealed: ClassVar[tuple[str, ...]] = ()

    company_id: UUID
    registered_on: date
    ateco_version: str
    ateco_section: str
    comune: str
    known_since: date
    first_contacted_on: date | None = None


def apply_known(latest: Any, stored: Any) -> Sequence[CompanyKnown]:
    made = company.apply({key: _old(row) for key, row in latest.items()}, stored)
    return [
        CompanyKnown(
            row.company_id,
            row.registered_on,
            row.ateco_version,
            row.ateco_section,
            row.comune,
            row.registered_on,
            row.first_contacted_on,
        )
        for row in made
    ]


def _old(row: CompanyKnown) -> company.CompanyVersion:
    return company.CompanyVersion(
        row.company_id,
        row.registered_on,
        row.ateco_version,
        row.ateco_section,
        row.comune,
        None,
        row.first_contacted_on,
    )


def apply_wrong(latest: Any, stored: Any) -> Sequence[company.CompanyVersion]:
    return [replace(row, ateco_section="A") for row in company.apply(latest, stored)]


@dataclass(frozen=True, slots=True)
class CompanyOfPlace(company.CompanyVersion):
    """A mistake of a definition: two companies of one place have one key."""

    key: ClassVar[tuple[str, ...]] = ("comune",)


def apply_by_place(latest: Any, stored: Any) -> Sequence[CompanyOfPlace]:
    if not isinstance(stored.event, matching.CompanyRegistered):
        return ()
    (made,) = company.apply({}, stored)
    return (
        CompanyOfPlace(
            made.company_id, made.registered_on, made.ateco_version, made.ateco_section, made.comune, made.introduced_by
        ),
    )


def with_company(fact: FactDefinition) -> tuple[FactDefinition, ...]:
    return tuple(fact if one.row.table == fact.row.table else one for one in DEFINITION.facts)


SAME = replace(DEFINITION, version=2)
CHANGED = ProjectionDefinition(
    "facts",
    3,
    with_company(FactDefinition(CompanyKnown, apply_known)),
    (Difference("company_versions", "known since, not by whom", ("introduced_by", "known_since")),),
)
WRONG = replace(DEFINITION, version=4, facts=with_company(FactDefinition(company.CompanyVersion, apply_wrong)))
TWICE = replace(DEFINITION, version=5, facts=with_company(FactDefinition(CompanyOfPlace, apply_by_place)))
DEFINITIONS = {1: DEFINITION, 2: SAME, 3: CHANGED, 4: WRONG}


@dataclass
class Bed:
    """A reporting database and topics with a history on them."""

    provisioned: Provisioned

    def prepare(self) -> None:
        urls = self.provisioned.urls
        migrate.upgrade_keys(urls["keys_owner"])
        databases.upgraded(urls["reporting_owner"], "reporting", SERVICE.migrations)
        topics.apply(self.bootstrap, self.prefix)

    @property
    def bootstrap(self) -> str:
        return self.provisioned.common["KAFKA_BOOTSTRAP_SERVERS"]

    @property
    def prefix(self) -> str:
        return self.provisioned.topic_prefix

    @property
    def settings(self) -> ReportingSettings:
        return ReportingSettings(
            kafka_bootstrap_servers=self.bootstrap,
            topic_prefix=self.prefix,
            master_key_text=self.provisioned.common["INSIEME_MASTER_KEY"],
            database_url=self.provisioned.urls["reporting"],
            database_url_keys=self.provisioned.urls["reporting@keys"],
        )

    @property
    def surroundings(self) -> Surroundings:
        urls = self.provisioned.urls
        master = self.provisioned.common["INSIEME_MASTER_KEY"]
        return Surroundings(self.bootstrap, self.prefix, urls["reporting"], urls["reporting@keys"], master)

    async def fill(self, count: int) -> None:
        """A regular history."""
        async with self.manager() as pool:
            await cases.fill(self.bootstrap, self.prefix, self.vault(pool), count)

    def manager(self) -> Any:
        return open_pool(self.provisioned.urls["intake@keys"], 2, "test-keys")

    def vault(self, pool: Any) -> KeyVault:
        return KeyVault(pool, MasterKey.from_base64(self.provisioned.common["INSIEME_MASTER_KEY"]))

    async def enrolled(self, erased: bool = False) -> tuple[UUID, UUID]:
        """A case with sealed fields on the topic, closed after an erasure if there is one. Answers (person, case)."""
        made = History()
        person, case = made.enrolled(DAY)
        async with self.manager() as pool:
            keys = await self.vault(pool).ensure([person], datetime(2020, 1, 1, tzinfo=UTC))
        events = [stored.event for stored in made.events]
        ids: dict[str, Any] = {"person_id": person, "occurred_on": DAY}
        if erased:
            events.append(intake.SealedFieldsErased(**ids))
        events.append(intake.CaseClosed(case_id=case, **ids, exit_state=intake.ExitState.OTHER))
        await self.send("intake", *chain(f"case-{case}", *events, keys=keys))
        return person, case

    async def destroy(self, *persons: UUID) -> None:
        async with self.manager() as pool:
            await self.vault(pool).destroy(persons, datetime(2020, 1, 2, tzinfo=UTC))

    async def send(self, context: str, *records: store.Record) -> None:
        await produce(self.bootstrap, *(self.wire(context, record) for record in records))

    def wire(self, context: str, record: store.Record) -> Wire:
        """The record that the relay would send, on the partition of its stream."""
        sent, _ = outgoing(record, context)
        partition = (murmur2(sent.key) & 0x7FFFFFFF) % PARTITIONS[context]
        topic = restricted_topic(self.prefix, context)
        return Wire(topic, partition, 0, sent.key, sent.value, sent.headers)

    async def send_irregular(self) -> None:
        """Whatever may be wrong with a stream, each with a stream of its own."""
        bootstrap = self.bootstrap
        one, two, three, four = companies(4)
        await self.send("matching", one, three, four)  # a gap
        one, two, three, four = companies(4)
        await self.send("matching", one, three, two, four)  # another order
        one, two, three = companies(3)
        await self.send("matching", one, two, two, one, three, three)  # twice
        one, two, three = companies(3)
        await self.send("matching", one, two, replace(two, event_id=uuid4()), three)  # forked
        one, two, three = companies(3)
        await self.send("matching", one, replace(two, predecessor=uuid4()), three)  # another predecessor
        first, second, third = (self.wire("matching", record) for record in companies(3))
        unknown = [(n, v + b"9" if n == "ce_type" else v) for n, v in second.headers]
        await produce(bootstrap, first, replace(second, headers=unknown), third)
        first, second, third = (self.wire("matching", record) for record in companies(3))
        await produce(bootstrap, first, replace(second, headers=[]), third)  # unreadable
        first, second, third = (self.wire("matching", record) for record in companies(3))
        await produce(bootstrap, first, replace(second, value=b"{}"), third)  # fits no contract
        first, second, third = (self.wire("matching", record) for record in companies(3))
        await produce(
            bootstrap, first, replace(second, partition=(second.partition + 1) % 6)
        )  # on a partition of another key
        await produce(bootstrap, third)
        vacancy = uuid4()
        ids: dict[str, Any] = {"vacancy_id": vacancy, "occurred_on": DAY}
        closed = matching.VacancyFilled(**ids)
        await self.send("matching", *chain(f"vacancy-{vacancy}", closed, closed))  # apply raises
        await self.send("intake", *chain(f"referral-{uuid4()}", *[accepted(uuid4())] * 3)[:2])  # makes no facts

    def rebuild(self, definition: ProjectionDefinition, again: bool = False, processes: int = 2) -> Rebuild:
        return Rebuild(definition, self.surroundings, OPERATOR, processes, again)

    async def rebuilt(self, definition: ProjectionDefinition) -> Outcome:
        return await self.rebuild(definition, again=True).run()

    async def built(self, definition: ProjectionDefinition) -> None:
        """The version as an earlier test left it; made where it is not there."""
        query = "select 1 from events.projection_versions where version = %s and state in ('catching_up', 'live')"
        if not await self.rows(query, definition.version):
            await self.rebuilt(definition)

    def operations(self, service: Running) -> Operations:
        return Operations(
            "facts", DEFINITIONS, service.pool, service.settings.database_url, service.keys, service.clock
        )

    async def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        async with await psycopg.AsyncConnection.connect(self.provisioned.urls["reporting"]) as connection:
            return await (await connection.execute(query.encode(), values)).fetchall()

    async def bytes_of(self, definition: ProjectionDefinition) -> dict[str, bytes]:
        async with await psycopg.AsyncConnection.connect(self.provisioned.urls["reporting"]) as connection:
            return {f.row.table: await content(connection, f, definition.schema) for f in definition.facts}

    async def letters(self, definition: ProjectionDefinition) -> list[tuple[Any, ...]]:
        return await self.rows(
            """select topic, partition, record_offset, stream, sequence, event_id, type, reason, headers::text, value
               from events.dead_letters where subscription = %s order by 1, 2, 3""",
            definition.subscription,
        )

    async def sequences(self, definition: ProjectionDefinition) -> list[tuple[Any, ...]]:
        return await self.rows(
            "select stream, sequence, event_id from events.sequences where subscription = %s order by 1",
            definition.subscription,
        )

    async def caught_up(self, definition: ProjectionDefinition) -> bool:
        """Whether a version has applied or parked everything that is on the topics."""
        names = [restricted_topic(self.prefix, context) for context in definition.contexts]
        found = await asyncio.to_thread(topics.describe, self.bootstrap, names)
        rows = await self.rows(
            "select topic, partition, next_offset from events.cursors where subscription = %s", definition.subscription
        )
        stands = {(topic, partition): offset for topic, partition, offset in rows}
        return all(
            stands.get((name, partition), 0) >= end
            for name, f in found.items()
            for partition, (_, end) in f.ends.items()
        )


def companies(length: int, keys: Keys | None = None) -> list[store.Record]:
    """A stream of one company: registered, then contacted on one day after the other, backwards."""
    made = History()
    company_id = made.company(DAY)
    contacted = [
        matching.CompanyContacted(company_id=company_id, occurred_on=date(2020, 1, 30 - n), kind=KIND)
        for n in range(length - 1)
    ]
    return chain(f"company-{company_id}", made.events[0].event, *contacted, keys=keys)
