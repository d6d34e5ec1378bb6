"""The documentation of the API shows for every body a value that the API takes."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator, FormatChecker

from insieme_intake.api.applications import Application
from insieme_intake.api.cases import COMMANDS
from insieme_intake.api.referrals import ANSWERS
from insieme_intake.service import SERVICE


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    app = FastAPI()
    for router in SERVICE.routers:
        app.include_router(router)
    return app.openapi()


def bodies(described: dict[str, Any]) -> dict[str, tuple[dict[str, Any], list[Any]]]:
    """Per path the schema of its body and the examples shown, beside the reference or in the model itself."""
    found = {}
    for path, operations in described["paths"].items():
        if "post" in operations:
            schema = operations["post"]["requestBody"]["content"]["application/json"]["schema"]
            model = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            found[path] = schema, schema.get("examples") or model.get("examples") or []
    return found


def test_every_body_is_shown_as_its_schema_says(described: dict[str, Any]) -> None:
    shown = bodies(described)
    assert len(shown) > len(COMMANDS) + len(ANSWERS)
    for path, (schema, examples) in shown.items():
        assert examples, f"{path} shows no body"
        whole = {"components": described["components"], "$ref": schema["$ref"]}
        for example in examples:
            Draft202012Validator(whole, format_checker=FormatChecker()).validate(example)


@pytest.mark.parametrize("path", COMMANDS)
def test_a_case_takes_what_is_shown(described: dict[str, Any], path: str) -> None:
    _, (body,) = bodies(described)[f"/v1/cases/{{case_id}}/{path}"]
    COMMANDS[path].model_validate(body)


@pytest.mark.parametrize("path", ANSWERS)
def test_a_referral_takes_what_is_shown(described: dict[str, Any], path: str) -> None:
    _, (body,) = bodies(described)[f"/v1/referrals/{{referral_id}}/{path}"]
    ANSWERS[path].model_validate(body)


def test_an_application_is_taken_as_it_is_shown(described: dict[str, Any]) -> None:
    _, (body,) = bodies(described)["/v1/applications"]
    assert Application.model_validate(body).identity.first_name == "Anna"
