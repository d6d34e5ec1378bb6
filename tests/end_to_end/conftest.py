"""Every service as a process of its own, on real servers, as `make run` starts them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from tests.end_to_end.nursery import Nursery, nursery
from tests.end_to_end.platform import Platform
from tests.end_to_end.shared import Shared, sharing

from insieme_local.folders import Folders
from insieme_local.provision import Provisioned
from insieme_local.servers import Servers
from insieme_local.testing import Pool, session_folders


@pytest.fixture(scope="session")
def young() -> Iterator[Nursery]:
    """Has imported every service once for all platforms of this process."""
    with nursery() as made:
        yield made


@pytest.fixture(scope="module")
def prepared(provisioned: Provisioned, servers: Servers, young: Nursery) -> Iterator[Platform]:
    """Migrations and topics on the session's servers, no service yet; whatever is started is stopped at the end."""
    made = Platform(provisioned, Folders(session_folders().root / f"platform-{provisioned.topic_prefix}"), young)
    try:
        made.prepare()
        yield made
    finally:
        made.stop_all()


@pytest.fixture(scope="module")
def platform(prepared: Platform) -> Platform:
    """All services on the session's servers; never kill the servers."""
    prepared.start_all()
    return prepared


@pytest.fixture(scope="session")
def shared(database_pool: Pool, young: Nursery) -> Iterator[Shared]:
    """The platform of the tests that only add to it."""
    with sharing(
        Platform(database_pool.take_set(), Folders(session_folders().root / "platform-shared"), young)
    ) as made:
        yield made


@pytest.fixture
def platform_of(young: Nursery) -> Iterator[Callable[[Provisioned], Platform]]:
    """A factory: all services on the servers of a test's own."""
    made: list[Platform] = []

    def make(provisioned: Provisioned) -> Platform:
        platform = Platform(provisioned, Folders(session_folders().root / f"platform-own-{len(made)}"), young)
        made.append(platform)
        platform.prepare()
        platform.start_all()
        return platform

    try:
        yield make
    finally:
        for one in made:
            one.stop_all()
