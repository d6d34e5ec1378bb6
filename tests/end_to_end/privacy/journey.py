"""A canary's way through intake and matching over HTTP, until it is erased; and waiting until all services know it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
from tests.end_to_end.people import company
from tests.end_to_end.platform import Platform
from tests.end_to_end.privacy import settling
from tests.end_to_end.privacy.canaries import RECEIVED, Canary

from insieme_events.clock import business_date
from insieme_events.testing.road import eventually

SECONDS = 90
LONGEST = 1.0
"""Seconds between two tries: many canaries that ask all the time are what the others wait for."""
ASSESSED = "2024-03-11"
CHARGED = "2024-03-12"
PLACED = "2024-04-02"
CLOSED = "2024-09-02"
ERASED = business_date(datetime.now(UTC)).isoformat()
"""Today: else the erasure would be late before anybody could answer, and the clock would say so meanwhile."""

NOT_YET = frozenset(
    {
        "matching.not_in_charge",
        "training.not_in_charge",
        "training.not_confirmed",
        "training.not_enrolled",
        "training.no_seat",
        "funding.not_in_charge",
        "funding.no_plan",
    }
)
"""Refusals of a service that another one's event has not reached; the others of that kind are 503."""


@dataclass
class Way:
    """Where a canary's records stand; `case_id` is empty where there is none."""

    person_id: str
    case_id: str = ""
    employment_id: str = ""


