"""docs/refusals.md shows five bad requests of every service, with codes that there are; a test follows the page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.pages.reading import blocks

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "refusals.md"
SERVICES = ("Intake", "Matching", "Training", "Funding", "Governance", "Reporting")
FIVE = 5
COMMON = {"http", "events"}


@cache
def sections() -> dict[str, str]:
    """What stands under each heading of the page."""
    _, *parts = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {part.partition("\n")[0]: part.partition("\n")[2] for part in parts}


def refused(section: str) -> Iterator[dict[str, Any]]:
    for block in blocks(section, PAGE.name):
        if block.answer is not None and block.answer.kind == "json":
            answer = json.loads(block.answer.text)
            if "code" in answer:
                yield answer


@cache
def source() -> str:
    return "\n".join(
        path.read_text(encoding="utf-8") for top in ("services", "libs") for path in (ROOT / top).rglob("*.py")
    )


@pytest.mark.parametrize("service", SERVICES)
def test_five_of_every_service(service: str) -> None:
    found = list(refused(sections()[service]))
    assert len({one["code"] for one in found}) >= FIVE
    for one in found:
        assert one["status"] >= 400, one
        assert one["code"].partition(".")[0] in {service.lower(), *COMMON}, one
        assert f'.{one["code"].partition(".")[2]}"' in source(), f"{one['code']} is no code of ours any more"


def test_the_page_is_of_these_services_and_of_reading() -> None:
    assert list(sections()) == ["How to read one", *SERVICES]
