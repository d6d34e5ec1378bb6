"""Sends steps that happen together, and answers for the first: the record that the request is about."""

from __future__ import annotations

from insieme_events.decider import Refused
from insieme_events.http import CommandAnswer, CommandRequest
from insieme_events.problems import ProblemError
from insieme_events.units import Done
from insieme_funding.units import Together


async def send(request: CommandRequest, together: Together) -> CommandAnswer:
    """Raises ProblemError with the refusal of whichever step refused."""
    outcome = await request.attempt(*together.steps, locks=together.locks)
    if isinstance(outcome, Refused):
        raise ProblemError(outcome)
    return request.answer(Done(outcome.results[:1], outcome.repeated))
