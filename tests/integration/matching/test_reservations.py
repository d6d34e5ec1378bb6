"""Positions asked for by courses, from training's event to the answer, the lists and the placement (P39, I1)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from insieme_events.contracts.matching import PositionsReleased, PositionsReserved, ReservationRefused
from insieme_events.contracts.training import PositionSourceKind, PositionsRequested, PositionsReturned
from insieme_events.contracts.vocabulary import Strand
from insieme_events.decider import RefusalKind, Refused
from insieme_events.units import Done
from insieme_matching.need import NEED
from insieme_matching.reactions import Reserving
from insieme_matching.vacancy import VACANCY

DAY = date(2021, 3, 1)


def asked(
    source_id: UUID, positions: int = 1, kind: PositionSourceKind = PositionSourceKind.VACANCY
) -> PositionsRequested:
    return PositionsRequested(
        course_id=uuid4(),
        strand=Strand.TRAINING_TARGETED,
        reservation_id=uuid4(),
        source_kind=kind,
        source_id=source_id,
        positions=positions,
        occurred_on=DAY,
    )


def returned(request: PositionsRequested) -> PositionsReturned:
    return PositionsReturned(**request.model_dump(exclude={"positions", "by"}))


async def of(matching: Any, reservation_id: UUID) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = await matching.rows(
        """select source_kind, status, reason, positions, kept, used from views.reservations
           where reservation_id = %s order by answer_id""",
        reservation_id,
    )
    return rows


async def need(matching: Any, company: UUID, positions: int = 2, **more: Any) -> UUID:
    body = {"company_id": str(company), "profile": "8.1.4", "positions": positions, "horizon": "2021-12-31"}
    return UUID((await matching.post("/v1/needs", **body, on="2021-02-01", **more))["id"])


@pytest.mark.clause("P39")
async def test_a_vacancy_answers_once_however_often_it_is_asked(matching: Any) -> None:
    company = await matching.company()
    vacancy, reserving = await matching.vacancy(company, positions=2), Reserving(matching.service.pool)
    request = asked(vacancy, 2)
    early = await matching.react(reserving, returned(request))
    assert isinstance(early, Refused)
    assert (early.code, early.kind) == ("matching.reservation_unknown", RefusalKind.RETRY)
    for _ in range(2):
        assert isinstance(await matching.react(reserving, request), Done)
    assert await of(matching, request.reservation_id) == [("vacancy", "held", None, 2, 2, 0)]
    more = asked(vacancy)
    assert isinstance(await matching.react(reserving, more), Done)
    assert await of(matching, more.reservation_id) == [("vacancy", "refused", "not_enough_free", 0, 0, 0)]
    for _ in range(2):
        assert isinstance(await matching.react(reserving, returned(request)), Done)
    assert await of(matching, request.reservation_id) == [("vacancy", "released", None, 2, 0, 0)]
    answers = [stored.event for stored in await matching.events(f"vacancy-{vacancy}")][1:]
    assert [type(event) for event in answers] == [PositionsReserved, ReservationRefused, PositionsReleased]
    listed = await matching.get("/v1/reservations", source_id=str(vacancy), status="refused")
    assert [row["reason"] for row in listed["items"]] == ["not_enough_free"]


@pytest.mark.clause("P39")
async def test_a_source_that_nobody_knows_is_answered_too(matching: Any) -> None:
    reserving = Reserving(matching.service.pool)
    for kind in PositionSourceKind:
        request = asked(uuid4(), kind=kind)
        assert isinstance(await matching.react(reserving, request), Done)
        (answer,) = [stored.event for stored in await matching.events(f"{kind}-{request.source_id}")]
        assert isinstance(answer, ReservationRefused)
        assert (answer.reservation_id, answer.reason) == (request.reservation_id, "unknown_source")
        missing = await matching.client.get(f"/v1/{'needs' if kind == 'need' else 'vacancies'}/{request.source_id}")
        assert missing.status_code == 404


@pytest.mark.clause("P39", "P60")
async def test_a_signed_need_keeps_positions_and_takes_them_along_to_its_vacancy(matching: Any) -> None:
    company, reserving = await matching.company(), Reserving(matching.service.pool)
    need_id = await need(matching, company)
    unsigned = asked(need_id, 2, PositionSourceKind.NEED)
    await matching.react(reserving, unsigned)
    assert (await of(matching, unsigned.reservation_id))[0][:3] == ("need", "refused", "not_signed")
    await matching.post(f"/v1/needs/{need_id}/signature", 200, on="2021-02-15")
    assert (await matching.get(f"/v1/needs/{need_id}"))["signed_on"] == "2021-02-15"
    request = asked(need_id, 2, PositionSourceKind.NEED)
    await matching.react(reserving, request)
    body = {"company_id": str(company), "need_id": str(need_id), "profile": "8.1.4", "comune": "037006"}
    opening = {**body, "on": "2021-03-10"}
    await matching.refused("/v1/vacancies", "matching.reserved_for_courses", "P39", **opening, positions=1)
    vacancy = await matching.post("/v1/vacancies", **opening, positions=2)
    assert await of(matching, request.reservation_id) == [
        ("need", "moved", None, 2, 0, 0),
        ("vacancy", "held", None, 2, 2, 0),
    ]
    await matching.react(reserving, returned(request))
    assert (await of(matching, request.reservation_id))[1] == ("vacancy", "released", None, 2, 0, 0)
    for decider, stream in ((NEED, need_id), (VACANCY, vacancy["id"])):
        events = [stored.event for stored in await matching.events(f"{decider.name}-{stream}")]
        state: Any = decider.fold(events)
        assert state.kept.reserved == (2 if decider is NEED else 0)


@pytest.mark.clause("P39")
@pytest.mark.invariant("I1", "replay")
async def test_a_placement_out_of_the_course_takes_its_place_and_gives_it_back(
    matching: Any, new_placement: Any
) -> None:
    company, reserving = await matching.company(), Reserving(matching.service.pool)
    vacancy = await matching.vacancy(company, positions=2)
    request = asked(vacancy, 2)
    await matching.react(reserving, request)
    person = await matching.person()
    body = new_placement(person, company, vacancy_id=str(vacancy))
    await matching.refused("/v1/employments", "matching.positions_reserved", "P39", **body)
    alone = {**new_placement(person, company), "reservation_id": str(request.reservation_id)}
    assert (await matching.client.post("/v1/employments", json=alone)).status_code == 422
    placed = await matching.post("/v1/employments", **body, reservation_id=str(request.reservation_id))
    assert await of(matching, request.reservation_id) == [("vacancy", "held", None, 2, 1, 1)]
    await matching.post(
        f"/v1/employments/{placed['id']}/void",
        200,
        voids=placed["event_ids"][0],
        reason="never_started",
        on="2021-03-02",
    )
    assert await of(matching, request.reservation_id) == [("vacancy", "held", None, 2, 2, 0)]
    await matching.post("/v1/employments", **body, reservation_id=str(request.reservation_id))
    withdrawn = {"reason": "company_crisis", "on": "2021-04-01"}
    await matching.post(f"/v1/vacancies/{vacancy}/withdrawal", 200, **withdrawn)
    events = [stored.event for stored in await matching.events(f"vacancy-{vacancy}")]
    (released,) = [event for event in events if isinstance(event, PositionsReleased)]
    assert released.positions == 1
    state = VACANCY.fold(events)
    row = await matching.get(f"/v1/vacancies/{vacancy}")
    assert (row["status"], row["taken"]) == ("withdrawn", len(state.offer.taken))  # type: ignore[union-attr]
    assert (state.kept.held, await of(matching, request.reservation_id)) == (
        (),
        [("vacancy", "released", None, 2, 0, 1)],
    )
