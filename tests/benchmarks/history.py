"""What is measured with: companies with their vacancies, candidacies and placements, as matching would record them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from confluent_kafka import Producer
from uuid_utils.compat import uuid7

from insieme_events import catalogue
from insieme_events.contracts import Actor, DomainEvent
from insieme_events.contracts.matching import (
    AtecoVersion,
    CandidateAccepted,
    CandidateInterviewed,
    CandidatePresented,
    CandidateShortlisted,
    CompanyContacted,
    CompanyRegistered,
    ContactKind,
    EntryKind,
    PlacementExtended,
    PlacementStarted,
    SelectionClosed,
    SelectionOpened,
    VacancyOpened,
)
from insieme_events.contracts.vocabulary import CompanySize, ContractClass, WorkingTime
from insieme_events.envelope import metadata_of, outgoing
from insieme_events.sealing import to_json
from insieme_events.store import Record

ACTOR = Actor(party="fondazione", role="operator", purpose="matching")
DAY = date(2020, 2, 3)
PER_COMPANY = 15
BLOCK = 200
"""Companies whose events are interleaved; a stream goes on for several batches."""
TRANSACTION = 2000


def _of_one(company_id: UUID) -> list[tuple[str, DomainEvent]]:
    """The events of one company and of what hangs on it, in order, with their streams."""
    vacancy_id, employment_id = uuid4(), uuid4()
    persons = [uuid4(), uuid4()]
    ids = [
        {"candidacy_id": uuid4(), "vacancy_id": vacancy_id, "person_id": person, "occurred_on": DAY, "by": ACTOR}
        for person in persons
    ]
    company, vacancy, employment = f"company-{company_id}", f"vacancy-{vacancy_id}", f"employment-{employment_id}"
    streams = [f"candidacy-{each['candidacy_id']}" for each in ids]
    common = {"occurred_on": DAY, "by": ACTOR}
    placement = {"employment_id": employment_id, "person_id": persons[0], "company_id": company_id, **common}
    contact = CompanyContacted(company_id=company_id, kind=ContactKind.VISIT, **common)
    return [
        (
            company,
            CompanyRegistered(
                company_id=company_id,
                size=CompanySize.SMALL,
                ateco_version=AtecoVersion.ATECO_2007,
                ateco_section="G",
                comune="037006",
                **common,
            ),
        ),
        (company, contact),
        (
            vacancy,
            VacancyOpened(
                vacancy_id=vacancy_id, company_id=company_id, profile="4.1.1", positions=1, comune="037006", **common
            ),
        ),
        (vacancy, SelectionOpened(vacancy_id=vacancy_id, company_id=company_id, selection_no=1, **common)),
        *((streams[n], CandidateShortlisted(**ids[n])) for n in (0, 1)),
        *((streams[n], CandidatePresented(**ids[n])) for n in (0, 1)),
        *((streams[n], CandidateInterviewed(**ids[n])) for n in (0, 1)),
        (vacancy, SelectionClosed(vacancy_id=vacancy_id, selection_no=1, **common)),
        (streams[0], CandidateAccepted(**ids[0])),
        (
            employment,
            PlacementStarted(
                contract_type="A.02.00",
                contract_class=ContractClass.FIXED_TERM,
                ends_on=date(2020, 6, 30),
                working_time=WorkingTime.FULL,
                comune="037006",
                entry_kind=EntryKind.RE_ENTRY,
                agreement_version="2017.1",
                vacancy_id=vacancy_id,
                **placement,
            ),
        ),
        (employment, PlacementExtended(link_no=2, ends_on=date(2020, 12, 31), **placement)),
        (company, contact),
    ]


@dataclass
class History:
    """Records of growing streams. `companies` are the ones that it has so far."""

    companies: list[UUID] = field(default_factory=list)
    _last: dict[str, Record] = field(default_factory=dict)
    _recorded: datetime = datetime(2020, 2, 3, 8, tzinfo=UTC)

    def grow(self, events: int) -> Iterator[Record]:
        """At least so many more events, of new companies."""
        for start in range(0, -(-events // PER_COMPANY), BLOCK):
            fresh = [uuid4() for _ in range(min(BLOCK, -(-events // PER_COMPANY) - start))]
            self.companies += fresh
            for step in zip(*(_of_one(company_id) for company_id in fresh), strict=True):
                for stream, event in step:
                    yield self._next(stream, event)

    def contacts(self, companies: Sequence[UUID]) -> Iterator[Record]:
        """One more event of each of these companies."""
        for company_id in companies:
            event = CompanyContacted(company_id=company_id, kind=ContactKind.CALL, occurred_on=DAY, by=ACTOR)
            yield self._next(f"company-{company_id}", event)

    def _next(self, stream: str, event: DomainEvent) -> Record:
        last = self._last.get(stream)
        self._recorded += timedelta(milliseconds=1)
        event_id = UUID(int=uuid7().int)
        made = self._last[stream] = Record(
            event_id,
            stream,
            last.sequence + 1 if last else 1,
            type(event).__name__,
            event.schema_version,
            to_json(event, event_id, {}).decode(),
            metadata_of(str(uuid7()), None, None),
            event.occurred_on,
            self._recorded,
            last.event_id if last else None,
        )
        return made


def fill_topic(bootstrap: str, prefix: str, records: Iterator[Record]) -> int:
    """Puts complete events on matching's restricted topic as the relay does: transactions of 2,000, lz4."""
    topic = catalogue.restricted_topic(prefix, "matching")
    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "transactional.id": f"bench-{uuid4()}",
            "compression.type": "lz4",
            "linger.ms": 20,
            "partitioner": "murmur2_random",
        }
    )
    producer.init_transactions(30)
    count = 0
    producer.begin_transaction()
    for record in records:
        sent, _ = outgoing(record, "matching")
        producer.produce(topic, sent.value, sent.key, headers=dict(sent.headers), timestamp=sent.timestamp_ms)
        count += 1
        if count % TRANSACTION == 0:
            producer.commit_transaction(30)
            producer.begin_transaction()
    producer.commit_transaction(30)
    return count
