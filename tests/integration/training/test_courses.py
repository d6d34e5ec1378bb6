"""Courses over HTTP: the three strands, positions, the hard rule of 2.b, funding, lists and refusals (P36-P42, P64)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from insieme_events.contracts.funding import ActivityFundingApproved, ActivityKind
from insieme_events.contracts.matching import PositionsReleased, ReservationRefusal, ReservationRefused
from insieme_events.contracts.vocabulary import PartyRole, Strand
from insieme_events.decider import RefusalKind, Refused
from insieme_training.reactions.reservations import ReservationAnswers
from insieme_training.views.told import FundingView

pytestmark = pytest.mark.integration


@pytest.mark.clause("P36", "P38", "P40")
async def test_each_strand_is_planned_by_its_own_rules_and_found_again(training: Any) -> None:
    http = training.served
    code = f"c{uuid4().hex[:8]}"
    courses = {strand: await training.plan(strand, course_code=code) for strand in ("2a", "2b", "2c")}
    found = (await http.get("/v1/courses", course_code=code))["items"]
    assert {row["strand"]: row["course_id"] for row in found} == {k: str(v) for k, v in courses.items()}
    assert [row["experimental"] for row in sorted(found, key=lambda row: row["strand"])] == [False, False, True]
    (basic,) = (await http.get("/v1/courses", course_code=code, module="italian"))["items"]
    assert basic["course_id"] == str(courses["2a"])
    assert (await http.get("/v1/courses", course_code=code, starts_from="2021-04-02"))["items"] == []
    first = await http.get("/v1/courses", course_code=code, limit=2)
    rest = await http.get("/v1/courses", course_code=code, limit=2, after=first["next"])
    assert len(first["items"]) == 2
    assert (len(rest["items"]), rest["next"]) == (1, None)
    bad = {"strand": "2c", "course_code": code, "profile": "8.1.4", "demand_evidence": "needs", "seats": 2}
    dated = {"starts_on": "2021-04-01", "ends_on": "2021-06-30", "on": "2021-03-01"}
    await http.refused("/v1/courses", "training.too_long", "P40", hours=81, **bad, **dated)
    await http.refused("/v1/courses", "training.module_missing", "P38", **{**bad, **dated, "strand": "2a", "hours": 9})
    await http.refused("/v1/courses", "training.strand", "P36", **{**bad, **dated, "strand": "3a", "hours": 9})


@pytest.mark.clause("P39")
@pytest.mark.invariant("I1", "command")
async def test_a_2b_course_is_activated_the_day_after_its_positions_were_identified(training: Any) -> None:
    http = training.served
    course = await training.plan()
    path = f"/v1/courses/{course}/activation"
    await http.refused(path, "training.positions_first", "P39", on="2021-03-05")
    reserved = await training.reserve(course, positions=2, on=date(2021, 3, 10))
    await http.refused(path, "training.positions_before_activation", "P39", on="2021-03-10")
    await http.post(path, 200, on="2021-03-11")
    shown = await http.get(f"/v1/courses/{course}")
    assert (shown["status"], shown["positions"], shown["positions_lost"]) == ("activated", 2, False)
    assert [(one["status"], one["identified_on"]) for one in shown["reservations"]] == [("identified", "2021-03-10")]
    # Told twice changes nothing; what is lost afterwards flags the course.
    history = await training.types(f"course-{course}")
    await training.tell(ReservationAnswers(), reserved)
    assert await training.types(f"course-{course}") == history
    await training.release(reserved, 1)
    await training.release(reserved, 1)
    assert await training.types(f"course-{course}") == [*history, "PositionsWithdrawn", "PositionsLost"]
    flagged = (await http.get("/v1/courses", flagged=True))["items"]
    assert str(course) in {row["course_id"] for row in flagged}
    (row,) = [r for r in (await http.get("/v1/summaries/training-2b"))["items"] if r["course_id"] == str(course)]
    assert (row["positions"], row["sources"], row["positions_lost"]) == (1, 1, True)
    assert row["first_identified_on"] < row["activated_on"]


@pytest.mark.clause("P39")
async def test_too_many_seats_for_the_positions_are_refused_with_the_version_of_the_agreement(training: Any) -> None:
    course = await training.plan(seats=4)
    await training.reserve(course, positions=2)
    path = f"/v1/courses/{course}/activation"
    answer = await training.served.refused(path, "training.seats_beyond_positions", "P39", on="2021-03-15")
    assert "2021.1" in answer["detail"]
    assert "CourseActivated" not in await training.types(f"course-{course}")


@pytest.mark.clause("P39")
async def test_a_refused_request_and_a_release_before_its_cause(training: Any) -> None:
    course = await training.plan()
    await training.reserve(course)
    about = {"course_id": course, "source_kind": "vacancy", "source_id": uuid4(), "occurred_on": date(2021, 3, 9)}
    unknown = PositionsReleased(**about, reservation_id=uuid4(), positions=0)
    answer = await training.tell(ReservationAnswers(), unknown)
    assert isinstance(answer, Refused)
    assert (answer.code, answer.kind) == ("training.reservation_unknown", RefusalKind.RETRY)
    body = {"source_kind": "need", "source_id": str(uuid4()), "positions": 1, "on": "2021-03-02"}
    await training.served.post(f"/v1/courses/{course}/position-requests", **body)
    asked = (await training.served.get(f"/v1/courses/{course}"))["reservations"]
    (one,) = [each for each in asked if each["source_kind"] == "need"]
    reason = ReservationRefusal.NOT_SIGNED
    refused = ReservationRefused(**{**about, "reservation_id": one["reservation_id"]}, reason=reason)
    await training.tell(ReservationAnswers(), refused)
    asked = (await training.served.get(f"/v1/courses/{course}"))["reservations"]
    assert {each["status"]: each["refusal"] for each in asked} == {"identified": None, "refused": "not_signed"}


@pytest.mark.clause("P39")
async def test_a_course_that_is_over_returns_its_positions(training: Any) -> None:
    http = training.served
    cancelled, ended = await training.active(), await training.active()
    cancel = {"reason": "provider_withdrew", "on": "2021-03-20"}
    await http.post(f"/v1/courses/{cancelled}/cancellation", 200, **cancel)
    await http.post(f"/v1/courses/{ended}/start", 200, on="2021-04-01")
    await http.post(f"/v1/courses/{ended}/end", 200, on="2021-06-30")
    for course, last in ((cancelled, "CourseCancelled"), (ended, "CourseEnded")):
        assert (await training.types(f"course-{course}"))[-2:] == ["PositionsReturned", last]
        shown = await http.get(f"/v1/courses/{course}")
        assert [one["status"] for one in shown["reservations"]] == ["returned"]
        assert shown["positions_lost"] is False


@pytest.mark.clause("P64")
async def test_a_course_that_the_programme_pays_for_is_active_once_the_committee_has_decided(training: Any) -> None:
    http = training.served
    course = await training.plan("2a", funded_by_programme=True)
    path = f"/v1/courses/{course}/activation"
    answer = await http.client.post(path, json={"on": "2021-03-15"})
    assert (answer.status_code, answer.json()["code"], answer.json()["clause"]) == (
        503,
        "training.funding_undecided",
        "P64",
    )

    def decided(on: date, kind: ActivityKind = ActivityKind.COURSE) -> ActivityFundingApproved:
        return ActivityFundingApproved(
            decision_id=uuid4(),
            activity_kind=kind,
            activity_id=course,
            strand=Strand.TRAINING_BASIC,
            year=2021,
            source="comune",
            amount=500_000,
            agreement_version="2021.1",
            occurred_on=on,
        )

    await training.hear(FundingView(), decided(date(2021, 3, 1), ActivityKind.OTHER))
    await http.refused(path, "training.funding_undecided", "P64", on="2021-03-15")
    # Heard late, twice and in any order: the earliest decision counts.
    await training.hear(FundingView(), decided(date(2021, 3, 20)), decided(date(2021, 3, 18)))
    await training.hear(FundingView(), decided(date(2021, 3, 19)))
    await http.refused(path, "training.funding_later", "P64", on="2021-03-17")
    await http.post(path, 200, on="2021-03-18")


@pytest.mark.clause("P41", "P40")
async def test_a_trade_association_proposes_a_2c_course_that_is_planned_and_counted(training: Any) -> None:
    http = training.served
    await training.sign(cna_bologna=PartyRole.EMPLOYER_ASSOCIATION)
    body = {"strand": "2c", "course_code": "logistics", "profile": "8.1.4", "on": "2021-03-05"}
    await http.refused("/v1/courses/proposals", "training.party_not_in_force", "P41", **body)
    by = {"X-Insieme-Party": "cna_bologna"}
    course = (await http.post("/v1/courses/proposals", headers=by, **body))["id"]
    shown = await http.get(f"/v1/courses/{course}")
    assert (shown["status"], shown["proposed_by"]) == ("proposed", "cna_bologna")
    plan = {**body, "demand_evidence": "needs", "hours": 40, "seats": 5, "on": "2021-03-08"}
    await http.post(f"/v1/courses/{course}/plan", 200, **plan, starts_on="2021-04-01", ends_on="2021-05-01")
    shown = await http.get(f"/v1/courses/{course}")
    assert (shown["status"], shown["proposed_by"], shown["hours"]) == ("planned", "cna_bologna", 40)
    items = (await http.get("/v1/summaries/training-2c-by-proposer"))["items"]
    (mine,) = [row for row in items if row["proposed_by"] == "cna_bologna"]
    assert mine["courses"] == 1
    declined = (await http.post("/v1/courses/proposals", headers=by, **body))["id"]
    decline = {"reason": "proposal_declined", "on": "2021-03-06"}
    await http.post(f"/v1/courses/{declined}/cancellation", 200, **decline)
    assert (await http.get(f"/v1/courses/{declined}"))["status"] == "cancelled"


async def test_a_stale_if_match_and_an_unknown_course_are_refused(training: Any) -> None:
    http = training.served
    course = await training.plan("2a")
    headers = {"If-Match": '"7"'}
    await http.refused(f"/v1/courses/{course}/activation", "events.stale", headers=headers, on="2021-03-15")
    etag = (await http.client.get(f"/v1/courses/{course}")).headers["ETag"]
    await http.post(f"/v1/courses/{course}/activation", 200, headers={"If-Match": etag}, on="2021-03-15")
    await http.refused(f"/v1/courses/{uuid4()}/activation", "training.course_unknown", "P36", on="2021-03-15")
    assert (await http.client.get(f"/v1/courses/{uuid4()}")).status_code == 404
