"""The story is told once; the tests look at what it left behind."""

from __future__ import annotations

import asyncio

import pytest
from tests.end_to_end.platform import Platform
from tests.end_to_end.privacy.story import Story, tell

from insieme_local.servers import Servers


@pytest.fixture(scope="module")
def story(platform: Platform, servers: Servers) -> Story:
    """Before and after the erasure of ten persons."""
    return asyncio.run(tell(platform, servers))
