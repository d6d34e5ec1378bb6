"""The fold of the stored events is what the views show, and views made again are the same (I1, I8, I10)."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg
import pytest

from insieme_events import putting_back, store
from insieme_events.contracts.intake import JobLossCause, JobLossRecorded
from insieme_events.envelope import opened, outgoing, received
from insieme_events.position import Standing
from insieme_events.putting_back import Recovered, as_told
from insieme_events.store import Position, Record
from insieme_events.testing.road import Wire
from insieme_local.provision import Provisioned
from insieme_training.course import COURSE
from insieme_training.course.state import Offer
from insieme_training.views.courses import status
from insieme_training.views.told import JobLossView

pytestmark = pytest.mark.integration

VIEWS = ("courses", "reservations", "participations", "attendance", "certificates", "language_levels", "sector_changes")


async def seen(training: Any) -> list[list[tuple[Any, ...]]]:
    return [await training.served.rows(f"select t::text from views.{name} t order by 1") for name in VIEWS]


def on_topic(record: Record, offset: int) -> Wire:
    """The complete record that the relay would send."""
    sent, _ = outgoing(record, "training")
    return Wire("training.restricted.v1", 0, offset, sent.key, sent.value, sent.headers)


async def something_of_everything(training: Any) -> None:
    http = training.served
    # 2.b: identified, activated, lost, recovered, started; another one cancelled; a proposal declined.
    course = await training.plan("2b", seats=2)
    reserved = await training.reserve(course, positions=2)
    await http.post(f"/v1/courses/{course}/activation", 200, on="2021-03-15")
    await training.release(reserved, 0, date(2021, 3, 20))
    await training.reserve(course, positions=2, on=date(2021, 3, 22))
    await http.post(f"/v1/courses/{course}/start", 200, on="2021-04-01")
    cancelled = await training.active()
    await http.post(f"/v1/courses/{cancelled}/cancellation", 200, reason="not_funded", on="2021-03-20")
    ones = [await training.enrolled(course) for _ in range(3)]
    await training.block(await training.ask(course))
    path = f"/v1/participations/{ones[0]}"
    await http.post(f"{path}/start", 200, on="2021-04-01")
    lesson = {"lesson_no": 1, "minutes": 120, "attendance": "present", "on": "2021-04-01"}
    await http.post(f"{path}/attendance", 200, **lesson)
    await http.post(f"{path}/completion", 200, on="2021-06-01")
    await http.post(f"{path}/certificates", kind="qualification", on="2021-06-02")
    await http.post(f"/v1/participations/{ones[1]}/drop", 200, reason="found_job", on="2021-04-01")
    # 2.a with levels, 2.c with a priority.
    italian, ranked = await training.active("2a"), await training.active("2c", seats=1)
    person = await training.person()
    level = {"skill": "speaking", "assessed_at": "entry", "method": "test", "level": "a1", "on": "2021-03-25"}
    await http.post(f"/v1/participations/{await training.enrolled(italian, person)}/language-levels", **level)
    declared = {"ateco_version": "ateco_2007", "from_section": "I", "on": "2021-03-01"}
    await http.post(f"/v1/sector-changes/{person}", **declared)
    told = {"cause": JobLossCause.PANDEMIC, "month": "2020-04", "occurred_on": date(2021, 2, 1)}
    await training.hear(JobLossView(), JobLossRecorded(case_id=person, person_id=person, **told))
    for one in (await training.person(), person):
        await training.enrolled(ranked, one)
    await http.post(f"/v1/courses/{ranked}/ranking", 200, on="2021-03-26")


@pytest.mark.clause("P39", "P37", "P42")
@pytest.mark.invariant("I1", "replay")
@pytest.mark.invariant("I8", "replay")
@pytest.mark.invariant("I10", "replay")
async def test_what_is_stored_is_what_is_shown_and_is_put_back_as_it_was(
    bare_training: Any, fresh_provisioned: Provisioned
) -> None:
    training = bare_training
    await something_of_everything(training)
    before = await seen(training)
    assert all(before), "something of everything"
    courses = {row["course_id"]: row for row in (await training.served.get("/v1/courses"))["items"]}
    streams = [name for (name,) in await training.served.rows("select distinct stream from events.events")]
    owner = await psycopg.AsyncConnection.connect(fresh_provisioned.urls["training_owner"])
    async with owner:
        told = await store.load(owner, streams)
        for course_id, shown in courses.items():
            events = [opened(record, "training", {}).event for record in told[f"course-{course_id}"]]
            course = COURSE.fold(events)
            offer = getattr(course, "offer", None)
            assert isinstance(offer, Offer)
            assert (status(course), len(offer.taken), len(offer.waiting), offer.positions, offer.lost) == (
                *(shown["status"], shown["taken"], shown["waiting"], shown["positions"], shown["positions_lost"]),
            )
        for name in ("events.events", *(f"views.{view}" for view in VIEWS)):
            await owner.execute(f"delete from {name}".encode())
        lost = as_told([received(on_topic(record, n)) for found in told.values() for n, record in enumerate(found)])
        last = Standing(Position(1, 10**6, 10**6))
        await putting_back._put_back(training.served.service, owner, Recovered(lost), last)
        assert await store.load(owner, streams) == told
    assert await seen(training) == before
