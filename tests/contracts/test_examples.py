"""The examples in /docs name parties that there are: they are what somebody copies first."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from tests.transitions.services import SERVICES, definition

from insieme_events.service import Role, create_app
from insieme_governance import founding

pytestmark = pytest.mark.unit

NOTHING: Any = None
"""Settings are read when the application starts, and here it does not."""
DEFINITIONS = {service: definition(service) for service in SERVICES}
A_PARTY = {
    "adopted_by",
    "association",
    "borne_by",
    "by_party",
    "from_party",
    "introduced_by",
    "invited",
    "owner",
    "party",
    "proposed_by",
    "shared_with",
    "to_party",
}
"""Fields of a body that name a party of the protocol."""


@cache
def apis() -> dict[str, dict[str, Any]]:
    """What each service documents, by its name."""
    return {name: create_app(service, NOTHING, Role.HTTP).openapi() for name, service in DEFINITIONS.items()}


@pytest.mark.parametrize("service", SERVICES)
def test_examples_name_parties_that_there_are(service: str) -> None:
    known = {party for one in founding.given().protocols for all_of in one.parties.values() for party in all_of}
    for path, name, party in parties_in(apis()[service]):
        assert party in known, f"{path} shows {name}={party!r}, which is no party: {sorted(known)}"


def test_the_examples_of_parties_are_found() -> None:
    assert {name for api in apis().values() for _, name, _ in parties_in(api)} == A_PARTY


def parties_in(api: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Path, field and value of every example of a body that names a party."""
    for path, operations in api["paths"].items():
        body = operations.get("post", {}).get("requestBody")
        if body is None:
            continue
        schema = body["content"]["application/json"]["schema"]
        model = api["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], {})
        for example in schema.get("examples") or model.get("examples") or []:
            yield from ((path, name, party) for name, party in named(example))


def named(value: Any) -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for name, inner in value.items():
                if name in A_PARTY and isinstance(inner, str | list):
                    yield from ((name, one) for one in ([inner] if isinstance(inner, str) else inner))
                else:
                    yield from named(inner)
        case list():
            for inner in value:
                yield from named(inner)
        case _:
            return
