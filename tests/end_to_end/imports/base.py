"""What rows of placements, attendance and expenditure speak of, made through the commands, a hundred in a request."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import uuid4

import httpx
from tests.end_to_end.people import Someone, company
from tests.end_to_end.platform import Platform
from tests.end_to_end.privacy import settling
from tests.end_to_end.privacy.journey import NOT_YET, Journey
from tests.end_to_end.privacy.programme import COMUNE, approve_plan

SERVICES = ("governance", "intake", "matching", "training", "funding")
SECONDS = 300
IN_A_REQUEST = 100
SEATS = 20
COURSE_BEGINS = "2024-03-18"
BUDGET_SET = "2024-01-25"
BUDGET = 5_000_000
"""Euro cents of strand 3.b."""
Command = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Participation:
    participation_id: str
    course_id: str
    person_id: str


@dataclass(frozen=True)
class Base:
    """`persons` are in charge since March 2024 and take part in a course; `waits` is enrolled and has not begun."""

    persons: list[str]
    companies: list[str]
    vacancies: list[str]
    """One of each company, in their order."""
    participations: list[Participation]
    waits: str


async def make(platform: Platform, persons: int, companies: int) -> Base:
    async with AsyncExitStack() as stack:
        clients = {}
        for name in SERVICES:
            client = httpx.AsyncClient(base_url=platform.url(name), timeout=60)
            clients[name] = await stack.enter_async_context(client)
        await settling.settled(platform, SECONDS)
        await set_budget(Journey(platform, clients))
        taken = await take_in_charge(clients["intake"], persons + 1)
        registered, vacancies = await register(clients["matching"], companies)
        await settling.settled(platform, SECONDS)
        enrolled = await enrol(platform, clients["training"], taken)
        begun = [(f"/v1/participations/{one.participation_id}/start", {"on": COURSE_BEGINS}) for one in enrolled[:-1]]
        await send(clients["training"], begun)
        await settling.settled(platform, SECONDS)
        return Base(taken[:-1], registered, vacancies, enrolled[:-1], enrolled[-1].participation_id)


async def send(client: httpx.AsyncClient, commands: Sequence[Command]) -> list[dict[str, Any]]:
    """The answers in order; a request of which something is "not yet" is sent again with the same keys."""
    found: list[dict[str, Any]] = []
    for chunk in _chunks(commands):
        told = [{"path": path, "body": body, "key": str(uuid4())} for path, body in chunk]
        async with asyncio.timeout(SECONDS):
            while True:
                answers = await _answers(client, told)
                wrong = [one for one in answers if one["status"] >= 300]
                if not wrong:
                    break
                not_yet = [one for one in wrong if one["status"] == 503 or one["body"].get("code") in NOT_YET]
                assert not_yet == wrong, wrong
                await asyncio.sleep(0.2)
        found += [one["body"] for one in answers]
    return found


async def _answers(client: httpx.AsyncClient, told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    answer = await client.post("/v1/commands", json={"commands": told})
    assert answer.status_code == 200, answer.text
    answers: list[dict[str, Any]] = answer.json()["answers"]
    return answers


def _chunks(commands: Sequence[Command]) -> Iterator[list[Command]]:
    left = iter(commands)
    while chunk := list(islice(left, IN_A_REQUEST)):
        yield chunk


async def set_budget(journey: Journey) -> None:
    """Out of the plan of 2024, more than ten thousand rows spend."""
    await approve_plan(journey)
    lines = [{"strand": "3b", "amount": BUDGET}]
    budget = {"year": 2024, "source": COMUNE, "borne_by": COMUNE, "lines": lines, "on": BUDGET_SET}
    await journey.post("funding", "/v1/budgets", 201, as_=COMUNE, **budget)


async def take_in_charge(intake: httpx.AsyncClient, count: int) -> list[str]:
    """The persons' ids."""
    told = await send(intake, [("/v1/applications", Someone(number).application()) for number in range(1, count + 1)])
    worker = str(uuid4())
    steps: list[Command] = [
        ("hold-interview", {"kind": "access", "interviewer_id": worker, "on": "2024-03-11"}),
        ("assess-fragility", {"band": "high", "instrument_version": "2024.1", "on": "2024-03-11"}),
        ("assess-eligibility", {"on": "2024-03-12"}),
        ("assess-suitability", {"outcome": "in_target", "assessor_id": worker, "on": "2024-03-12"}),
        ("take-in-charge", {"referent_id": worker, "on": "2024-03-13"}),
    ]
    for path, body in steps:
        own = [{"interview_id": str(uuid4())} if path == "hold-interview" else {} for _ in told]
        commands = [
            (f"/v1/cases/{one['case_id']}/{path}", {**body, **more}) for one, more in zip(told, own, strict=True)
        ]
        await send(intake, commands)
    return [one["person_id"] for one in told]


async def register(matching: httpx.AsyncClient, count: int) -> tuple[list[str], list[str]]:
    """The companies, and a vacancy of many positions at each of them."""
    told = await send(matching, [("/v1/companies", company(number)) for number in range(1, count + 1)])
    companies = [str(one["id"]) for one in told]
    opened = {"profile": "8.1.4", "positions": 50, "comune": "037006", "on": "2024-03-14"}
    vacancies = await send(matching, [("/v1/vacancies", {"company_id": one, **opened}) for one in companies])
    return companies, [str(one["id"]) for one in vacancies]


async def enrol(platform: Platform, training: httpx.AsyncClient, persons: Sequence[str]) -> list[Participation]:
    """Everybody has a seat in a course of Italian that has begun; confirmed by the ledger of intake."""
    plan = {"strand": "2a", "course_code": "italian-a2", "module_kind": "italian", "hours": 60, "seats": SEATS}
    days = {"starts_on": COURSE_BEGINS, "ends_on": "2024-06-28", "on": "2024-02-01"}
    courses = [
        one["id"] for one in await send(training, [("/v1/courses", {**plan, **days})] * -(-len(persons) // SEATS))
    ]
    await send(training, [(f"/v1/courses/{one}/activation", {"on": "2024-03-01"}) for one in courses])
    asked = [
        {"course_id": courses[place // SEATS], "person_id": person, "on": "2024-03-14"}
        for place, person in enumerate(persons)
    ]
    told = await send(training, [("/v1/participations", one) for one in asked])
    await settling.settled(platform, SECONDS)
    await send(training, [(f"/v1/courses/{one}/start", {"on": COURSE_BEGINS}) for one in courses])
    return [
        Participation(one["id"], body["course_id"], body["person_id"]) for one, body in zip(told, asked, strict=True)
    ]
