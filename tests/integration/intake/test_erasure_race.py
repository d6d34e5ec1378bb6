"""No case begins behind the back of an erasure: what the lock of a person is for, and what is without it."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from insieme_events.commands import Done
from insieme_events.contracts.intake import ErasureGround, PersonErased
from insieme_events.envelope import Stored
from insieme_intake import erasure, vault

ROUNDS = 30
ERASE = {"ground": "request", "on": "2024-07-01"}
AGAIN = "2024-06-03"
UNMARKED = """
select count(*) from views.cases c where c.person_id = %s and not exists (
    select 1 from events.events e where e.stream = 'case-' || c.case_id and e.type = 'SealedFieldsErased')
"""


async def gone_before(intake: Any, someone: Any) -> str:
    """A person whose only case is closed, so that a new application may come."""
    told = await intake.apply(someone)
    await intake.command(told["case_id"], "close", exit_state="other", on="2024-03-20")
    person: str = told["person_id"]
    return person


async def react(intake: Any, person: str) -> None:
    """What the subscription does once it hears of the erasure."""
    service = intake.service
    event = PersonErased(person_id=UUID(person), ground=ErasureGround.REQUEST, occurred_on=date(2024, 7, 1))
    heard = Stored(uuid4(), f"person-{person}", 3, datetime.now(UTC), event)
    unit = await erasure.ErasureProcess(service.pool, service.keys, service.clock).react(heard)
    assert isinstance(await service.commands.run(unit), Done)


async def left_over(intake: Any, person: str) -> tuple[int, int]:
    """How many cases bear no marker, and how many identities are left."""
    ((unmarked,),) = await intake.rows(UNMARKED, person)
    ((identities,),) = await intake.rows("select count(*) from vault.identities where person_id = %s", person)
    return unmarked, identities


@dataclass
class Halt:
    """Stops an application where it has appended and not committed."""

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)


@pytest.fixture
def halt(monkeypatch: pytest.MonkeyPatch) -> Halt:
    halt, put = Halt(), vault.put

    def halting(*arguments: Any) -> Callable[[Any], Any]:
        write = put(*arguments)

        async def later(connection: Any) -> None:
            halt.arrived.set()
            await halt.go_on.wait()
            await write(connection)

        return later

    monkeypatch.setattr(vault, "put", halting)
    return halt


async def erased_while_an_application_commits(intake: Any, halt: Halt, someone: Any) -> tuple[bool, tuple[int, int]]:
    """Whether the erasure came to its end while the application stood still, and what was left over after both."""
    halt.go_on.set()
    person = await gone_before(intake, someone)
    halt.arrived.clear()
    halt.go_on.clear()
    application = asyncio.create_task(intake.apply(someone, received_on=AGAIN))
    await asyncio.wait_for(halt.arrived.wait(), 10)
    erasing = asyncio.create_task(intake.post(f"/v1/persons/{person}/erasure", **ERASE))
    done, _ = await asyncio.wait([erasing], timeout=4)
    if done:
        await react(intake, person)
    halt.go_on.set()
    told, _ = await asyncio.gather(application, erasing)
    assert told["person_id"] == person
    if not done:
        await react(intake, person)
    return bool(done), await left_over(intake, person)


async def test_an_erasure_waits_for_an_application_that_is_on_its_way(intake: Any, halt: Halt, somebody: Any) -> None:
    assert await erased_while_an_application_commits(intake, halt, somebody()) == (False, (0, 0))


async def test_without_the_lock_a_case_and_an_identity_outlive_the_erasure(
    intake: Any, halt: Halt, somebody: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control run: every transaction takes a lock of its own, and the application commits last."""
    monkeypatch.setattr(erasure, "lock", lambda _: str(uuid4()))
    assert await erased_while_an_application_commits(intake, halt, somebody()) == (True, (1, 1))


async def test_who_is_erased_between_look_and_write_comes_as_a_new_person(
    intake: Any, somebody: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    someone = somebody()
    person = await gone_before(intake, someone)
    find, looks = vault.find, []

    async def erased_meanwhile(*arguments: Any) -> Any:
        found = await find(*arguments)
        looks.append(found)
        if len(looks) == 1:
            await intake.post(f"/v1/persons/{person}/erasure", **ERASE)
        return found

    monkeypatch.setattr(vault, "find", erased_meanwhile)
    told = await intake.apply(someone, received_on=AGAIN)
    assert looks == [UUID(person), None]
    assert told["person_id"] != person
    await react(intake, person)
    assert await left_over(intake, person) == (0, 0)


async def test_whichever_comes_first_nothing_is_left_over(intake: Any, somebody: Any) -> None:
    outcomes: Counter[str] = Counter()
    chance = random.Random(7)
    for _ in range(ROUNDS):
        someone = somebody()
        person = await gone_before(intake, someone)

        async def later(what: Any) -> Any:
            await asyncio.sleep(chance.random() * 0.02)
            return await what

        told, _ = await asyncio.gather(
            later(intake.apply(someone, received_on=AGAIN)),
            later(intake.post(f"/v1/persons/{person}/erasure", **ERASE)),
        )
        await react(intake, person)
        assert await left_over(intake, person) == (0, 0)
        same = told["person_id"] == person
        outcomes["same person" if same else "new person"] += 1
        if not same:
            shown = await intake.get(f"/v1/cases/{told['case_id']}")
            assert (shown["status"], shown["comune"]) == ("enrolled", "037006")
    assert sum(outcomes.values()) == ROUNDS
