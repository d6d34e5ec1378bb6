"""Whoever asks for what does not exist is told so with a code; what the exceptions answer stands here."""

from __future__ import annotations

from insieme_events.testing import unknown
from insieme_events.testing.http import Served

BEGUN = {"GET /v1/plans/{year}/ceilings": "200"}
"""What answers otherwise, and what."""


async def test_what_does_not_exist_is_404_with_a_code(funding: Served) -> None:
    found = await unknown.answers(funding.client)
    otherwise = {route: said for route, said in found.items() if not said.startswith("404 funding.")}
    assert otherwise == BEGUN
