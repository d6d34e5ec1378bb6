"""Whoever asks for what does not exist is told so with a code; what the exceptions answer stands here."""

from __future__ import annotations

from typing import Any

from insieme_events.testing import unknown

BEGUN: dict[str, str] = {}
"""Routes that answer otherwise, and what."""


async def test_what_does_not_exist_is_404_with_a_code(matching: Any) -> None:
    found = await unknown.answers(matching.client)
    otherwise = {route: said for route, said in found.items() if not said.startswith("404 matching.")}
    assert otherwise == BEGUN
