"""Funding on real servers: its HTTP in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from insieme_events.testing import databases
from insieme_events.testing.http import Served, served
from insieme_funding.service import SERVICE
from insieme_local.provision import Provisioned


@pytest.fixture(scope="module")
def migrated(provisioned: Provisioned) -> Provisioned:
    databases.upgraded(provisioned.urls["funding_owner"], "funding", SERVICE.migrations)
    return provisioned


@pytest.fixture
async def funding(migrated: Provisioned) -> AsyncIterator[Served]:
    """HTTP only, on the module's database."""
    async with served(SERVICE, migrated.environment("funding")) as running:
        yield running


@pytest.fixture
async def bare_funding(fresh_provisioned: Provisioned) -> AsyncIterator[Served]:
    """HTTP only, on a database of the test's own from which it may take a guard away."""
    owner = fresh_provisioned.urls["funding_owner"]
    await asyncio.to_thread(databases.upgraded, owner, "funding", SERVICE.migrations)
    async with served(SERVICE, fresh_provisioned.environment("funding")) as running:
        yield running
