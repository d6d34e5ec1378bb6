"""Commands of several senders in one transaction, each answered for itself, as if it had come alone (decision 30)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from psycopg import errors

from insieme_events import telemetry
from insieme_events.commands import Commands
from insieme_events.store import GONE
from insieme_events.units import Answer, Unit

Waiting = tuple[Unit, "asyncio.Future[Answer]"]


class Gathered:
    """Runs the units of so many members together, as soon as every member that has not left waits for its answer.

    A member asks, looks and decides as it would by itself; only the transaction is shared. What cannot be written
    together is run one by one, so that no unit is refused, or fails, for what another one is.
    """

    def __init__(self, commands: Commands, members: int) -> None:
        self.commands = commands
        self._members = members
        self._waiting: dict[int, Waiting] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def run(self, place: int, unit: Unit) -> Answer:
        """The answer to the member at that place, who has asked for nothing else that is not answered."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[place] = (unit, answer)
        self._start_if_complete()
        return await answer

    def leave(self) -> None:
        """A member has its answer, or never asks: nobody waits for it any more."""
        self._members -= 1
        self._start_if_complete()

    def _start_if_complete(self) -> None:
        if self._waiting and len(self._waiting) >= self._members:
            # In the order of the members, whoever was quicker to ask.
            waiting = [self._waiting[place] for place in sorted(self._waiting)]
            self._waiting = {}
            task = asyncio.create_task(self._run(waiting))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _run(self, waiting: Sequence[Waiting]) -> None:
        for round_ in apart(waiting):
            if not await self._together(round_):
                for one in round_:
                    await self._alone(*one)

    async def _together(self, waiting: Sequence[Waiting]) -> bool:
        """Whether all of them are answered; if not, nothing of them is written."""
        if len(waiting) == 1:
            return False
        try:
            answers = await self.commands.run_all([unit for unit, _ in waiting])
        except errors.DeadlockDetected:
            return False
        except GONE as gone:
            for _, future in waiting:
                _fail(future, gone)
            return True
        except Exception as wrong:  # noqa: BLE001
            # One of them violates an index or meets a destroyed key; whose it is, is found out one by one.
            telemetry.log.info("gathered_apart", error=type(wrong).__name__, units=len(waiting))
            return False
        for (_, future), answer in zip(waiting, answers, strict=True):
            _tell(future, answer)
        return True

    async def _alone(self, unit: Unit, future: asyncio.Future[Answer]) -> None:
        try:
            _tell(future, await self.commands.run(unit))
        except Exception as wrong:  # noqa: BLE001
            _fail(future, wrong)


class Member(Commands):
    """The command runner of one member: the same answers and the same errors as the service's."""

    def __init__(self, gathered: Gathered, place: int) -> None:
        self.edge = gathered.commands.edge
        self.appended = gathered.commands.appended
        self._gathered = gathered
        self._place = place

    async def run(self, unit: Unit) -> Answer:
        return await self._gathered.run(self._place, unit)


def apart(waiting: Sequence[Waiting]) -> list[list[Waiting]]:
    """In rounds, in order: what shares a stream, a lock or an Idempotency-Key must see what the one before it did.

    Commands that an aggregate declares `together` may share their stream.
    """
    rounds: list[list[Waiting]] = []
    taken: dict[object, tuple[int, bool]] = {}
    for one in waiting:
        names = _names(one[0])
        before = [(name, *taken[name]) for name in names if name in taken]
        place = max((round_ + (not (shared and names[name])) for name, round_, shared in before), default=0)
        for name, shareable in names.items():
            taken[name] = (place, shareable)
        if place == len(rounds):
            rounds.append([])
        rounds[place].append(one)
    return rounds


def _names(unit: Unit) -> dict[object, bool]:
    """What the unit takes, and whether others may take it in the same round."""
    named: dict[object, bool] = {}
    for step in unit.steps:
        shareable = isinstance(step.command, step.aggregate.together)
        named[step.stream] = shareable and named.get(step.stream, True)
    named.update(dict.fromkeys((("lock", name) for name in unit.locks), False))
    if unit.key is not None:
        named[(unit.key.scope, unit.key.key)] = False
    return named


def _tell(future: asyncio.Future[Answer], answer: Answer) -> None:
    if not future.done():
        future.set_result(answer)


def _fail(future: asyncio.Future[Answer], wrong: BaseException) -> None:
    if not future.done():
        future.set_exception(wrong)
