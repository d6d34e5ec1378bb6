"""Which units of one request may share a transaction, and that each sender is answered for its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from psycopg import errors

from insieme_events.gathering import Gathered, Member, apart
from insieme_events.testing.road import RECORDER, Record, accepted, unit
from insieme_events.units import Answer, Done, IdempotencyKey, Unit

pytestmark = pytest.mark.unit

SECONDS = 5


def stream(number: int) -> UUID:
    return UUID(int=number)


def on(number: int, **more: Any) -> Unit:
    return unit(stream(number), accepted(stream(number)), **more)


def rounds(*units: Unit) -> list[list[int]]:
    """The places of the units, round by round."""
    made = [(one, object()) for one in units]
    return [[made.index(one) for one in round_] for round_ in apart(made)]  # type: ignore[arg-type]


def test_what_shares_nothing_goes_together() -> None:
    assert rounds(on(1), on(2), on(3)) == [[0, 1, 2]]


def test_what_shares_a_stream_goes_one_after_the_other_in_order() -> None:
    assert rounds(on(1), on(2), on(1), on(1), on(2)) == [[0, 1], [2, 4], [3]]


def test_a_unit_waits_for_all_whose_streams_it_shares() -> None:
    both = replace(on(1), steps=(*on(1).steps, *on(2).steps))
    assert rounds(on(1), on(1), both, on(2)) == [[0], [1], [2], [3]]


def test_what_shares_a_lock_or_a_key_goes_one_after_the_other() -> None:
    locked = [replace(on(number), locks=("lock",)) for number in (1, 2)]
    assert rounds(*locked, on(3)) == [[0, 2], [1]]
    key = IdempotencyKey("party/route", "key", b"")
    assert rounds(on(1, key=key), on(2, key=key), on(3, key=replace(key, scope="another"))) == [[0, 2], [1]]


def test_commands_that_an_aggregate_declares_share_their_stream() -> None:
    sharing = replace(RECORDER, together=(Record,))

    def shared(number: int) -> Unit:
        return replace(on(number), steps=tuple(replace(step, aggregate=sharing) for step in on(number).steps))

    assert rounds(shared(1), shared(1), on(1), shared(1)) == [[0, 1], [2], [3]]


class Played:
    """Commands whose transactions are lists of the streams they were asked for; `wrong` breaks those that have it."""

    edge = appended = None

    def __init__(self, wrong: dict[UUID, Exception]) -> None:
        self.wrong = wrong
        self.ran: list[list[int]] = []

    async def run_all(self, units: Sequence[Unit]) -> list[Answer]:
        asked = [one.steps[0].stream_id for one in units]
        self.ran.append([one.int for one in asked])
        await asyncio.sleep(0)
        for one in asked:
            if one in self.wrong:
                raise self.wrong[one]
        return [Done(()) for _ in units]

    async def run(self, one: Unit) -> Answer:
        return (await self.run_all([one]))[0]


async def gathered(played: Played, *members: int) -> list[Any]:
    together = Gathered(played, len(members))  # type: ignore[arg-type]

    async def member(place: int, number: int) -> Answer | None:
        try:
            # The later, the quicker; one that never asks leaves, and the others do not wait for it.
            await asyncio.sleep((len(members) - place) * 0.001)
            return await Member(together, place).run(on(number)) if number else None
        finally:
            together.leave()

    every = asyncio.gather(*(member(*one) for one in enumerate(members)), return_exceptions=True)
    return await answered(every)


async def answered(every: Awaitable[Sequence[Any]]) -> list[Any]:
    """What the members were told. Fails where one of them waits for an answer that does not come."""
    try:
        return list(await asyncio.wait_for(every, SECONDS))
    except TimeoutError:
        pytest.fail(f"a member has no answer after {SECONDS} s: not all that asked were run")


async def test_all_are_run_in_their_order_once_everybody_asks_or_left() -> None:
    played = Played({})
    assert await gathered(played, 1, 0, 2, 3, 0) == [Done(()), None, Done(()), Done(()), None]
    assert played.ran == [[1, 2, 3]]


async def test_what_cannot_be_written_together_is_run_one_by_one_and_fails_alone() -> None:
    wrong = ValueError("of the second")
    played = Played({stream(2): wrong})
    assert await gathered(played, 1, 2, 3) == [Done(()), wrong, Done(())]
    assert played.ran == [[1, 2, 3], [1], [2], [3]]


async def test_a_deadlock_is_resolved_one_by_one() -> None:
    played = Played({stream(2): errors.DeadlockDetected("of the second")})
    answers = await gathered(played, 1, 2)
    assert answers[0] == Done(())
    assert isinstance(answers[1], errors.DeadlockDetected)
    assert played.ran == [[1, 2], [1], [2]]


async def test_where_the_database_is_away_nobody_asks_it_again() -> None:
    played = Played({stream(1): errors.AdminShutdown("away")})
    answers = await gathered(played, 1, 2, 3)
    assert {type(one) for one in answers} == {errors.AdminShutdown}
    assert played.ran == [[1, 2, 3]]


async def test_one_that_asks_again_waits_for_the_others_again() -> None:
    played = Played({})
    together = Gathered(played, 2)  # type: ignore[arg-type]

    async def member(place: int, *numbers: int) -> None:
        for number in numbers:
            await Member(together, place).run(on(number))
        together.leave()

    await answered(asyncio.gather(member(0, 1, 3), member(1, 2, 4, 5)))
    assert played.ran == [[1, 2], [3, 4], [5]]
