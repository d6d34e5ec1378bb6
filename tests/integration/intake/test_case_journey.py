"""Every command of a case over HTTP, in journeys; the views equal what the test itself noted on the way."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from insieme_intake.api.cases import COMMANDS

CLOSED_LISTS = {"gender": "female", "citizenship": "eu", "isced": "6", "birth_month": "1970-05", "comune": "037032"}


class Journey:
    """Sends commands to one case and keeps what its view must show."""

    def __init__(self, intake: Any, told: dict[str, Any]) -> None:
        self.intake = intake
        self.case_id: str = told["case_id"]
        self.sent: set[str] = set()
        self.row: dict[str, Any] = {
            "case_id": told["case_id"],
            "person_id": told["person_id"],
            "status": "enrolled",
            "is_open": True,
            "channel_class": "self",
            "referral_id": None,
            "received_on": "2024-03-04",
            "interviewed_on": None,
            "taken_in_charge_on": None,
            "referent_id": None,
            "plan_due_on": None,
            "plan_version": 0,
            "eligible_until": None,
            "last_event_on": "2024-03-04",
            "comune": "037006",
            "employment_status": "disoccupato",
            "fragility_band": None,
            "version": told["sequence"],
            "root_id": told["person_id"],
            "closed_on": None,
            "exit_state": None,
            "merged_into_case": None,
            "plan_overdue": False,
            "interview_awaited_since": "2024-03-04",
            "interview_late_since": None,
            "job_loss_cause": None,
            "job_loss_month": None,
            "ateco_version": None,
            "provenance_section": None,
            "previous_status": None,
            "interviews": [],
            "referents": [],
            "follow_up_group": [],
            "family_supports": [],
            "follow_ups": [],
        }

    async def send(self, path: str, body: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """One command of one event; `changes` is what the view must show differently after it."""
        answer: dict[str, Any] = await self.intake.command(self.case_id, path, **body)
        self.sent.add(path)
        self.row |= {"version": self.row["version"] + 1, "last_event_on": max(self.row["last_event_on"], body["on"])}
        self.row |= changes
        assert (answer["id"], answer["sequence"]) == (self.case_id, self.row["version"])
        assert await self.intake.get(f"/v1/cases/{self.case_id}") == self.row
        return answer


async def event_id(intake: Any, case_id: str, kind: str) -> str:
    rows = await intake.rows(
        "select event_id from events.events where stream = %s and type = %s order by version desc limit 1",
        f"case-{case_id}",
        kind,
    )
    return str(rows[0][0])


@pytest.mark.clause("P15", "P24", "P27", "P28", "P29")
async def test_a_whole_journey_sends_every_command_once(intake: Any, somebody: Any) -> None:
    journey = Journey(intake, await intake.apply(somebody()))
    first, second, officer, referent, other = (str(uuid4()) for _ in range(5))

    fixed = {"interview_id": first, "case_id": journey.case_id, "kind": "access", "status": "scheduled"}
    await journey.send(
        "schedule-interview",
        {"interview_id": first, "kind": "access", "scheduled_for": "2024-03-11", "on": "2024-03-05"},
        interviews=[fixed | {"day": "2024-03-11"}],
    )
    missed = fixed | {"status": "missed", "day": "2024-03-11"}
    await journey.send("miss-interview", {"interview_id": first, "on": "2024-03-11"}, interviews=[missed])
    held = fixed | {"interview_id": second, "status": "held", "day": "2024-03-14"}
    await journey.send(
        "hold-interview",
        {"interview_id": second, "kind": "access", "interviewer_id": officer, "on": "2024-03-14"},
        status="interviewed",
        interviewed_on="2024-03-14",
        interview_awaited_since=None,
        interviews=[missed, held],
    )
    await journey.send(
        "record-employment-status",
        {"status": "inoccupato", "evidence": "did", "evidence_on": "2024-03-13", "on": "2024-03-14"},
        employment_status="inoccupato",
    )
    await journey.send(
        "record-residence", {"comune": "037032", "basis": "domicile", "on": "2024-03-14"}, comune="037032"
    )
    await journey.send("declare-other-measure", {"kind": None, "on": "2024-03-14"})
    await journey.send(
        "record-job-loss",
        {"cause": "pandemic", "month": "2020-05", "on": "2024-03-14"},
        job_loss_cause="pandemic",
        job_loss_month="2020-05",
    )
    await journey.send(
        "record-work-history",
        {"ateco_version": "ateco_2007", "section": "I", "previous_status": "self_employed", "on": "2024-03-14"},
        ateco_version="ateco_2007",
        provenance_section="I",
        previous_status="self_employed",
    )
    await journey.send("assess-autonomy", {"level": "partial", "on": "2024-03-14"})
    await journey.send("assess-eligibility", {"on": "2024-03-14"})
    await intake.refused(
        f"/v1/cases/{journey.case_id}/take-in-charge",
        "intake.not_eligible",
        409,
        "P28",
        referent_id=referent,
        on="2024-03-14",
    )
    await journey.send(
        "assess-fragility",
        {"band": "medium", "instrument_version": "isf.2", "on": "2024-03-15"},
        fragility_band="medium",
    )
    await intake.command(journey.case_id, "assess-eligibility", on="2024-03-15")
    journey.row |= {"version": journey.row["version"] + 1, "eligible_until": "2024-05-14"}
    await journey.send("assess-suitability", {"outcome": "in_target", "assessor_id": officer, "on": "2024-03-15"})
    first_referent = {"case_id": journey.case_id, "since": "2024-03-18", "referent_id": referent}
    await journey.send(
        "take-in-charge",
        {"referent_id": referent, "on": "2024-03-18"},
        status="in_charge",
        taken_in_charge_on="2024-03-18",
        referent_id=referent,
        plan_due_on="2024-04-17",
        referents=[first_referent],
    )
    await journey.send(
        "assign-referent",
        {"referent_id": other, "on": "2024-03-20"},
        referent_id=other,
        referents=[first_referent, first_referent | {"referent_id": other, "since": "2024-03-20"}],
    )
    member = {"case_id": journey.case_id, "operator_id": officer, "joined_on": "2024-03-20", "left_on": None}
    await journey.send("add-to-follow-up-group", {"operator_id": officer, "on": "2024-03-20"}, follow_up_group=[member])
    gone = member | {"left_on": "2024-03-25"}
    await journey.send("leave-follow-up-group", {"operator_id": officer, "on": "2024-03-25"}, follow_up_group=[gone])
    support = {
        "support_id": first,
        "case_id": journey.case_id,
        "person_id": journey.row["person_id"],
        "kind": "childcare",
        "offered_on": "2024-03-21",
        "started_on": None,
    }
    await journey.send(
        "offer-family-support",
        {"support_id": first, "kind": "childcare", "on": "2024-03-21"},
        family_supports=[support],
    )
    await journey.send(
        "start-family-support",
        {"support_id": first, "on": "2024-03-26"},
        family_supports=[support | {"started_on": "2024-03-26"}],
    )
    await journey.send("agree-plan", {"ready_for": "training", "on": "2024-03-28"}, plan_version=1)
    await journey.send("suspend", {"reason": "unavailable", "on": "2024-04-02"}, status="suspended")
    await journey.send("resume", {"on": "2024-04-22"}, status="in_charge")
    await journey.send(
        "close",
        {"exit_state": "temporary_work", "on": "2024-07-01"},
        status="closed",
        is_open=False,
        closed_on="2024-07-01",
        exit_state="temporary_work",
    )
    await journey.send(
        "record-follow-up",
        {"months_after_exit": 6, "outcome": "seeking", "on": "2025-01-07"},
        follow_ups=[{"case_id": journey.case_id, "months": 6, "recorded_on": "2025-01-07"}],
    )
    await journey.send(
        "reopen",
        {"reason": "lost_work", "on": "2025-01-09"},
        status="in_charge",
        is_open=True,
        closed_on=None,
        exit_state=None,
    )
    wrong = await event_id(intake, journey.case_id, "EntryCharacteristicsRecorded")
    await journey.send("correct-characteristics", {"corrects": wrong, **CLOSED_LISTS, "on": "2025-01-09"})
    enrolment = await event_id(intake, journey.case_id, "PersonEnrolled")
    await journey.send(
        "void-enrolment",
        {"voids": enrolment, "reason": "wrong_person", "on": "2025-01-10"},
        status="voided",
        is_open=False,
        taken_in_charge_on=None,
        referent_id=None,
        plan_due_on=None,
        plan_version=0,
    )
    elsewhere = {"enrol", "reject-application", "withdraw-application"}
    assert journey.sent | elsewhere == set(COMMANDS)


async def test_an_amendment_names_an_event_of_the_case(intake: Any, somebody: Any) -> None:
    told, other = await intake.apply(somebody()), await intake.apply(somebody())
    path = f"/v1/cases/{told['case_id']}"
    foreign = await event_id(intake, other["case_id"], "PersonEnrolled")
    body = {"voids": foreign, "reason": "keyed_twice", "on": "2024-03-05"}
    await intake.refused(f"{path}/void-enrolment", "intake.other_event", 409, "P25", **body)
    first = await event_id(intake, told["case_id"], "EntryCharacteristicsRecorded")
    right = {"corrects": first, **CLOSED_LISTS, "on": "2024-03-05"}
    await intake.command(told["case_id"], "correct-characteristics", **right)
    await intake.refused(f"{path}/correct-characteristics", "intake.other_event", 409, "P25", **right)


async def test_an_interview_id_belongs_to_one_case(intake: Any, somebody: Any) -> None:
    told, other = await intake.apply(somebody()), await intake.apply(somebody())
    body = {"interview_id": str(uuid4()), "kind": "access", "scheduled_for": "2024-03-11", "on": "2024-03-05"}
    await intake.command(told["case_id"], "schedule-interview", **body)
    path = f"/v1/cases/{other['case_id']}/schedule-interview"
    await intake.refused(path, "intake.interview_elsewhere", 422, None, **body | {"scheduled_for": "2024-03-12"})
    shown = await intake.get(f"/v1/cases/{told['case_id']}")
    assert [interview["day"] for interview in shown["interviews"]] == ["2024-03-11"]
    moved = body | {"scheduled_for": "2024-03-13"}
    await intake.command(told["case_id"], "schedule-interview", **moved)
    shown = await intake.get(f"/v1/cases/{told['case_id']}")
    assert [interview["day"] for interview in shown["interviews"]] == ["2024-03-13"]


async def test_an_eligibility_that_was_lost_is_shown_no_more(intake: Any, somebody: Any) -> None:
    told = await intake.apply(somebody())
    await intake.in_charge(told["case_id"])
    case = f"/v1/cases/{told['case_id']}"
    assert (await intake.get(case))["eligible_until"] == "2024-05-11"
    await intake.command(told["case_id"], "record-residence", comune="036023", basis="residence", on="2024-03-20")
    await intake.command(told["case_id"], "assess-eligibility", on="2024-03-20")
    assert (await intake.get(case))["eligible_until"] is None


async def test_a_back_dated_fact_does_not_turn_the_case_back(intake: Any, somebody: Any) -> None:
    told = await intake.apply(somebody())
    await intake.in_charge(told["case_id"])
    await intake.command(told["case_id"], "record-residence", comune="037032", basis="residence", on="2024-01-15")
    shown = await intake.get(f"/v1/cases/{told['case_id']}")
    assert (shown["last_event_on"], shown["comune"]) == ("2024-03-13", "037006")


async def test_every_command_on_a_case_that_does_not_exist_is_not_found(intake: Any) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "enrol": {},
        "assess-eligibility": {},
        "resume": {},
        "withdraw-application": {},
        "close": {"exit_state": "other"},
        "take-in-charge": {"referent_id": str(uuid4())},
        "void-enrolment": {"voids": str(uuid4()), "reason": "keyed_twice"},
        "correct-characteristics": {"corrects": str(uuid4()), **CLOSED_LISTS},
    }
    for path, body in bodies.items():
        nowhere = f"/v1/cases/{uuid4()}/{path}"
        await intake.refused(nowhere, "intake.case_unknown", 404, None, **body, on="2024-03-05")
    answer = await intake.client.get(f"/v1/cases/{uuid4()}")
    assert (answer.status_code, answer.json()["code"]) == (404, "intake.case_unknown")
