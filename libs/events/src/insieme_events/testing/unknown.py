"""Every route of a service asked for what does not exist: the answer is 404 with a code, and stands in the document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx

from insieme_events.shapes import example_of

NUMBERS = {"year": "2099", "decision_no": "1"}
NAMED = re.compile(r"\{(\w+)\}")


async def answers(client: httpx.AsyncClient) -> dict[str, str]:
    """What `METHOD path` answers, as "404 code", for each route whose path names something; a read answers "200"."""
    document = (await client.get("/openapi.json")).json()
    found = {}
    for path, method, operation in named(document):
        answer = await client.request(
            method,
            NAMED.sub(lambda part: NUMBERS.get(part[1]) or str(uuid4()), path),
            params=asked(operation, document),
            json=body_of(operation, document),
        )
        if answer.is_success:
            found[f"{method} {path}"] = str(answer.status_code)
            continue
        code = answer.json()["code"]
        responses = operation["responses"].get(str(answer.status_code), {"content": {}})
        listed = {one for content in responses["content"].values() for one in content["examples"]}
        assert code in listed, f"{method} {path} answers {answer.status_code} {code}, which its document does not list"
        found[f"{method} {path}"] = f"{answer.status_code} {code}"
    return found


def named(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in document["paths"].items():
        if NAMED.search(path) and not path.startswith("/v1/operations/"):
            for method, operation in operations.items():
                yield path, method.upper(), operation


def asked(operation: dict[str, Any], document: dict[str, Any]) -> dict[str, str]:
    schemas = document["components"]["schemas"]
    needed = [each for each in operation.get("parameters", ()) if each["in"] == "query" and each.get("required")]
    return {each["name"]: str(example_of(each["schema"], schemas)) for each in needed}


def body_of(operation: dict[str, Any], document: dict[str, Any]) -> Any:
    """The first example that the document shows."""
    if "requestBody" not in operation:
        return None
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    model = document["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], {})
    return (schema.get("examples") or model["examples"])[0]
