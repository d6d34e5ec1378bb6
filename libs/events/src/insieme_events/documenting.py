"""What the OpenAPI document of a service says beyond types: every refusal that a route may answer, and examples.

The refusals are read off the code (`refusals`), so that the document cannot say less than the service does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.encoders import jsonable_encoder
from fastapi.routing import APIRoute, iter_route_contexts

from insieme_events import problems, refusals
from insieme_events.decider import RefusalKind, Refused
from insieme_events.http import IF_MATCH_SYNTAX, KEY_SYNTAX, NOT_APPLIED
from insieme_events.problems import HTTP_ERRORS, MEDIA_TYPE, status_of
from insieme_events.shapes import example_of
from insieme_events.units import BUSY, KEY_REUSED, STALE

INVALID = Refused(
    "http.invalid", "The request does not fit its schema at {where}; see errors.", None, RefusalKind.INVALID
)
UNSTORABLE = Refused(
    "http.unstorable", "A text of the request holds a character that cannot be stored.", None, RefusalKind.INVALID
)
OF_COMMANDS = (INVALID, UNSTORABLE, IF_MATCH_SYNTAX, KEY_SYNTAX, KEY_REUSED, STALE, BUSY, problems.AWAY)
OF_READS = (INVALID, problems.AWAY)
REFERENCE = "#/components/schemas/{model}"
OF_BODIES = (400, 415)
"""Statuses of a body that is no JSON, or is not sent as such."""


def describe(app: FastAPI) -> None:
    """Completes the document of the application when somebody asks for it first."""
    plain = app.openapi

    def whole() -> dict[str, Any]:
        if app.openapi_schema is None:
            complete(app, plain())
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = whole  # type: ignore[method-assign]


def operation_id(route: APIRoute) -> str:
    """The resource and what is done to it, `cases_enrol`: the command line and generated clients call it so."""
    resource = route.path_format.removeprefix("/v1/").partition("/")[0].replace("-", "_")
    return f"{resource}_{re.sub(r'(?<=[a-z])(?=[A-Z])', '_', route.name).lower()}"


def complete(app: FastAPI, document: dict[str, Any]) -> None:
    components = document.setdefault("components", {}).setdefault("schemas", {})
    components.update(of_problems())
    for route in iter_route_contexts(app.routes):
        operations = document["paths"].get(getattr(route, "path_format", None), {})
        for method in getattr(route, "methods", None) or ():
            operation = operations.get(method.lower())
            if operation is not None:
                show_body(operation, getattr(route, "body_field", None))
                show_answers(operation, components)
                show_refusals(operation, refusals.of_endpoint(route.endpoint))


def of_problems() -> dict[str, Any]:
    """The schemas of what every service answers when it does not do what is asked."""
    schema = problems.Problem.model_json_schema(mode="serialization", ref_template=REFERENCE)
    return {**schema.pop("$defs"), "Problem": schema}


def show_body(operation: dict[str, Any], body: Any) -> None:
    """The examples given at the route as they are: FastAPI leaves out what is null in them."""
    examples = getattr(getattr(body, "field_info", None), "examples", None)
    if examples:
        operation["requestBody"]["content"]["application/json"]["schema"]["examples"] = jsonable_encoder(examples)


def show_answers(operation: dict[str, Any], components: Mapping[str, Any]) -> None:
    """An example of what a route answers when it does what is asked."""
    for status, response in operation["responses"].items():
        body = response.get("content", {}).get("application/json")
        if status.startswith("2") and body is not None and not {"example", "examples"} & body.keys():
            body["example"] = example_of(body.get("schema", {}), components)


def show_refusals(operation: dict[str, Any], of_the_service: Iterable[Refused]) -> None:
    """Every status with the codes that it comes with, each with its sentence and its clause."""
    named = {parameter["name"].lower() for parameter in operation.get("parameters", ())}
    general = OF_COMMANDS if "idempotency-key" in named else OF_READS
    waiting = (NOT_APPLIED,) if "wait_for" in named else ()
    by_status: dict[int, dict[str, Refused]] = {}
    for refused in (*general, *waiting, *sorted(of_the_service, key=lambda one: (one.code, one.sentence))):
        by_status.setdefault(status_of(refused), {})[refused.code] = refused
    done = {status: answer for status, answer in operation["responses"].items() if status.startswith("2")}
    operation["responses"] = done
    if "requestBody" in operation:
        for status in OF_BODIES:
            code, sentence = HTTP_ERRORS[status]
            by_status[status] = {code: Refused(code, sentence, None, RefusalKind.INVALID)}
    for status, coded in sorted(by_status.items()):
        operation["responses"][str(status)] = {
            "description": said(status, coded.values()),
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": REFERENCE.format(model="Problem")},
                    "examples": {code: {"value": shown(status, refused)} for code, refused in sorted(coded.items())},
                }
            },
        }


def said(status: int, coded: Iterable[Refused]) -> str:
    codes = [one.code if one.clause is None else f"{one.code} ({one.clause})" for one in coded]
    return f"{HTTPStatus(status).phrase}: {', '.join(sorted(codes))}"


def shown(status: int, refused: Refused) -> dict[str, Any]:
    """The problem as a client meets it; what a sentence says of the case stands in braces."""
    return problems.body_of(status, refused.code, refused.sentence, refused.clause).model_dump(exclude_none=True)
