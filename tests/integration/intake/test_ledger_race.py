"""Two parties register the same kind for one person at the same instant: exactly one of them is confirmed (P25, I8)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from insieme_events import store
from insieme_events.commands import Done, Step, Unit
from insieme_events.contracts.intake import IdentityKind
from insieme_events.contracts.vocabulary import InterventionKind
from insieme_events.envelope import opened
from insieme_events.testing.racing import ROUNDS, counted
from insieme_intake.aggregates import LEDGERS, PERSONS
from insieme_intake.ledger import LEDGER, FollowExtension, Ledger, RegisterIntervention, Standing
from insieme_intake.person import RegisterPerson
from insieme_intake.testing import ACTOR, RECEIVED

pytestmark = pytest.mark.clause("P25")

AT_ONCE = 4
PARTIES = ("regione_emilia_romagna", "fondazione_san_petronio")
SHOWN = """
select person_id, intervention_id, kind, party, status, overlaps_id from views.interventions
where person_id = any(%s)
"""


async def persons(intake: Any, count: int) -> list[UUID]:
    """So many people who are registered, in one transaction."""
    found = [uuid4() for _ in range(count)]
    kind = IdentityKind.PROVISIONAL
    registering = {each: RegisterPerson(person_id=each, identity_kind=kind, on=RECEIVED) for each in found}
    units = [Unit((Step(PERSONS, each, command),), ACTOR) for each, command in registering.items()]
    assert all(isinstance(answer, Done) for answer in await intake.service.commands.run_all(units))
    return found


def asked(person_id: UUID, party: str) -> RegisterIntervention:
    return RegisterIntervention(
        person_id=person_id,
        intervention_id=uuid4(),
        kind=InterventionKind.VOCATIONAL_TRAINING,
        party=party,
        starts_on=date(2021, 5, 1),
        ends_on=None,
        on=date(2021, 4, 2),
    )


async def at_once(intake: Any, person_id: UUID, ledgers: Sequence[UUID]) -> tuple[str, ...]:
    """What the ledger makes of two parties that ask at the same instant, sorted; `ledgers` is where each one writes."""
    requests = [asked(person_id, party) for party in PARTIES]
    answers = await asyncio.gather(
        *(
            intake.service.commands.run(Unit((Step(LEDGERS, ledger, request),), ACTOR))
            for ledger, request in zip(ledgers, requests, strict=True)
        )
    )
    assert all(isinstance(answer, Done) for answer in answers), answers
    rows = await intake.rows(
        "select status from views.interventions where intervention_id = any(%s)",
        [request.intervention_id for request in requests],
    )
    return tuple(sorted(status for (status,) in rows))


@pytest.mark.invariant("I8", "race")
@pytest.mark.invariant("I8", "replay")
async def test_exactly_one_of_two_is_confirmed_and_the_view_is_the_fold(intake: Any) -> None:
    people = await persons(intake, ROUNDS)
    outcomes: Counter[tuple[str, ...]] = Counter()
    for start in range(0, ROUNDS, AT_ONCE):
        some = people[start : start + AT_ONCE]
        outcomes.update(await asyncio.gather(*(at_once(intake, each, (each, each)) for each in some)))
    counted("I8", outcomes)
    assert outcomes == {("blocked", "confirmed"): ROUNDS}

    keys = await intake.service.keys.read(set(people))
    async with intake.service.pool.connection() as connection:
        loaded = await store.load(connection, [f"ledger-{each}" for each in people])
    folded = set()
    for person_id in people:
        state = LEDGER.fold(opened(record, "intake", keys).event for record in loaded[f"ledger-{person_id}"])
        assert isinstance(state, Ledger)
        assert sorted(line.standing for line in state.lines) == [Standing.BLOCKED, Standing.CONFIRMED]
        folded |= {
            (person_id, line.intervention_id, line.kind, line.party, line.standing.value, line.overlaps)
            for line in state.lines
        }
    assert set(await intake.rows(SHOWN, people)) == folded


@pytest.mark.invariant("I8", "race")
async def test_an_extension_and_another_party_at_once_are_never_both_unseen(intake: Any) -> None:
    """Whoever is quicker: the other party is blocked, or the extension stands as doubled."""
    outcomes: Counter[tuple[str, ...]] = Counter()

    async def extended(person_id: UUID, number: int) -> tuple[str, ...]:
        until_june = asked(person_id, PARTIES[1]).model_copy(update={"ends_on": date(2021, 6, 30)})
        afterwards = asked(person_id, PARTIES[0]).model_copy(update={"starts_on": date(2021, 7, 1)})
        longer = FollowExtension(
            intervention_id=until_june.intervention_id, ends_on=date(2021, 7, 31), on=date(2021, 6, 10)
        )
        await intake.service.commands.run(Unit((Step(LEDGERS, person_id, until_june),), ACTOR))

        async def extend() -> Any:
            # A request seals and takes a little longer: in some rounds the extension waits for that.
            await asyncio.sleep(number % 5 * 0.01)
            return await intake.service.commands.run(Unit((Step(LEDGERS, person_id, longer),), ACTOR))

        asking = intake.service.commands.run(Unit((Step(LEDGERS, person_id, afterwards),), ACTOR))
        answers = await asyncio.gather(asking, extend())
        assert all(isinstance(answer, Done) for answer in answers), answers
        both = [until_june.intervention_id, afterwards.intervention_id]
        rows = await intake.rows("select status from views.interventions where intervention_id = any(%s)", both)
        return tuple(sorted(status for (status,) in rows))

    people = await persons(intake, ROUNDS)
    for start in range(0, ROUNDS, AT_ONCE):
        some = enumerate(people[start : start + AT_ONCE], start)
        outcomes.update(await asyncio.gather(*(extended(each, number) for number, each in some)))
    assert outcomes.keys() <= {("blocked", "confirmed"), ("confirmed", "doubled")}
    assert outcomes.total() == ROUNDS
    counted("I8, extensions", outcomes)


async def test_without_one_writer_per_person_both_are_confirmed(intake: Any) -> None:
    """The control run: each party writes to a ledger of its own, and neither sees the other."""
    for person_id in await persons(intake, 5):
        apart = await persons(intake, 2)
        assert await at_once(intake, person_id, apart) == ("confirmed", "confirmed")
