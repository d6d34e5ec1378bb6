"""The story is told once; the tests look at what it left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from tests.end_to_end.collector import collecting
from tests.end_to_end.nursery import Nursery
from tests.end_to_end.platform import EVERY_SERVICE, Platform
from tests.end_to_end.privacy.story import Story, tell

from insieme_local.folders import Folders
from insieme_local.provision import Provisioned
from insieme_local.servers import Servers
from insieme_local.testing import session_folders


@pytest.fixture(scope="module")
def story(provisioned: Provisioned, servers: Servers, young: Nursery) -> Iterator[Story]:
    """Before and after the erasure of ten persons, on a platform with every service, which tells of its spans."""
    folders = Folders(session_folders().root / f"platform-{provisioned.topic_prefix}")
    platform = Platform(provisioned, folders, young)
    with collecting() as collector:
        try:
            platform.prepare_all()
            platform.start_all(EVERY_SERVICE, **collector.environment())
            yield asyncio.run(tell(platform, servers, collector))
        finally:
            platform.stop_all()
