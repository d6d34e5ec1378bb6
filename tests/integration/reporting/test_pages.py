"""The documentation pages of a service work without the outside world."""

from __future__ import annotations

import re

import httpx
import pytest

from insieme_events.service import create_app
from insieme_reporting.service import SERVICE
from insieme_reporting.settings import ReportingSettings


@pytest.fixture
def client() -> httpx.AsyncClient:
    app = create_app(SERVICE, ReportingSettings(database_url="postgresql://nobody@127.0.0.1/none"))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://reporting")


@pytest.mark.parametrize("page", ["/docs", "/redoc"])
async def test_a_page_loads_nothing_from_elsewhere(client: httpx.AsyncClient, page: str) -> None:
    async with client:
        html = (await client.get(page)).text
        loaded = re.findall(r'(?:src|href)="([^"]+)"', html)
        assert loaded
        assert [address for address in loaded if not address.startswith("/")] == []
        for address in loaded:
            assert (await client.get(address)).status_code == 200, address
