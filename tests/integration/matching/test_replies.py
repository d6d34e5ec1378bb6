"""Deadlines of candidacies: a reply that does not come, and a vacancy that somebody else filled (P32)."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

import insieme_matching
from insieme_events.contracts.intake_persons import ProcessingRestricted, RestrictionGround, RestrictionLifted
from insieme_events.timers import Timers, look
from insieme_events.units import Done
from insieme_matching.timers import TIMERS
from insieme_matching.views.told import RestrictionView

MIGRATION = Path(insieme_matching.__file__).parent / "migrations" / "matching_0005_vacancies_over.py"


async def due(matching: Any) -> int:
    service = matching.service
    return await Timers("matching", TIMERS, service.pool, service.commands, service.clock).once()


async def shortlisted(matching: Any, vacancy: UUID, person: UUID) -> str:
    body = {"vacancy_id": str(vacancy), "person_id": str(person), "on": "2021-02-10"}
    return str((await matching.post("/v1/candidacies", **body))["id"])


@pytest.mark.clause("P32")
async def test_a_presentation_without_an_answer_shows_as_overdue_until_it_has_one(matching: Any) -> None:
    vacancy, person = await matching.vacancy(await matching.company()), await matching.person()
    candidacy = await shortlisted(matching, vacancy, person)
    assert await due(matching) == 0
    await matching.post(f"/v1/candidacies/{candidacy}/presentation", 200, on="2021-02-12")
    assert [await due(matching), await due(matching)] == [1, 0]
    late = await matching.get("/v1/candidacies", overdue=True, vacancy_id=str(vacancy))
    assert [row["candidacy_id"] for row in late["items"]] == [candidacy]
    events = [stored.event for stored in await matching.events(f"candidacy-{candidacy}")]
    assert events[-1].due_on.isoformat() == "2021-02-27"
    withdrawal = {"reason": "no_answer", "on": "2026-01-12"}
    await matching.post(f"/v1/candidacies/{candidacy}/withdrawal", 200, **withdrawal)
    assert (await matching.get("/v1/candidacies", overdue=True, vacancy_id=str(vacancy)))["items"] == []


@pytest.mark.clause("P32", "P31")
async def test_a_vacancy_that_is_full_or_gone_ends_what_waits_for_it(matching: Any, new_placement: Any) -> None:
    company, (first, second, third) = await matching.company(), await matching.persons(3)
    vacancy, other = await matching.vacancy(company), await matching.vacancy(company)
    placed = await shortlisted(matching, vacancy, first)
    for step in ("presentation", "interview", "acceptance"):
        await matching.post(f"/v1/candidacies/{placed}/{step}", 200, on="2021-02-12")
    waiting = await shortlisted(matching, vacancy, second)
    elsewhere = await shortlisted(matching, other, third)
    await matching.post("/v1/employments", **new_placement(first, company, vacancy_id=str(vacancy)))
    await matching.post(f"/v1/vacancies/{other}/closing", 200, reason="expired", on="2021-03-01")
    assert [await due(matching), await due(matching)] == [2, 0]
    for candidacy, expected in (
        (placed, ("accepted", None)),
        (waiting, ("withdrawn", "position_taken")),
        (elsewhere, ("withdrawn", "vacancy_gone")),
    ):
        row = await matching.get(f"/v1/candidacies/{candidacy}")
        assert (row["status"], row["reason"]) == expected


@pytest.mark.clause("P32", "P31")
async def test_what_a_vacancy_sees_after_its_end_does_not_move_it(matching: Any, new_placement: Any) -> None:
    """One of two places is taken from 1 May, the vacancy lapses on 1 March, the placement is voided on 10 March."""
    company, (placed, waiting) = await matching.company(), await matching.persons(2)
    vacancy = await matching.vacancy(company, positions=2)
    candidacy = await shortlisted(matching, vacancy, waiting)
    ahead = {"vacancy_id": str(vacancy), "starts_on": "2021-05-01", "ends_on": "2021-07-31"}
    employment = (await matching.post("/v1/employments", **new_placement(placed, company, **ahead)))["id"]
    await matching.post(f"/v1/vacancies/{vacancy}/closing", 200, reason="expired", on="2021-03-01")
    (link,) = (await matching.get(f"/v1/employments/{employment}"))["chain"]
    void = {"voids": link["event_id"], "reason": "never_started", "on": "2021-03-10"}
    await matching.post(f"/v1/employments/{employment}/void", 200, **void)
    assert (await matching.get(f"/v1/vacancies/{vacancy}"))["over_on"] == "2021-03-01"
    assert await due(matching) == 1
    row = await matching.get(f"/v1/candidacies/{candidacy}")
    assert (row["status"], row["last_on"]) == ("withdrawn", "2021-03-01")


@pytest.mark.clause("P32", "P31")
async def test_whoever_has_the_place_does_not_lose_the_candidacy_to_it(matching: Any, new_placement: Any) -> None:
    """Interviewed and placed; the acceptance is recorded afterwards."""
    company, person = await matching.company(), await matching.person()
    vacancy = await matching.vacancy(company)
    candidacy = await shortlisted(matching, vacancy, person)
    for step in ("presentation", "interview"):
        await matching.post(f"/v1/candidacies/{candidacy}/{step}", 200, on="2021-02-12")
    await matching.post("/v1/employments", **new_placement(person, company, vacancy_id=str(vacancy)))
    assert await due(matching) == 0
    await matching.post(f"/v1/candidacies/{candidacy}/acceptance", 200, on="2021-02-20")


@pytest.mark.clause("P32", "P31")
async def test_a_place_that_is_free_again_when_the_step_comes_ends_nothing(matching: Any, new_placement: Any) -> None:
    """Between the look and the step the placement was voided."""
    company, (placed, waiting) = await matching.company(), await matching.persons(2)
    vacancy = await matching.vacancy(company)
    candidacy = await shortlisted(matching, vacancy, waiting)
    employment = await matching.post("/v1/employments", **new_placement(placed, company, vacancy_id=str(vacancy)))
    listed = await look(matching.service.pool, TIMERS[1], date(2021, 3, 1), 10)
    assert [(one.day, one.step.stream) for one in listed] == [(date(2021, 3, 1), f"candidacy-{candidacy}")]
    (link,) = (await matching.get(f"/v1/employments/{employment['id']}"))["chain"]
    void = {"voids": link["event_id"], "reason": "never_started", "on": "2021-03-10"}
    await matching.post(f"/v1/employments/{employment['id']}/void", 200, **void)
    answer = await matching.run(listed[0].step)
    assert isinstance(answer, Done)
    assert [result.event_ids for result in answer.results] == [()]
    assert (await matching.get(f"/v1/vacancies/{vacancy}"))["over_on"] is None
    assert (await matching.get(f"/v1/candidacies/{candidacy}"))["status"] == "shortlisted"


@pytest.mark.clause("P32")
async def test_nothing_is_noted_of_whose_data_may_not_be_used_and_all_of_it_once_they_may(matching: Any) -> None:
    """An answer that is overdue, and the vacancy's end after it; each of its own day."""
    vacancy, person = await matching.vacancy(await matching.company()), await matching.person()
    candidacy = await shortlisted(matching, vacancy, person)
    await matching.post(f"/v1/candidacies/{candidacy}/presentation", 200, on="2021-02-12")
    restricted = ProcessingRestricted(
        person_id=person, ground=RestrictionGround.OBJECTION_PENDING, occurred_on=date(2021, 2, 15)
    )
    await matching.told(RestrictionView(), restricted)
    await matching.post(f"/v1/vacancies/{vacancy}/closing", 200, reason="expired", on="2021-03-20")
    assert await due(matching) == 0
    await matching.told(RestrictionView(), RestrictionLifted(person_id=person, occurred_on=date(2021, 4, 1)))
    assert await due(matching) == 2
    events = [stored.event for stored in await matching.events(f"candidacy-{candidacy}")]
    assert [(type(event).__name__, event.occurred_on) for event in events[-2:]] == [
        ("CandidateReplyOverdue", date(2021, 2, 28)),
        ("CandidateWithdrawn", date(2021, 3, 20)),
    ]


