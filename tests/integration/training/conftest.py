"""Training on real servers: its HTTP in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from insieme_events import migrate
from insieme_events.testing.http import Served, served
from insieme_local.provision import Provisioned
from insieme_training.service import SERVICE


@pytest.fixture(scope="module")
def migrated(provisioned: Provisioned) -> Provisioned:
    migrate.upgrade_service(provisioned.urls["training_owner"], "training", SERVICE.migrations)
    return provisioned


@pytest.fixture
async def training(migrated: Provisioned) -> AsyncIterator[Served]:
    """HTTP only, on the module's database."""
    async with served(SERVICE, migrated.environment("training")) as running:
        yield running


@pytest.fixture
async def bare_training(fresh_provisioned: Provisioned) -> AsyncIterator[Served]:
    """HTTP only, on a database of the test's own from which it may take a guard away."""
    owner = fresh_provisioned.urls["training_owner"]
    await asyncio.to_thread(migrate.upgrade_service, owner, "training", SERVICE.migrations)
    async with served(SERVICE, fresh_provisioned.environment("training")) as running:
        yield running
