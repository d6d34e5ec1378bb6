"""A body that did not come as JSON is told so, and not that it lacks fields."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel

from insieme_events import problems

FORM = "application/x-www-form-urlencoded"


class Told(BaseModel):
    on: str


async def sent(content: bytes, kind: str | None) -> httpx.Response:
    """To a route that takes a `Told`."""
    app = FastAPI()
    problems.install(app)

    @app.post("/told")
    async def told(body: Told) -> str:
        return body.on

    headers = {} if kind is None else {"Content-Type": kind}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.post("/told", content=content, headers=headers)


@pytest.mark.parametrize("kind", [FORM, "text/plain", "text/plain; charset=utf-8"])
async def test_a_body_that_is_called_something_else_is_named(kind: str) -> None:
    answer = await sent(b'{"on": "2024-02-01"}', kind)
    assert (answer.status_code, answer.json()["code"]) == (415, "http.not_json")
    assert "Content-Type: application/json" in answer.json()["detail"]


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "application/merge-patch+json"]
)
async def test_what_comes_as_json_is_read(kind: str) -> None:
    assert (await sent(b'{"on": "2024-02-01"}', kind)).json() == "2024-02-01"


@pytest.mark.parametrize(("content", "kind"), [(b"", None), (b"[]", "application/json"), (b'"on"', "application/json")])
async def test_json_that_does_not_fit_is_not_blamed_on_its_name(content: bytes, kind: str | None) -> None:
    answer = await sent(content, kind)
    assert (answer.status_code, answer.json()["code"]) == (422, "http.invalid")


async def test_a_field_that_is_missing_is_pointed_at() -> None:
    answer = await sent(b"{}", "application/json")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/body/on"]
