"""What a day gives rise to, and the lists that say what is open (P11, P18, P24; I9; GDPR art. 17)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from insieme_events import metrics
from insieme_events.commands import Done, Unit
from insieme_events.contracts import funding, matching, reporting, training
from insieme_events.contracts.intake import ErasureGround, PersonErased
from insieme_events.decider import RefusalKind, Refused
from insieme_events.envelope import Stored
from insieme_events.timers import ACTOR
from insieme_intake import deadlines, erasure

TYPES = "select type from events.events where stream = %s order by version"


@pytest.fixture
def on_day(intake: Any) -> Callable[[str], Any]:
    """Does what the timers find due on that day; none of it may be refused."""

    async def run(day: str) -> None:
        for timer in deadlines.TIMERS:
            async with intake.service.pool.connection() as connection:
                found = await timer.due(connection, date.fromisoformat(day), 500)
            for due in found:
                answer = await intake.service.commands.run(Unit((due.step,), ACTOR))
                assert isinstance(answer, Done), answer

    return run


async def types(intake: Any, stream: str) -> list[str]:
    return [kind for (kind,) in await intake.rows(TYPES, stream)]


@pytest.mark.clause("P11")
async def test_a_referral_without_an_answer_expires_the_day_after(intake: Any, somebody: Any, on_day: Any) -> None:
    person = (await intake.apply(somebody()))["person_id"]
    body = {"person_id": person, "direction": "sent", "other_class": "public_service", "on": "2024-03-04"}
    told = await intake.post("/v1/referrals", 201, **body)
    due = (await intake.get(f"/v1/referrals/{told['referral_id']}"))["reply_due_on"]
    await on_day(due)
    assert (await intake.get(f"/v1/referrals/{told['referral_id']}"))["status"] == "pending"
    for _ in range(2):
        await on_day("2024-04-30")
    assert await types(intake, f"referral-{told['referral_id']}") == ["ReferralSent", "ReferralExpired"]


@pytest.mark.clause("P24")
@pytest.mark.invariant("I9", "clock")
async def test_a_plan_is_late_the_day_after_it_was_due(intake: Any, somebody: Any, on_day: Any) -> None:
    late, planned = await intake.apply(somebody()), await intake.apply(somebody())
    for told in (late, planned):
        await intake.in_charge(told["case_id"])
    await intake.command(planned["case_id"], "agree-plan", ready_for="training", on="2024-03-20")
    due = (await intake.get(f"/v1/cases/{late['case_id']}"))["plan_due_on"]
    await on_day(due)
    assert not (await intake.get(f"/v1/cases/{late['case_id']}"))["plan_overdue"]
    for _ in range(2):
        await on_day("2024-05-02")
    assert (await types(intake, f"case-{late['case_id']}")).count("PlanOverdue") == 1
    assert "PlanOverdue" not in await types(intake, f"case-{planned['case_id']}")
    listed = await intake.everything("/v1/cases-without-plan", "case_id", 50, on="2024-05-02")
    assert late["case_id"] in listed
    assert planned["case_id"] not in listed
    assert await intake.everything("/v1/cases-without-referent", "case_id", 50) == []


@pytest.mark.clause("P24")
async def test_an_interview_is_late_the_day_after_it_was_due(intake: Any, somebody: Any, on_day: Any) -> None:
    """Enrolled on 4 March 2024: the 35 days are over on 8 April."""
    late, taken, restricted = [await intake.apply(somebody()) for _ in range(3)]
    await intake.in_charge(taken["case_id"])
    await intake.post(f"/v1/persons/{restricted['person_id']}/restrict", ground="objection_pending", on="2024-03-20")

    async def overdue(told: Any) -> list[tuple[str, str]]:
        noted = """
        select occurred_on::text, data::json ->> 'due_on' from events.events
        where stream = %s and type = 'InterviewOverdue' order by version
        """
        found: list[tuple[str, str]] = await intake.rows(noted, f"case-{told['case_id']}")
        return found

    await on_day("2024-04-08")
    assert await overdue(late) == []
    for _ in range(2):
        await on_day("2024-06-30")
    assert await overdue(late) == [("2024-04-09", "2024-04-08")]
    assert await overdue(taken) == await overdue(restricted) == []
    shown = await intake.get(f"/v1/cases/{late['case_id']}")
    assert (shown["interview_awaited_since"], shown["interview_late_since"]) == ("2024-03-04", "2024-03-04")

    await intake.command(late["case_id"], "close", exit_state="withdrew", on="2024-04-20")
    await intake.command(late["case_id"], "reopen", reason="came_back", on="2024-05-02")
    await on_day("2024-06-06")
    assert len(await overdue(late)) == 1
    for _ in range(2):
        await on_day("2024-06-07")
    assert await overdue(late) == [("2024-04-09", "2024-04-08"), ("2024-06-07", "2024-06-06")]


@pytest.mark.clause("P24")
async def test_referents_with_their_dates_and_the_group(intake: Any, somebody: Any) -> None:
    told = await intake.apply(somebody())
    await intake.in_charge(told["case_id"])
    first = (await intake.get(f"/v1/cases/{told['case_id']}"))["referent_id"]
    second, friend = str(uuid4()), str(uuid4())
    await intake.command(told["case_id"], "add-to-follow-up-group", operator_id=friend, on="2024-03-14")
    assert (await intake.get(f"/v1/cases/{told['case_id']}"))["referent_id"] == first
    await intake.command(told["case_id"], "assign-referent", referent_id=second, on="2024-04-02")
    await intake.command(told["case_id"], "leave-follow-up-group", operator_id=friend, on="2024-05-02")
    shown = await intake.get(f"/v1/cases/{told['case_id']}")
    assert [(each["referent_id"], each["since"]) for each in shown["referents"]] == [
        (first, "2024-03-13"),
        (second, "2024-04-02"),
    ]
    assert [(each["operator_id"], each["joined_on"], each["left_on"]) for each in shown["follow_up_group"]] == [
        (friend, "2024-03-14", "2024-05-02")
    ]


@pytest.mark.clause("P24")
async def test_an_enrolment_that_nobody_answers_is_listed(intake: Any, somebody: Any) -> None:
    waiting, taken = await intake.apply(somebody()), await intake.apply(somebody())
    await intake.in_charge(taken["case_id"])
    early = await intake.everything("/v1/unanswered", "case_id", 50, on="2024-04-08")
    late = await intake.everything("/v1/unanswered", "case_id", 50, on="2024-04-09")
    assert waiting["case_id"] not in early
    assert waiting["case_id"] in late
    assert taken["case_id"] not in late


@pytest.mark.clause("P18")
async def test_follow_ups_are_due_at_the_exit_and_after_six_months(intake: Any, somebody: Any) -> None:
    told = await intake.apply(somebody())
    case_id = told["case_id"]
    await intake.in_charge(case_id)
    opened = {"person_id": told["person_id"], "case_id": case_id, "operation": f"po.{case_id[:8]}", "on": "2024-03-20"}
    participation = await intake.post("/v1/participations", 201, **opened)
    await intake.post(f"/v1/participations/{participation['id']}/close", on="2024-04-30")
    await intake.command(case_id, "close", exit_state="stable_work", on="2024-05-31")

    async def due(on: str) -> list[tuple[str | None, int, str]]:
        found = await intake.get("/v1/follow-ups/due", on=on)
        mine = [each for each in found if each["case_id"] == case_id]
        return [(each["operation"], each["months_after_exit"], each["due_on"]) for each in mine]

    operation = opened["operation"]
    assert await due("2024-05-27") == []
    assert await due("2024-05-28") == [(operation, 0, "2024-05-28")]
    assert await due("2024-06-28") == [(operation, 0, "2024-05-28"), (None, 0, "2024-06-28")]
    await intake.command(case_id, "record-follow-up", months_after_exit=0, outcome="employed", on="2024-06-28")
    assert await due("2024-11-30") == [(operation, 6, "2024-10-30"), (None, 6, "2024-11-30")]
    await intake.command(case_id, "record-follow-up", months_after_exit=6, outcome="employed", on="2024-11-30")
    assert await due("2024-12-31") == []
    assert (await intake.get(f"/v1/participations/{participation['id']}"))["closed_on"] == "2024-04-30"


@pytest.mark.clause("P18")
async def test_follow_ups_that_are_due_are_noted_once_for_each_exit(intake: Any, somebody: Any, on_day: Any) -> None:
    """Out of the operation on 30 April 2024 and of the case on 31 May: 31 November is 30 November."""
    told, answered, erased = [await intake.apply(somebody()) for _ in range(3)]
    for each in (told, answered, erased):
        await intake.in_charge(each["case_id"])
    person_id, case_id = told["person_id"], told["case_id"]
    opened = {"person_id": person_id, "case_id": case_id, "operation": f"po.{case_id[:8]}", "on": "2024-03-20"}
    participation = (await intake.post("/v1/participations", 201, **opened))["id"]
    await intake.post(f"/v1/participations/{participation}/close", on="2024-04-30")
    for each in (told, answered, erased):
        await intake.command(each["case_id"], "close", exit_state="stable_work", on="2024-05-31")
    record = {"months_after_exit": 0, "outcome": "employed", "on": "2024-06-03"}
    await intake.command(answered["case_id"], "record-follow-up", **record)
    await intake.post(f"/v1/persons/{erased['person_id']}/erasure", ground="request", on="2024-06-04")

    async def noted(stream: str) -> list[tuple[str, int, str]]:
        statement = """
        select data::json ->> 'left_on', (data::json ->> 'months_after_exit')::int, occurred_on::text from events.events
        where stream = %s and type like '%%FollowUpDue' order by version
        """
        found: list[tuple[str, int, str]] = await intake.rows(statement, stream)
        return found

    case, operation = f"case-{case_id}", f"participation-{participation}"
    await on_day("2024-05-27")
    assert await noted(operation) == []
    for _ in range(2):
        await on_day("2024-06-28")
    assert await noted(operation) == [("2024-04-30", 0, "2024-05-28")]
    assert await noted(case) == [("2024-05-31", 0, "2024-06-28")]
    for _ in range(2):
        await on_day("2025-01-31")
    assert await noted(operation) == [("2024-04-30", 0, "2024-05-28"), ("2024-04-30", 6, "2024-10-30")]
    assert await noted(case) == [("2024-05-31", 0, "2024-06-28"), ("2024-05-31", 6, "2024-11-30")]
    assert await noted(f"case-{answered['case_id']}") == [("2024-05-31", 6, "2024-11-30")]
    assert await noted(f"case-{erased['case_id']}") == []


@pytest.mark.clause("P18")
async def test_what_became_of_whom_leaves_an_operation_is_answered_while_the_case_goes_on(
    intake: Any, somebody: Any, on_day: Any
) -> None:
    """Out of the operation on 30 April 2024; out of the case, which asks for answers of its own, on 31 October."""
    told, silent, gone = [await intake.apply(somebody()) for _ in range(3)]
    for each in (told, silent, gone):
        await intake.in_charge(each["case_id"])
        opened = {
            "person_id": each["person_id"],
            "case_id": each["case_id"],
            "operation": "po.still",
            "on": "2024-03-20",
        }
        each["operation"] = (await intake.post("/v1/participations", 201, **opened))["id"]
    path = f"/v1/participations/{told['operation']}"
    say = {"months_after_exit": 0, "outcome": "employed", "on": "2024-05-20"}
    await intake.refused(f"{path}/record-follow-up", "intake.participation_goes_on", 409, "P18", **say)
    for each in (told, silent, gone):
        await intake.post(f"/v1/participations/{each['operation']}/close", on="2024-04-30")
    await intake.post(f"/v1/persons/{gone['person_id']}/erasure", ground="request", on="2024-05-02")

    async def due(each: dict[str, Any], on: str) -> list[tuple[str | None, int]]:
        found = await intake.get("/v1/follow-ups/due", on=on)
        mine = [one for one in found if one["case_id"] == each["case_id"]]
        return [(one["participation_id"], one["months_after_exit"]) for one in mine]

    async def noted(each: dict[str, Any]) -> int:
        return (await types(intake, f"participation-{each['operation']}")).count("ParticipationFollowUpDue")

    assert await due(told, "2024-05-28") == [(told["operation"], 0)]
    await intake.post(f"{path}/record-follow-up", **say)
    await intake.command(told["case_id"], "record-follow-up", 409, **say)
    await on_day("2024-06-30")
    assert (await due(told, "2024-06-30"), await noted(told)) == ([], 0)
    assert (await due(silent, "2024-06-30"), await noted(silent)) == ([(silent["operation"], 0)], 1)
    assert (await due(gone, "2024-06-30"), await noted(gone)) == ([], 0)

    assert await due(told, "2024-10-30") == [(told["operation"], 6)]
    await intake.command(told["case_id"], "close", exit_state="other", on="2024-10-31")
    await intake.post(f"{path}/record-follow-up", months_after_exit=6, outcome="seeking", on="2024-11-15")
    async with intake.service.pool.connection() as connection:
        offered = await deadlines.follow_ups_due(connection, date(2025, 7, 31), 500)
    streams = [(each.step.aggregate.decider.name, str(each.step.stream_id)) for each in offered]
    assert ("participation", told["operation"]) not in streams, "the clock asks for nothing that is answered"
    assert ("participation", silent["operation"]) in streams
    await on_day("2025-07-31")
    assert await due(told, "2025-07-31") == [(None, 0), (None, 6)], "the case is not answered by the operation"
    assert await types(intake, f"participation-{told['operation']}") == [
        "ParticipationOpened",
        "ParticipationClosed",
        "ParticipationFollowUpRecorded",
        "ParticipationFollowUpRecorded",
    ]
    shown = [(one["months"], one["recorded_on"]) for one in (await intake.get(path))["follow_ups"]]
    assert shown == [(0, "2024-05-20"), (6, "2024-11-15")]

    later = f"/v1/participations/{gone['operation']}/record-follow-up"
    await intake.refused(later, "intake.erased", 409, None, **say)
    await intake.post(f"/v1/persons/{silent['person_id']}/restrict", ground="objection_pending", on="2024-06-01")
    still = f"/v1/participations/{silent['operation']}/record-follow-up"
    await intake.refused(still, "intake.restricted", 409, None, **say)
    await intake.refused(
        f"/v1/participations/{uuid4()}/record-follow-up", "intake.participation_unknown", 404, "P18", **say
    )


@pytest.mark.clause("P06", "P07", "P08", "P17", "P18")
async def test_cohorts_are_counted_by_cause_sector_and_previous_status(intake: Any, somebody: Any) -> None:
    told = await intake.apply(somebody())
    before = {each["value"]: each["cases"] for each in await intake.get("/v1/cohorts/job_loss_cause")}
    await intake.command(told["case_id"], "record-job-loss", cause="pandemic", month="2020-05", on="2024-03-05")
    work = {"ateco_version": "ateco_2007", "section": "I", "previous_status": "self_employed", "on": "2024-03-05"}
    await intake.command(told["case_id"], "record-work-history", **work)
    after = {each["value"]: each["cases"] for each in await intake.get("/v1/cohorts/job_loss_cause")}
    assert after["pandemic"] == before.get("pandemic", 0) + 1
    # S is the arts and entertainment of 2025 and the other services of 2007.
    for version in ("ateco_2007", "ateco_2025"):
        other = await intake.apply(somebody())
        work = {"ateco_version": version, "section": "S", "previous_status": "employee", "on": "2024-03-05"}
        await intake.command(other["case_id"], "record-work-history", **work)
    sectors = {
        (each["ateco_version"], each["value"]): (each["hit"], each["cases"])
        for each in await intake.get("/v1/cohorts/provenance_section", on="2024-03-05")
    }
    assert sectors["ateco_2007", "I"] == (True, 1)
    assert (sectors["ateco_2007", "S"], sectors["ateco_2025", "S"]) == ((False, 1), (True, 1))
    statuses = {each["value"]: each["cases"] for each in await intake.get("/v1/cohorts/previous_status")}
    assert statuses["self_employed"] == 1
    comuni = {each["value"]: each["cases"] for each in await intake.get("/v1/cohorts/comune")}
    assert comuni["037006"] >= 1


@pytest.mark.clause("P75")
async def test_family_support_is_counted_by_kind(intake: Any, somebody: Any) -> None:
    told = await intake.apply(somebody())
    support = str(uuid4())
    await intake.command(told["case_id"], "offer-family-support", support_id=support, kind="childcare", on="2024-03-05")
    await intake.command(told["case_id"], "start-family-support", support_id=support, on="2024-03-10")
    await intake.command(
        told["case_id"], "offer-family-support", support_id=str(uuid4()), kind="transport", on="2024-03-05"
    )
    counted = {each["kind"]: each for each in await intake.get("/v1/family-supports/by-kind")}
    assert (counted["childcare"]["offered"], counted["childcare"]["started"]) == (1, 1)
    assert (counted["transport"]["offered"], counted["transport"]["started"]) == (1, 0)
    assert support in await intake.everything("/v1/family-supports", "support_id", 50, person_id=told["person_id"])


async def test_an_erasure_waits_for_every_service_and_alarms(intake: Any, somebody: Any, on_day: Any) -> None:
    person = UUID((await intake.apply(somebody()))["person_id"])

    async def answered(event: Any) -> Any:
        heard = Stored(uuid4(), f"erasure_{event.context}-{person}", 1, datetime.now(UTC), event)
        unit = await erasure.ErasureAnswers().react(heard)
        return await intake.service.commands.run(unit)

    done = {"person_id": person, "occurred_on": date(2024, 7, 2)}
    told = matching.ErasureCompleted(**done, service="matching")
    early = await answered(told)
    assert isinstance(early, Refused)
    assert early.kind is RefusalKind.RETRY

    await intake.post(f"/v1/persons/{person}/erasure", ground="request", on="2024-07-01")
    for _ in range(2):
        assert isinstance(await answered(told), Done)
    assert isinstance(await answered(training.ErasureCompleted(**done, service="training")), Done)

    async def open_ones() -> list[Any]:
        return [each for each in await intake.get("/v1/erasures/open") if each["person_id"] == str(person)]

    ((waiting),) = await open_ones()
    assert (waiting["missing"], waiting["late"]) == (["funding", "intake", "reporting"], True)
    await on_day(waiting["due_on"])
    assert "ErasureOverdue" not in await types(intake, f"person-{person}")
    for _ in range(2):
        await on_day("2024-12-01")
    assert (await types(intake, f"person-{person}")).count("ErasureOverdue") == 1
    assert metrics.ERASURES_OVERDUE._value.get() >= 1

    assert isinstance(await answered(funding.ErasureCompleted(**done, service="funding")), Done)
    assert isinstance(await answered(reporting.ErasureCompleted(**done, service="reporting")), Done)
    event = PersonErased(person_id=person, ground=ErasureGround.REQUEST, occurred_on=date(2024, 7, 1))
    service = intake.service
    process = erasure.ErasureProcess(service.pool, service.keys, service.clock)
    unit = await process.react(Stored(uuid4(), f"person-{person}", 3, datetime.now(UTC), event))
    assert unit is not None
    assert isinstance(await service.commands.run(unit), Done)
    assert await open_ones() == []
