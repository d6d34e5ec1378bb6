"""Sends steps that happen together, and answers for the first: the record that the request is about."""

from __future__ import annotations

from insieme_events.http import CommandAnswer, CommandRequest
from insieme_funding.steps import Together


async def send(request: CommandRequest, together: Together) -> CommandAnswer:
    """Raises ProblemError with the refusal of whichever step refused."""
    return await request.send(*together.steps, locks=together.locks, first=True)
