"""The documentation of the API shows for every body a value that the API takes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator, FormatChecker

from insieme_events.contracts.training_courses import CoursePlanned
from insieme_events.testing import scenario
from insieme_training.api.courses import PLANS
from insieme_training.course import COURSE
from insieme_training.course.commands import PlanCourse
from insieme_training.service import SERVICE
from insieme_training.testing import COURSE_ID, course_circumstances

given = scenario(COURSE, course_circumstances(today=date(2024, 12, 31)))


def described() -> dict[str, Any]:
    app = FastAPI()
    for router in SERVICE.routers:
        app.include_router(router)
    return app.openapi()


def test_every_body_is_shown_as_its_schema_says() -> None:
    api = described()
    shown = 0
    for path, operations in api["paths"].items():
        if "post" not in operations:
            continue
        schema = operations["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert schema.get("examples"), f"{path} shows no body"
        whole = {"components": api["components"], "$ref": schema["$ref"]}
        for example in schema["examples"]:
            Draft202012Validator(whole, format_checker=FormatChecker()).validate(example)
        shown += 1
    assert shown >= 18


@pytest.mark.parametrize("body", PLANS, ids=lambda body: body["strand"])
def test_a_course_is_planned_as_it_is_shown(body: dict[str, Any]) -> None:
    given().when(PlanCourse(course_id=COURSE_ID, **body)).then_types(CoursePlanned)
