"""A service's HTTP in the test's own process, and a client of it; servers are real."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from insieme_events.service import Role, Running, ServiceDefinition, create_app


@dataclass
class Served:
    """The running service and a client of it; `post` and `send` check the status and answer the body."""

    service: Running
    client: httpx.AsyncClient

    async def post(self, path: str, status: int = 201, headers: Mapping[str, str] | None = None, **body: Any) -> Any:
        return await self.send("POST", path, status, body, headers)

    async def send(
        self, method: str, path: str, status: int, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        answer = await self.client.request(method, path, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else {}

    async def refused(
        self, path: str, code: str, clause: str | None = None, headers: Mapping[str, str] | None = None, **body: Any
    ) -> Any:
        """Posts what must be refused: with that code and, where given, that clause."""
        answer = await self.client.post(path, json=body, headers=headers)
        found = answer.json()
        assert answer.is_error, answer.text
        assert found["code"] == code, answer.text
        if clause is not None:
            assert found["clause"] == clause, answer.text
        return found

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        async with self.service.pool.connection() as connection:
            return await (await connection.execute(query, parameters)).fetchall()


@asynccontextmanager
async def served(
    definition: ServiceDefinition, environment: Mapping[str, str], role: Role = Role.HTTP, pool_size: int = 8
) -> AsyncIterator[Served]:
    """Runs the service in that role on databases that were migrated; `environment` is what its process is told."""
    name = definition.name.upper()
    settings = definition.settings(
        kafka_bootstrap_servers=environment["KAFKA_BOOTSTRAP_SERVERS"],
        topic_prefix=environment["INSIEME_TOPIC_PREFIX"].rstrip("."),
        master_key_text=environment["INSIEME_MASTER_KEY"],
        database_url=environment[f"DATABASE_URL_{name}"],
        database_url_keys=environment.get("DATABASE_URL_KEYS"),
        pool_size=pool_size,
    )
    app = create_app(definition, settings, role)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        address = f"http://{definition.name}"
        client = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url=address))
        yield Served(app.state.service, client)
