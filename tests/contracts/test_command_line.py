"""Everything that the API does, `insieme` does too: a command for every operation, an option for every value."""

from __future__ import annotations

import importlib
import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from typer.core import TyperArgument
from typer.main import get_group
from typer.testing import CliRunner

from insieme_events.client import commands, requests
from insieme_events.client.operations import Operation, UnknownShape, operations
from insieme_events.client.requests import Request
from insieme_events.desk import PORTS
from insieme_events.service import Role, create_app

pytestmark = pytest.mark.unit

SERVICES = sorted(PORTS)
NOTHING: Any = None
"""Settings are read when the application starts, and here it does not."""
NOWHERE = "http://127.0.0.1:1"


@cache
def document_of(service: str) -> dict[str, Any]:
    definition = importlib.import_module(f"insieme_{service}.service").SERVICE
    return create_app(definition, NOTHING, Role.HTTP).openapi()


@cache
def found_in(service: str) -> list[Operation]:
    return operations(document_of(service))


def asked_of(service: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation as the document has it: path, method, what is told of it."""
    for path, methods in document_of(service)["paths"].items():
        for method, told in methods.items():
            yield path, method.upper(), told


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_is_a_command_of_its_own(service: str) -> None:
    found = found_in(service)
    assert {(one.path, one.method) for one in found} == {(path, method) for path, method, _ in asked_of(service)}
    doubled = [name for name, times in Counter((one.resource, one.name) for one in found).items() if times > 1]
    assert not doubled, f"two operations of {service} have one name: rename one of the two functions"


@pytest.mark.parametrize("service", SERVICES)
def test_every_parameter_has_an_option_or_an_argument_and_no_option_is_spelled_twice(service: str) -> None:
    for path, method, told in asked_of(service):
        (one,) = [each for each in found_in(service) if (each.path, each.method) == (path, method)]
        (made,) = get_group(commands.resource(one.resource, [one], NOWHERE)).commands.values()
        spelled = Counter(word for given in made.params for word in (*given.opts, *given.secondary_opts))
        assert not [word for word, times in spelled.items() if times > 1], path
        arguments = {given.metavar for given in made.params if isinstance(given, TyperArgument)}
        for parameter in told.get("parameters", ()):
            if parameter["in"] == "path":
                assert parameter["name"].upper() in arguments, path
            elif not parameter["name"].startswith("X-Insieme"):
                assert f"--{parameter['name'].replace('_', '-')}" in spelled, (path, parameter["name"])


def options_of(body: dict[str, Any], values: Any, above: str = "") -> Iterator[str]:
    """A body as somebody would type it, worked out from the body alone; lists of records and free objects as JSON."""
    whole = {value.option for value in values}
    for name, told in body.items():
        option = f"{above}{name}".replace("_", "-").lower()
        if told is None:
            continue
        if isinstance(told, bool):
            yield f"--{option}" if told else f"--no-{option}"
        elif isinstance(told, dict) and f"--{option}" not in whole:
            yield from options_of(told, values, f"{option}.")
        elif isinstance(told, dict) or (isinstance(told, list) and any(isinstance(one, dict) for one in told)):
            yield from (f"--{option}", json.dumps(told))
        elif isinstance(told, list):
            for one in told:
                yield from (f"--{option}", str(one))
        else:
            yield from (f"--{option}", str(told))


def without_nulls(told: Any) -> Any:
    """What a body says: a value that is not there is null; and so is a list of nothing."""
    if isinstance(told, dict):
        return {name: without_nulls(one) for name, one in told.items() if one is not None and one != []}
    return told


@pytest.mark.parametrize("service", SERVICES)
def test_the_example_of_every_body_can_be_typed_as_options(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Request] = []

    def answers(request: Request, patience: float, *, every_page: bool) -> tuple[()]:
        sent.append(request)
        return ()

    monkeypatch.setattr(requests, "answers", answers)
    runner = CliRunner()
    typed = 0
    for one in found_in(service):
        if not one.has_body:
            continue
        assert one.example is not None, f"{one.method} {one.path} has no example of its body"
        places = ["7"] * one.path.count("{")
        words = [one.name, *places, *options_of(one.example, one.values)]
        answer = runner.invoke(commands.resource(one.resource, [one], NOWHERE), words)
        assert answer.exit_code == 0, (one.path, answer.output)
        assert without_nulls(sent[-1].body) == without_nulls(one.example), one.path
        assert "{" not in sent[-1].path
        typed += 1
    assert typed == sum("requestBody" in told for _, _, told in asked_of(service))


def test_a_value_that_no_option_can_stand_for_is_seen() -> None:
    several = {"anyOf": [{"type": "string"}, {"type": "object", "properties": {}}]}
    parameter = {"name": "what", "in": "query", "schema": several}
    document = {"paths": {"/v1/things": {"get": {"operationId": "things_see", "parameters": [parameter]}}}}
    with pytest.raises(UnknownShape):
        operations(document)
