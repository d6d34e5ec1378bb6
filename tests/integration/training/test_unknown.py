"""Whoever asks for what does not exist is told so with a code; what the exceptions answer stands here."""

from __future__ import annotations

from typing import Any

from insieme_events.testing import unknown

BEGUN = {"POST /v1/sector-changes/{person_id}": "503 training.person_unknown"}
"""What answers otherwise, and what."""


async def test_what_does_not_exist_is_404_with_a_code(training: Any) -> None:
    found = await unknown.answers(training.served.client)
    otherwise = {route: said for route, said in found.items() if not said.startswith("404 training.")}
    assert otherwise == BEGUN
