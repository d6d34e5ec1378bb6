"""Erasure within training: streams marked, views blanked, the answer given, nothing sealed again (GDPR art. 17)."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from insieme_events.contracts.intake import ErasureGround, JobLossCause, JobLossRecorded, PersonErased
from insieme_events.contracts.vocabulary import PartyRole
from insieme_training.reactions.erasure import ErasureProcess
from insieme_training.views.told import JobLossView

pytestmark = pytest.mark.integration

DECLARATION = {"ateco_version": "ateco_2007", "from_section": "I", "to_section": "H", "on": "2021-03-01"}
LEVEL = {"skill": "speaking", "assessed_at": "entry", "method": "test", "level": "b1", "on": "2021-03-25"}


def erased(person: UUID) -> PersonErased:
    return PersonErased(person_id=person, ground=ErasureGround.REQUEST, occurred_on=date(2021, 8, 2))


def lost_work(person: UUID, on: date = date(2021, 2, 1)) -> JobLossRecorded:
    return JobLossRecorded(
        case_id=uuid4(), person_id=person, cause=JobLossCause.PANDEMIC, month="2020-04", occurred_on=on
    )


def process(training: Any) -> ErasureProcess:
    return ErasureProcess(training.served.service.pool, training.served.service.clock)


async def somebody(training: Any) -> tuple[UUID, UUID, UUID]:
    """A person with a level in a course of Italian, a priority in one of 2.c, and a declaration."""
    http = training.served
    await training.sign(cna_bologna=PartyRole.EMPLOYER_ASSOCIATION)
    person = await training.person()
    await http.post(f"/v1/sector-changes/{person}", **DECLARATION)
    await training.hear(JobLossView(), lost_work(person))
    italian, ranked = await training.active("2a"), await training.active("2c")
    one = await training.enrolled(italian, person)
    await http.post(f"/v1/participations/{one}/language-levels", **LEVEL)
    two = await training.enrolled(ranked, person, channel_class="association", association="cna_bologna")
    await http.post(f"/v1/courses/{ranked}/ranking", 200, on="2021-03-25")
    return person, one, two


async def test_an_erasure_marks_every_stream_blanks_the_views_and_is_answered(training: Any) -> None:
    http = training.served
    person, one, two = await somebody(training)
    other, other_one, _ = await somebody(training)
    shown = [await http.get(f"/v1/participations/{each}") for each in (one, two)]
    assert shown[0]["language_levels"][0]["level"] == "b1"
    assert (shown[1]["score"], shown[1]["association"]) == (1, "cna_bologna")
    # The key goes first, as intake's does.
    await training.keys.destroy([person], datetime.now(UTC))
    await training.tell(process(training), erased(person))

    for each, before in zip((one, two), shown, strict=True):
        assert (await training.types(f"participation-{each}"))[-1] == "SealedFieldsErased"
        levels = [{**level, "level": "unknown"} for level in before["language_levels"]]
        assert await http.get(f"/v1/participations/{each}") == {
            **before,
            "association": None,
            "score": None,
            "language_levels": levels,
            "version": before["version"] + 1,
        }
    declared = await http.get(f"/v1/sector-changes/{person}")
    assert (declared["status"], declared["from_section"], declared["to_section"]) == ("erased", None, None)
    assert await http.rows("select pandemic from views.job_losses where person_id = %s", person) == [(None,)]
    assert await training.types(f"erasure_training-{person}") == ["ErasureCompleted"]
    assert (await http.get(f"/v1/participations/{other_one}"))["language_levels"][0]["level"] == "b1"
    assert (await http.get(f"/v1/sector-changes/{other}"))["from_section"] == "I"

    streams = [f"participation-{one}", f"participation-{two}", f"sector_change-{person}", f"erasure_training-{person}"]
    history = [await training.types(stream) for stream in streams]
    await training.tell(process(training), erased(person))
    assert [await training.types(stream) for stream in streams] == history


async def test_nothing_of_an_erased_person_is_sealed_or_kept_any_more(training: Any) -> None:
    http = training.served
    person, one, _ = await somebody(training)
    await training.keys.destroy([person], datetime.now(UTC))
    await training.tell(process(training), erased(person))
    level = {**LEVEL, "level": "b2", "on": "2021-04-01"}
    await http.refused(f"/v1/participations/{one}/language-levels", "training.erased", **level)
    await http.refused(f"/v1/sector-changes/{person}", "training.erased", **{**DECLARATION, "on": "2021-05-03"})
    body = {"course_id": str(await training.active("2a")), "person_id": str(person), "on": "2021-03-20"}
    await http.refused("/v1/participations", "training.erased", **body)
    # What intake told before, and is heard only now, is not kept either.
    late = lost_work(person, date(2021, 7, 1))
    await training.hear(JobLossView(), late)
    assert await http.rows("select pandemic from views.job_losses where case_id = %s", late.case_id) == [(None,)]
    # A course that the person is in goes on.
    await http.post(f"/v1/participations/{one}/drop", 200, reason="withdrew", on="2021-08-03")


async def test_somebody_who_is_erased_on_the_waiting_list_holds_up_no_ranking(training: Any) -> None:
    http = training.served
    course = await training.active("2c", seats=1)
    gone, first, second = await training.persons(3)
    for person in (gone, first):
        await training.confirm(await training.ask(course, person), date(2021, 3, 22))
    await training.tell(process(training), erased(gone))
    await http.post(f"/v1/courses/{course}/ranking", 200, on="2021-03-25")
    asked = await training.ask(course, second)
    await training.confirm(asked, date(2021, 3, 26))
    await http.post(f"/v1/courses/{course}/ranking", 200, on="2021-03-27")
    assert (await http.get(f"/v1/participations/{asked}"))["ranked"] is True
    rows = (await http.get(f"/v1/courses/{course}/waiting-list"))["items"]
    assert {row["person_id"] for row in rows if not row["ranked"]} <= {str(gone)}


async def test_the_key_of_a_person_who_is_being_erased_refuses_before_training_has_heard(training: Any) -> None:
    person, one, _ = await somebody(training)
    await training.keys.destroy([person], datetime.now(UTC))
    level = {**LEVEL, "level": "b2", "on": "2021-04-01"}
    await training.served.refused(f"/v1/participations/{one}/language-levels", "keys.destroyed", **level)


async def test_what_is_told_while_somebody_is_erased_is_blanked_too(training: Any) -> None:
    """The views hold nothing readable, whichever of the two commits first; fifty times."""
    persons = await training.persons(50)
    for person in persons:
        told = training.hear(JobLossView(), lost_work(person))
        await asyncio.gather(told, training.tell(process(training), erased(person)))
    left = await training.served.rows(
        "select count(*) from views.job_losses where person_id = any(%s) and pandemic is not null", persons
    )
    assert left == [(0,)]
