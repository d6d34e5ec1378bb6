"""Units of several steps over HTTP: the answer, like If-Match, is about the record that the request names."""

from __future__ import annotations

from dataclasses import replace

from insieme_events.decider import Refused
from insieme_events.http import CommandAnswer, Incoming
from insieme_events.problems import ProblemError
from insieme_events.units import Done, Step


def first(request: Incoming, done: Done) -> CommandAnswer:
    """The answer for the first step."""
    return request.answer(replace(done, results=done.results[:1]))


async def send(request: Incoming, unit: tuple[Step, ...], locks: tuple[str, ...]) -> CommandAnswer:
    """Runs the steps as one unit and answers for the first one. Raises ProblemError with the refusal."""
    done = await request.attempt(*unit, locks=locks)
    if isinstance(done, Refused):
        raise ProblemError(done)
    return first(request, done)
