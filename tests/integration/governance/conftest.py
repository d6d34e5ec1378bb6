"""Governance on real servers: its HTTP in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from insieme_events import migrate
from insieme_events.testing.http import Served, served
from insieme_governance.founding import found
from insieme_governance.service import SERVICE
from insieme_local.provision import Provisioned


@pytest.fixture(scope="module")
def migrated(provisioned: Provisioned) -> Provisioned:
    migrate.upgrade_service(provisioned.urls["governance_owner"], "governance", SERVICE.migrations)
    asyncio.run(founded(provisioned))
    return provisioned


async def founded(provisioned: Provisioned) -> None:
    """Enters the founding data: without it there is neither a protocol nor an agreement."""
    async with served(SERVICE, provisioned.environment("governance")) as running:
        await found(running.service)


@pytest.fixture
async def governance(migrated: Provisioned) -> AsyncIterator[Served]:
    """HTTP only, on the module's database with the founding data."""
    async with served(SERVICE, migrated.environment("governance")) as running:
        yield running


@pytest.fixture
async def bare_governance(fresh_provisioned: Provisioned) -> AsyncIterator[Served]:
    """HTTP only, on a founded database of the test's own from which it may take a guard away."""
    owner = fresh_provisioned.urls["governance_owner"]
    await asyncio.to_thread(migrate.upgrade_service, owner, "governance", SERVICE.migrations)
    await founded(fresh_provisioned)
    async with served(SERVICE, fresh_provisioned.environment("governance")) as running:
        yield running
