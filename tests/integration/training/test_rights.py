"""What training holds of a person, for that person: everything that names them, under every id (GDPR art. 15, 17)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from insieme_events.contracts.intake import (
    ErasureGround,
    JobLossCause,
    JobLossRecorded,
    PersonErased,
    PersonsMerged,
)
from insieme_events.in_charge import InChargeView
from insieme_training.api.rights import EXAMPLE
from insieme_training.reactions.erasure import ErasureProcess
from insieme_training.views.told import JobLossView

NAMING = "select stream, version from events.events where data::json->>'person_id' = any(%s)"
LEVEL = {"skill": "speaking", "assessed_at": "entry", "method": "test", "level": "b1", "on": "2021-03-25"}
DECLARATION = {"ateco_version": "ateco_2007", "from_section": "I", "to_section": "H", "on": "2021-03-01"}


async def somebody(training: Any) -> UUID:
    """With a level in a course of Italian, a declaration, and a loss of work that intake told of."""
    person: UUID = await training.person()
    await training.served.post(f"/v1/sector-changes/{person}", **DECLARATION)
    lost = JobLossRecorded(
        case_id=uuid4(), person_id=person, cause=JobLossCause.PANDEMIC, month="2020-04", occurred_on=date(2021, 2, 1)
    )
    await training.hear(JobLossView(), lost)
    one = await training.enrolled(await training.active("2a"), person)
    await training.served.post(f"/v1/participations/{one}/language-levels", **LEVEL)
    return person


async def part(training: Any, person: UUID) -> tuple[int, Any]:
    answer = await training.served.client.get(f"/v1/persons/{person}/data")
    return answer.status_code, answer.json()


async def test_it_is_every_event_that_names_the_person_opened(training: Any) -> None:
    person, other = [await somebody(training) for _ in range(2)]
    status, found = await part(training, person)
    assert status == 200
    told = {(each["stream"], each["sequence"]) for each in found["events"]}
    assert told == set(await training.served.rows(NAMING, [str(person)]))
    by_type = {each["type"]: each for each in found["events"]}
    assert by_type["LanguageLevelAssessed"]["level"] == "b1"
    assert by_type["SectorChangeDeclared"]["from_section"] == "I"
    assert [each["pandemic"] for each in found["copies"]["job_losses"]] == [True]
    assert str(other) not in str(found)
    assert (found.keys(), found["copies"].keys()) == (EXAMPLE.keys(), EXAMPLE["copies"].keys())
    (example,) = [each for each in EXAMPLE["events"] if each["type"] == "LanguageLevelAssessed"]
    assert example.keys() == by_type["LanguageLevelAssessed"].keys()


async def test_merged_persons_are_one(training: Any) -> None:
    person, other = [await somebody(training) for _ in range(2)]
    merged = PersonsMerged(person_id=person, merged_id=other, occurred_on=date(2021, 5, 1))
    await training.hear(InChargeView(), merged)
    for asked in (person, other):
        _, found = await part(training, asked)
        told = {(each["stream"], each["sequence"]) for each in found["events"]}
        assert told == set(await training.served.rows(NAMING, [str(person), str(other)]))
        assert len(found["copies"]["job_losses"]) == 2


async def test_nobody_unknown_or_erased_has_a_part(training: Any) -> None:
    status, answer = await part(training, uuid4())
    assert (status, answer["code"]) == (404, "training.nothing_held")
    person = await somebody(training)
    await training.keys.destroy([person], datetime.now(UTC))
    service = training.served.service
    erased = PersonErased(person_id=person, ground=ErasureGround.REQUEST, occurred_on=date(2021, 8, 2))
    await training.tell(ErasureProcess(service.pool, service.clock), erased)
    status, answer = await part(training, person)
    assert (status, answer["code"]) == (409, "training.data_erased")
