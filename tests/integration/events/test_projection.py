"""Facts are versions: the same bytes whatever the batches, and blanked in every version row by an erasure (11)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from insieme_events.contracts import ERASED, DomainEvent
from insieme_events.contracts.intake import (
    CaseClosed,
    EmploymentStatus,
    EmploymentStatusRecorded,
    ExitState,
    PersonEnrolled,
    SealedFieldsErased,
    StatusEvidence,
)
from insieme_events.contracts.vocabulary import ChannelClass
from insieme_events.envelope import Stored
from insieme_events.projection import FactDefinition, FactRow, ProjectionDefinition, readable
from insieme_events.testing.projections import Facts, history, projected
from insieme_events.testing.road import DAY, Road

pytestmark = pytest.mark.integration

PERSON = uuid4()


@dataclass(frozen=True, slots=True)
class CaseRow(FactRow):
    context = "intake"
    stream_name = "case"
    table = "case_versions"
    key = ("case_id",)
    sealed = ("status",)

    case_id: UUID
    status: str | None
    closed: bool


def apply(latest: Mapping[tuple[Any, ...], CaseRow], stored: Stored) -> Sequence[CaseRow]:
    match stored.event:
        case PersonEnrolled(case_id=case_id):
            return [CaseRow(case_id, None, False)]
        case EmploymentStatusRecorded(case_id=case_id, status=status):
            return [replace(latest[(case_id,)], status=readable(status))]
        case CaseClosed(case_id=case_id):
            return [replace(latest[(case_id,)], closed=True)]
        case _:
            return []


FACT = FactDefinition(CaseRow, apply)
DEFINITION = ProjectionDefinition("cases", 1, (FACT,))


@pytest.fixture
async def facts(owned: Road) -> AsyncIterator[Facts]:
    async with await psycopg.AsyncConnection.connect(owned.url, autocommit=True) as connection:
        yield await projected(connection, DEFINITION)


def enrolled(case: UUID) -> DomainEvent:
    return PersonEnrolled(
        case_id=case,
        person_id=PERSON,
        occurred_on=DAY,
        channel_class=next(iter(ChannelClass)),
        agreement_version="a-1",
    )


def status(case: UUID, value: Any = EmploymentStatus.DISOCCUPATO) -> DomainEvent:
    return EmploymentStatusRecorded(
        case_id=case, person_id=PERSON, occurred_on=DAY, status=value, evidence=StatusEvidence.DID, evidence_on=DAY
    )


def closed(case: UUID) -> DomainEvent:
    return CaseClosed(case_id=case, person_id=PERSON, occurred_on=DAY, exit_state=ExitState.OTHER)


def erased() -> DomainEvent:
    return SealedFieldsErased(person_id=PERSON, occurred_on=DAY)


def journey(case: UUID, *more: DomainEvent) -> list[Stored]:
    return history(f"case-{case}", enrolled(case), status(case), status(case, EmploymentStatus.EMPLOYED), *more)


async def test_a_fact_has_one_version_row_per_event_that_changes_it(facts: Facts) -> None:
    case = uuid4()
    await facts.given(journey(case, closed(case)))
    assert [(row.status, row.closed) for row in await facts.versions(CaseRow)] == [
        (None, False),
        ("disoccupato", False),
        ("employed", False),
        ("employed", True),
    ]
    await facts.then(CaseRow(case, "employed", True))


@pytest.mark.parametrize("batch", [1, 2, 3, 7, 1000])
async def test_any_split_into_batches_gives_the_same_bytes(facts: Facts, batch: int) -> None:
    cases = [uuid4() for _ in range(9)]
    streams = [journey(case, *([erased()] if n % 3 else []), closed(case)) for n, case in enumerate(cases)]
    mixed = [[stored] for place in range(5) for stream in streams for stored in stream[place : place + 1]]
    whole = await (await facts.given(*streams)).bytes_of(FACT)
    other = await projected(facts.connection, DEFINITION, "cases_other")
    assert await (await other.given(*mixed, batch=batch)).bytes_of(FACT) == whole
    assert whole.count(b"\n") == 9 * 4


@pytest.mark.parametrize("batch", [1, 2, 3, 4, 1000])
async def test_an_erasure_blanks_every_version_row_of_its_stream_only(facts: Facts, batch: int) -> None:
    case, other = uuid4(), uuid4()
    await facts.given(journey(case, erased(), closed(case)), journey(other), batch=batch)
    rows = await facts.versions(CaseRow)
    assert [row.status for row in rows if row.case_id == case] == ["unknown"] * 4
    assert [row.status for row in rows if row.case_id == other] == [None, "disoccupato", "employed"]


async def test_a_rebuild_without_the_key_gives_the_same_bytes_as_the_erasure_did(facts: Facts) -> None:
    case = uuid4()
    lived = await (await facts.given(journey(case, erased(), closed(case)))).bytes_of(FACT)
    rebuilt = await projected(facts.connection, DEFINITION, "cases_2")
    gone = history(f"case-{case}", enrolled(case), status(case, ERASED), status(case, ERASED), erased(), closed(case))
    assert await (await rebuilt.given(gone, batch=2)).bytes_of(FACT) == lived


async def test_control_the_bytes_differ_where_a_row_does(facts: Facts) -> None:
    case = uuid4()
    one = await (await facts.given(journey(case))).bytes_of(FACT)
    other = await projected(facts.connection, DEFINITION, "cases_2")
    assert await (await other.given(journey(case, closed(case)))).bytes_of(FACT) != one


async def test_streams_of_other_kinds_make_no_facts(facts: Facts) -> None:
    case = uuid4()
    await facts.given(history(f"plan-{case}", enrolled(case)))
    await facts.then_none(CaseRow)