@dataclass
class Journey:
    """Sends commands, each with an Idempotency-Key of its own, and fails on a refusal."""

    platform: Platform
    clients: Mapping[str, httpx.AsyncClient]
    ways: dict[int, Way] = field(default_factory=dict)

    @property
    def intake(self) -> httpx.AsyncClient:
        return self.clients["intake"]

    async def post(self, service: str, path: str, expected: int = 200, /, as_: Any = "", **body: Any) -> dict[str, Any]:
        """Sends again what is answered by "not now"; `as_` is the party for which it is sent."""
        headers = {"Idempotency-Key": str(uuid4())} | ({"X-Insieme-Party": as_} if as_ else {})
        pause = 0.1
        async with asyncio.timeout(SECONDS):
            while True:
                try:
                    answer = await self.clients[service].post(path, json=body, headers=headers)
                    if answer.status_code != 503 and answer.json().get("code") not in NOT_YET:
                        break
                except httpx.ReadError:
                    # The service let go of an idle connection in the moment of its use; the key makes it one command.
                    pass
                await asyncio.sleep(pause)
                pause = min(1.5 * pause, LONGEST)
        assert answer.status_code == expected, f"{service} {path}: {answer.status_code} {answer.text}"
        found: dict[str, Any] = answer.json()
        return found

    async def get(self, service: str, path: str, **query: Any) -> Any:
        answer = await self.clients[service].get(path, params=query)
        assert answer.status_code == 200, f"{service} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def case(self, canary: Canary, command: str, on: str = ASSESSED, **body: Any) -> dict[str, Any]:
        return await self.post("intake", f"/v1/cases/{self.ways[canary.number].case_id}/{command}", on=on, **body)

    async def apply(self, canary: Canary, **changes: Any) -> Way:
        answer = await self.post("intake", "/v1/applications", 201, **canary.application(**changes))
        way = Way(answer["person_id"], answer["case_id"])
        self.ways[canary.number] = way
        return way

    async def into_charge(self, canary: Canary) -> None:
        """From the first interview to the plan; each command with a sealed value at least once."""
        interview, referent = str(uuid4()), str(uuid4())
        await self.case(
            canary,
            "schedule-interview",
            on=RECEIVED,
            interview_id=interview,
            kind="access",
            scheduled_for=ASSESSED,
        )
        await self.case(canary, "hold-interview", interview_id=interview, kind="access", interviewer_id=referent)
        marked = canary.marked
        await self.case(canary, "assess-fragility", band="high" if marked else "medium", instrument_version="2024.1")
        await self.case(canary, "assess-autonomy", level="not_autonomous" if marked else "partial")
        await self.case(canary, "assess-eligibility")
        await self.case(canary, "assess-suitability", outcome="in_target", assessor_id=referent)
        await self.case(canary, "take-in-charge", on=CHARGED, referent_id=referent)
        await self.case(canary, "agree-plan", on=CHARGED, ready_for="placement")
        cause, before = ("self_employment_ended", "family_worker") if marked else ("pandemic", "employee")
        await self.case(canary, "record-job-loss", cause=cause, month="2019-11" if marked else "2020-05")
        await self.case(canary, "record-work-history", ateco_version="ateco_2007", section="I", previous_status=before)
        support = {"support_id": str(uuid4())}
        await self.case(canary, "offer-family-support", on=CHARGED, **support, kind="transport" if marked else "care")
        await self.case(canary, "start-family-support", on=CHARGED, **support)
        # The second party does the same in the same days: its line is blocked.
        for party in ("regione_emilia_romagna", "comune_bologna"):
            await self.post(
                "intake",
                "/v1/interventions",
                201,
                person_id=self.ways[canary.number].person_id,
                kind="income_support" if marked else "orientation",
                party=party,
                measure="esf_plus" if marked else "gol",
                starts_on=CHARGED,
                on=CHARGED,
            )
        await self.case(canary, "add-to-follow-up-group", on=CHARGED, operator_id=referent)
        if marked:
            await self.case(canary, "record-residence", on=CHARGED, comune="037031", basis="domicile")
            await self.case(canary, "declare-other-measure", on=CHARGED, kind="lr_14_2015")

    async def place(self, canary: Canary, company_id: str, **chosen: Any) -> None:
        """Shortlisted for a vacancy of the company, accepted, placed for half a year; `chosen` says why."""
        person = self.ways[canary.number].person_id
        offer = {"company_id": company_id, "profile": "8.1.4", "positions": 1, "comune": "037006", "on": CHARGED}
        vacancy = (await self.post("matching", "/v1/vacancies", 201, **offer))["id"]
        shortlist = {"vacancy_id": vacancy, "person_id": person, "on": "2024-03-20", **chosen}
        candidacy = await self.post("matching", "/v1/candidacies", 201, **shortlist)
        for step in ("presentation", "interview", "acceptance"):
            await self.post("matching", f"/v1/candidacies/{candidacy['id']}/{step}", on="2024-03-21")
        employment = await self.post(
            "matching",
            "/v1/employments",
            201,
            person_id=person,
            company_id=company_id,
            vacancy_id=vacancy,
            starts_on=PLACED,
            ends_on="2024-09-30",
            contract_type="A.02.00",
            working_time="full",
            comune="037006",
            entry_kind="re_entry",
        )
        self.ways[canary.number].employment_id = employment["id"]

    async def out(self, canary: Canary) -> None:
        """Out of a funded operation, and of the case; what became of the person is recorded with both."""
        way = self.ways[canary.number]
        opened = {"person_id": way.person_id, "case_id": way.case_id, "operation": "po_esf_2024.0417", "on": CHARGED}
        operation = f"/v1/participations/{(await self.post('intake', '/v1/participations', 201, **opened))['id']}"
        said: dict[str, Any] = {
            "months_after_exit": 6,
            "outcome": "in_training" if canary.marked else "employed",
            "on": "2025-03-03",
        }
        await self.post("intake", f"{operation}/close", on=CLOSED)
        await self.post("intake", f"{operation}/record-follow-up", **said)
        await self.case(canary, "close", on=CLOSED, exit_state="temporary_work")
        await self.case(canary, "record-follow-up", **said)

    async def company(self, number: int) -> str:
        identifier: str = (await self.post("matching", "/v1/companies", 201, **company(number)))["id"]
        return identifier

    async def erase(self, canary: Canary) -> dict[str, Any]:
        path = f"/v1/persons/{self.ways[canary.number].person_id}/erasure"
        return await self.post("intake", path, ground="request", on=ERASED)

    async def erased(self, canaries: Sequence[Canary]) -> None:
        """Waits until intake has answered each erasure with ErasureCompleted, which is after the key is destroyed."""

        async def all_done() -> bool:
            return all(["intake" in (await self.person(canary))["erasure_completed_by"] for canary in canaries])

        await eventually(all_done, SECONDS)

    async def answered(self) -> None:
        """Waits until no erasure is open: every service has answered."""

        async def none_open() -> bool:
            return len(await self.get("intake", "/v1/erasures/open")) == 0

        await eventually(none_open, SECONDS)

    async def person(self, canary: Canary) -> dict[str, Any]:
        found: dict[str, Any] = await self.get("intake", f"/v1/persons/{self.ways[canary.number].person_id}")
        return found

    async def settled(self) -> None:
        """Waits until every subscription of a running service has applied everything that is stored."""
        await settling.settled(self.platform, SECONDS)