async def test_vacancies_that_were_over_before_they_showed_it_are_given_their_day(
    matching: Any, new_placement: Any
) -> None:
    """What the migration puts into older rows is what the view writes, also of a vacancy that saw something later."""
    company, (first, second) = await matching.company(), await matching.persons(2)
    freed, lapsed, full = [await matching.vacancy(company, positions) for positions in (1, 2, 1)]
    ids = [await placed_on(matching, new_placement(first, company, vacancy_id=str(one))) for one in (freed, lapsed)]
    await placed_on(matching, new_placement(second, company, vacancy_id=str(full)))
    await matching.post(f"/v1/vacancies/{lapsed}/closing", 200, reason="expired", on="2021-03-02")
    for employment in ids:
        (link,) = (await matching.get(f"/v1/employments/{employment}"))["chain"]
        void = {"voids": link["event_id"], "reason": "never_started", "on": "2021-03-10"}
        await matching.post(f"/v1/employments/{employment}/void", 200, **void)
    (fill,) = re.findall(r"update views\.vacancies.*?;", MIGRATION.read_text("utf-8"), re.DOTALL)
    all_of_them = "select vacancy_id, over_on from views.vacancies order by vacancy_id"
    written = await matching.rows(all_of_them)
    async with await psycopg.AsyncConnection.connect(matching.provisioned.urls["matching_owner"]) as owner:
        await owner.execute("update views.vacancies set over_on = null")
        await owner.execute(fill)
        assert await (await owner.execute(all_of_them)).fetchall() == written
    days = dict(written)
    assert [days[one] for one in (freed, lapsed, full)] == [None, date(2021, 3, 2), date(2021, 3, 1)]


async def placed_on(matching: Any, placement: Any) -> str:
    return str((await matching.post("/v1/employments", **placement))["id"])
