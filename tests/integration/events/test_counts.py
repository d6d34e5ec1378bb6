"""What each path costs in statements, round trips, rows and WAL records stands in a file, and changes on purpose."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.benchmarks import counting

from insieme_events import cursors
from insieme_events.cursors import Last
from insieme_events.store import Connection
from insieme_events.testing import databases
from insieme_local.provision import Provisioned
from insieme_local.servers import Servers
from insieme_matching.service import SERVICE as MATCHING
from insieme_reporting.service import SERVICE as REPORTING

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def migrated(provisioned: Provisioned) -> Provisioned:
    databases.upgraded(provisioned.urls["matching_owner"], "matching", MATCHING.migrations)
    databases.upgraded(provisioned.urls["reporting_owner"], "reporting", REPORTING.migrations)
    return provisioned


async def test_every_path_costs_what_is_written(servers: Servers, migrated: Provisioned) -> None:
    """Where this fails on purpose: `python -m tests.benchmarks --counts`, and say why in the commit."""
    found = await counting.counts(migrated.urls["matching"], migrated.urls["reporting"], servers.admin_url)
    assert found.keys() == counting.written().keys()
    assert counting.differences(found, counting.written()) == []


async def test_control_one_more_statement_is_seen(
    servers: Servers, migrated: Provisioned, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = cursors.save_sequences

    async def asking_twice(connection: Connection, subscription: str, last: Mapping[str, Last]) -> None:
        await connection.execute("select 1")
        await save(connection, subscription, last)

    monkeypatch.setattr(cursors, "save_sequences", asking_twice)
    found = await counting.applying(
        migrated.urls["reporting"], counting.same_database(servers.admin_url, migrated.urls["reporting"])
    )
    [difference] = counting.differences(found, counting.written())
    assert "statements=" in difference
