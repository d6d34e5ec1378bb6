"""Participations over HTTP and by intake's ledger: seats, waiting list, attendance, proofs, the summaries (P37-P42)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from insieme_events.contracts.intake import (
    CaseClosed,
    ExitState,
    JobLossCause,
    JobLossRecorded,
    PersonTakenInCharge,
)
from insieme_events.contracts.training import CourseEvent
from insieme_events.contracts.training_courses import (
    ApplicantsRanked,
    CourseCancelled,
    CourseCancelReason,
    CourseEnded,
    SeatGivenUp,
)
from insieme_events.contracts.training_participations import DropReason
from insieme_events.contracts.vocabulary import PartyRole, Strand
from insieme_events.in_charge import InChargeView
from insieme_events.units import Unit
from insieme_training import seating
from insieme_training.course import seats
from insieme_training.participation.commands import DropParticipant
from insieme_training.reactions.succession import Succession
from insieme_training.views.participations import flag
from insieme_training.views.told import JobLossView

pytestmark = pytest.mark.integration


@pytest.mark.clause("P25", "P37")
@pytest.mark.invariant("I8", "command")
async def test_a_participation_waits_for_intake_and_starts_only_once_it_is_confirmed(training: Any) -> None:
    http = training.served
    course = await training.active()
    await http.post(f"/v1/courses/{course}/start", 200, on="2021-04-01")
    one = await training.ask(course)
    start = f"/v1/participations/{one}/start"
    await http.refused(start, "training.not_confirmed", "P25", on="2021-04-01")
    await training.block(one)
    assert await training.status(one) == "blocked"
    await http.refused(start, "training.doubled", "P25", on="2021-04-01")
    await training.override(one)
    assert await training.status(one) == "enrolled"
    # Whatever comes twice or late from here on changes nothing.
    history = await training.types(f"participation-{one}")
    for again in (training.block, training.confirm, training.override):
        await again(one)
    assert await training.types(f"participation-{one}") == history
    await http.post(start, 200, on="2021-04-01")
    assert await training.confirm(uuid4()) is None, "an intervention of somebody else's"


@pytest.mark.clause("P37")
async def test_one_live_participation_per_course_and_person(training: Any) -> None:
    http = training.served
    course, person = await training.active(), await training.person()
    one = await training.ask(course, person)
    body = {"course_id": str(course), "person_id": str(person), "on": "2021-03-21"}
    await http.refused("/v1/participations", "training.one_participation", "P37", **body)
    await http.post(f"/v1/participations/{one}/drop", 200, reason="withdrew", on="2021-03-21")
    again = await training.ask(course, person, on="2021-03-22")
    found = (await http.get("/v1/participations", person_id=str(person)))["items"]
    assert {row["participation_id"]: row["status"] for row in found} == {str(one): "dropped", str(again): "requested"}
    assert [row["dropped_for"] for row in found if row["status"] == "dropped"] == ["withdrew"]
    assert len((await http.get("/v1/participations", course_id=str(course), status="dropped"))["items"]) == 1


@pytest.mark.clause("P37")
async def test_only_who_is_in_charge_asks(training: Any) -> None:
    http = training.served
    course = await training.active()
    body = {"course_id": str(course), "person_id": str(uuid4()), "on": "2021-03-20"}
    answer = await http.client.post("/v1/participations", json=body)
    assert (answer.status_code, answer.json()["code"]) == (503, "training.person_unknown")
    (late,) = await training.persons(1, since=date(2021, 3, 21))
    await http.refused("/v1/participations", "training.not_in_charge", "P37", **{**body, "person_id": str(late)})


@pytest.mark.clause("P37")
async def test_a_closing_that_arrives_late_flags_what_began_after_it_and_voids_nothing(training: Any) -> None:
    http = training.served
    course, person, case = await training.active("2a"), uuid4(), uuid4()
    of_case = {"case_id": case, "person_id": person}
    charge = {"referent_id": uuid4(), "eligible_on": date(2021, 1, 10), "plan_due_on": date(2021, 2, 10)}
    taken = PersonTakenInCharge(**of_case, **charge, agreement_version="2017.1", occurred_on=date(2021, 1, 10))
    await training.hear(InChargeView(flag), taken)
    await training.keys.ensure([person], datetime.now(UTC))
    await http.post(f"/v1/courses/{course}/start", 200, on="2021-04-01")
    one = await training.enrolled(course, person)
    await http.post(f"/v1/participations/{one}/start", 200, on="2021-04-01")
    path = f"/v1/participations/{one}"
    assert (await http.get(path))["flagged"] is False
    closed = CaseClosed(**of_case, exit_state=ExitState.OTHER, occurred_on=date(2021, 3, 31))
    await training.hear(InChargeView(flag), closed)
    shown = await http.get(path)
    assert (shown["flagged"], shown["status"]) == (True, "started")
    await http.post(f"{path}/completion", 200, on="2021-04-30")
    found = (await http.get("/v1/participations", flagged=True, person_id=str(person)))["items"]
    assert [row["participation_id"] for row in found] == [str(one)]


@pytest.mark.clause("P37", "P42")
async def test_a_full_course_is_waited_for_and_a_freed_seat_goes_to_who_is_next(training: Any) -> None:
    http = training.served
    course = await training.active(seats=1)
    inside = await training.enrolled(course)
    # Asked in this order; confirmed the other way round.
    first, second = await training.ask(course, on="2021-03-18"), await training.ask(course, on="2021-03-19")
    await training.confirm(second)
    await training.confirm(first)
    listed = (await http.get(f"/v1/courses/{course}/waiting-list"))["items"]
    assert [(row["participation_id"], row["place"]) for row in listed] == [(str(first), 1), (str(second), 2)]
    shown = await http.get(f"/v1/courses/{course}")
    assert (shown["taken"], shown["waiting"]) == (1, 2)
    await http.post(f"/v1/participations/{inside}/drop", 200, reason="found_job", on="2021-03-25")
    assert [await training.status(one) for one in (inside, first, second)] == ["dropped", "enrolled", "waitlisted"]
    # What a crash left undone is done by the reaction to training's own event; twice is once.
    told = SeatGivenUp(
        course_id=course, strand=Strand.TRAINING_TARGETED, participation_id=inside, occurred_on=date(2021, 3, 25)
    )
    assert await training.tell(Succession(http.service.pool), told) is None
    drop = DropParticipant(reason=DropReason.OTHER_PATH, on=date(2021, 3, 26))
    await training.commands.run(Unit(seating.dropped(first, course, drop), seating.PROCESS))
    assert await training.status(second) == "waitlisted"
    await training.tell(Succession(http.service.pool), told)
    assert await training.status(second) == "enrolled"


@pytest.mark.clause("P37")
async def test_a_course_that_is_over_lets_go(training: Any) -> None:
    http = training.served
    cancelled, ended = await training.active(), await training.active()
    await http.post(f"/v1/courses/{ended}/start", 200, on="2021-04-01")
    asked, inside = await training.ask(cancelled), await training.enrolled(cancelled)
    never, began = await training.enrolled(ended), await training.enrolled(ended)
    await http.post(f"/v1/participations/{began}/start", 200, on="2021-04-01")
    cancel = {"reason": "too_few_participants", "on": "2021-03-25"}
    await http.post(f"/v1/courses/{cancelled}/cancellation", 200, **cancel)
    await http.post(f"/v1/courses/{ended}/end", 200, on="2021-06-30")
    of_strand = {"strand": Strand.TRAINING_TARGETED}
    told: list[CourseEvent] = [
        CourseCancelled(
            course_id=cancelled,
            **of_strand,
            reason=CourseCancelReason.TOO_FEW_PARTICIPANTS,
            occurred_on=date(2021, 3, 25),
        ),
        CourseEnded(course_id=ended, **of_strand, course_code="oss", occurred_on=date(2021, 6, 30)),
    ]
    for event in (*told, *told):
        await training.tell(Succession(http.service.pool), event)
    assert [await training.status(one) for one in (asked, inside, never, began)] == [*["dropped"] * 3, "started"]
    await http.post(f"/v1/participations/{began}/completion", 200, on="2021-06-30")
    # An answer of intake's that comes after the end finds nobody to enrol.
    history = await training.types(f"participation-{asked}")
    await training.confirm(asked)
    assert await training.types(f"participation-{asked}") == history
    late = await training.plan("2a")
    waiting = await training.ask(late)
    await http.post(f"/v1/courses/{late}/cancellation", 200, **cancel)
    await training.confirm(waiting)
    assert await training.status(waiting) == "dropped"


@pytest.mark.clause("P37", "P38", "P36")
async def test_attendance_completion_levels_and_certificates_show_in_the_summaries(training: Any) -> None:
    http = training.served
    before = await _module(http, "italian")
    course = await training.active("2a")
    await http.post(f"/v1/courses/{course}/start", 200, on="2021-04-01")
    one, other = await training.enrolled(course), await training.enrolled(course)
    for participation in (one, other):
        path = f"/v1/participations/{participation}"
        await http.post(f"{path}/start", 200, on="2021-04-01")
        lesson = {"lesson_no": 1, "minutes": 120, "attendance": "present", "on": "2021-04-01"}
        await http.post(f"{path}/attendance", 200, **lesson)
        for skill, entry, leaving in (("speaking", "pre_a1", "a1"), ("writing", "a0", "a0")):
            level = {"skill": skill, "method": "test"}
            await http.post(f"{path}/language-levels", **level, assessed_at="entry", level=entry, on="2021-04-01")
            await http.post(f"{path}/language-levels", **level, assessed_at="exit", level=leaving, on="2021-06-30")
    corrected = {"lesson_no": 1, "minutes": 120, "attendance": "absent", "on": "2021-04-01"}
    await http.post(f"/v1/participations/{other}/attendance", 200, **corrected)
    worse = {"skill": "speaking", "method": "test", "assessed_at": "exit", "level": "a0", "on": "2021-06-30"}
    await http.post(f"/v1/participations/{other}/language-levels", **worse)
    attendance = (await http.get(f"/v1/courses/{course}/attendance"))["items"]
    assert [(row["lesson_no"], row["present"], row["absent"]) for row in attendance] == [(1, 1, 1)]
    await http.refused(
        f"/v1/participations/{one}/certificates", "training.complete_first", "P38", kind="attendance", on="2021-06-30"
    )
    await http.post(f"/v1/participations/{one}/completion", 200, on="2021-06-30")
    await http.post(f"/v1/participations/{one}/certificates", kind="attendance", on="2021-07-01")
    await http.refused(
        f"/v1/participations/{one}/certificates", "training.safety_elsewhere", "P38", kind="safety", on="2021-07-01"
    )
    shown = await http.get(f"/v1/participations/{one}")
    assert (shown["status"], shown["minutes_present"], shown["minutes_recorded"]) == ("completed", 120, 120)
    assert [row["kind"] for row in shown["certificates"]] == ["attendance"]
    assert len(shown["language_levels"]) == 4
    after = await _module(http, "italian")
    gained = {name: after[name] - before[name] for name in after if isinstance(after[name], int)}
    assert gained == {
        "courses": 1,
        "enrolled": 2,
        "started": 2,
        "completed": 1,
        "minutes_present": 120,
        "safety_certificates": 0,
        "levels_compared": 2,
        "levels_better": 1,
    }
    (basic,) = [r for r in (await http.get("/v1/summaries/training-by-strand"))["items"] if r["strand"] == "2a"]
    assert basic["participants_completed"] >= 1


async def _module(http: Any, kind: str) -> dict[str, Any]:
    names = ("courses", "enrolled", "started", "completed", "minutes_present")
    none = dict.fromkeys((*names, "safety_certificates", "levels_compared", "levels_better"), 0)
    items: list[dict[str, Any]] = (await http.get("/v1/summaries/training-2a-by-module"))["items"]
    return next((row for row in items if row["module_kind"] == kind), none)


@pytest.mark.clause("P38")
async def test_a_safety_certificate_is_counted_with_its_date(training: Any) -> None:
    http = training.served
    course = await training.active("2a", module_kind="safety")
    await http.post(f"/v1/courses/{course}/start", 200, on="2021-04-01")
    one = await training.enrolled(course)
    path = f"/v1/participations/{one}"
    await http.post(f"{path}/start", 200, on="2021-04-01")
    await http.post(f"{path}/completion", 200, on="2021-04-02")
    await http.post(f"{path}/certificates", kind="safety", on="2021-04-09")
    assert (await http.get(path))["certificates"] == [{"kind": "safety", "issued_on": "2021-04-09"}]
    assert (await _module(http, "safety"))["safety_certificates"] == 1
    level = {"skill": "reading", "method": "test", "assessed_at": "entry", "level": "a1", "on": "2021-04-01"}
    await http.refused(f"{path}/language-levels", "training.not_italian", "P38", **level)


def lost_work(person: UUID, cause: JobLossCause, on: date = date(2021, 2, 1)) -> JobLossRecorded:
    return JobLossRecorded(case_id=uuid4(), person_id=person, cause=cause, month="2020-04", occurred_on=on)


@pytest.mark.clause("P42", "P41")
async def test_the_seats_of_2c_go_by_priority_then_by_date_and_the_facts_are_kept(training: Any) -> None:
    http = training.served
    await training.sign(cna_bologna=PartyRole.EMPLOYER_ASSOCIATION)
    course = await training.active("2c", seats=2)
    persons = await training.persons(4)
    early, hit, both, late = persons
    declared = {"ateco_version": "ateco_2007", "from_section": "I", "to_section": "H"}
    for person in (both, early):
        await http.post(f"/v1/sector-changes/{person}", **declared, on="2021-03-01")
    await http.post(f"/v1/sector-changes/{early}/revocation", 200, on="2021-03-02")
    losses = [lost_work(person, JobLossCause.PANDEMIC) for person in (hit, both)]
    await training.hear(JobLossView(), *losses, *losses)
    asked = {}
    sent = {"channel_class": "association", "association": "cna_bologna"}
    for day, person in enumerate(persons, 1):
        more = sent if person == both else {}
        asked[person] = await training.ask(course, person, on=f"2021-03-1{day}", **more)
        await training.confirm(asked[person], date(2021, 3, 16))
    # Nobody has a seat before the ranking; then who has the priority comes first, and the others by date.
    assert {await training.status(one) for one in asked.values()} == {"waitlisted"}
    await http.post(f"/v1/courses/{course}/ranking", 200, on="2021-03-20")
    statuses = [await training.status(asked[person]) for person in persons]
    assert statuses == ["enrolled", "waitlisted", "enrolled", "waitlisted"]
    detail = await http.get(f"/v1/participations/{asked[both]}")
    assert (detail["ranked"], detail["score"], detail["association"]) == (True, 1, "cna_bologna")
    # Whatever is told afterwards ranks nobody again.
    await training.hear(JobLossView(), lost_work(late, JobLossCause.PANDEMIC, date(2021, 3, 1)))
    await http.post(f"/v1/sector-changes/{late}", **declared, on="2021-03-01")
    await http.post(f"/v1/sector-changes/{both}/revocation", 200, on="2021-03-22")
    await http.post(f"/v1/courses/{course}/ranking", 200, on="2021-03-23")
    assert (await http.get(f"/v1/participations/{asked[late]}"))["score"] == 0
    assert (await training.types(f"participation-{asked[late]}")).count("CoursePriorityApplied") == 1
    listed = (await http.get(f"/v1/courses/{course}/waiting-list"))["items"]
    assert [row["person_id"] for row in listed] == [str(hit), str(late)]
    (none,) = [
        row for row in (await http.get("/v1/summaries/training-2c-by-proposer"))["items"] if row["proposed_by"] is None
    ]
    assert (none["ranked"], none["with_priority"], none["sent_by_associations"]) == (4, 1, 1)
    # The list of declarations, and the reaction that finishes a ranking that a crash cut short.
    listed = (await http.get("/v1/sector-changes", status="declared", from_section="I"))["items"]
    assert str(late) in {row["person_id"] for row in listed}
    assert (await http.get(f"/v1/sector-changes/{both}"))["status"] == "revoked"
    ranked = ApplicantsRanked(
        course_id=course,
        strand=Strand.TRAINING_EXPERIMENTAL,
        participations=(),
        exclusive=False,
        agreement_version="2021.1",
        occurred_on=date(2021, 3, 20),
    )
    assert await training.tell(Succession(http.service.pool), ranked) is None


@pytest.mark.clause("P42")
async def test_where_the_agreement_says_so_the_priority_is_a_wall(training: Any, monkeypatch: Any) -> None:
    http = training.served
    course = await training.active("2c", seats=5)
    hit, other = await training.persons(2)
    await training.hear(JobLossView(), lost_work(hit, JobLossCause.PANDEMIC))
    await http.post(f"/v1/sector-changes/{hit}", ateco_version="ateco_2025", from_section="I", on="2021-03-01")
    one, two = await training.enrolled(course, hit), await training.enrolled(course, other)
    ranking = seats.rank

    def walled(command: Any, offer: Any, found: Any) -> Any:
        agreement = found.last_known.model_copy(update={"pandemic_exclusive": True})
        return ranking(command, offer, replace(found, last_known=agreement))

    monkeypatch.setattr(seats, "rank", walled)
    await http.post(f"/v1/courses/{course}/ranking", 200, on="2021-03-23")
    assert [await training.status(each) for each in (one, two)] == ["enrolled", "waitlisted"]
    listed = (await http.get(f"/v1/courses/{course}/waiting-list"))["items"]
    assert [row["place"] for row in listed] == [None]
    later = await training.enrolled(course)
    assert await training.status(later) == "waitlisted"


async def test_what_is_asked_of_nothing_is_not_found(training: Any) -> None:
    http = training.served
    await http.refused(
        f"/v1/participations/{uuid4()}/drop",
        "training.participation_unknown",
        "P37",
        reason="withdrew",
        on="2021-03-25",
    )
    await http.refused(f"/v1/participations/{uuid4()}/start", "training.participation_unknown", "P37", on="2021-03-25")
    assert (await http.client.get(f"/v1/sector-changes/{uuid4()}")).status_code == 404
    course = await training.active("2a")
    await http.refused(f"/v1/courses/{course}/ranking", "training.no_priority", "P42", on="2021-03-25")
