"""What the documentation shows is what the decider takes; that it fits its schema, tests/contracts show."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from insieme_events.contracts.training_courses import CoursePlanned
from insieme_events.testing import scenario
from insieme_training.api.courses import PLANS
from insieme_training.course import COURSE
from insieme_training.course.commands import PlanCourse
from insieme_training.testing import COURSE_ID, course_circumstances

given = scenario(COURSE, course_circumstances(today=date(2024, 12, 31)))


@pytest.mark.parametrize("body", PLANS, ids=lambda body: body["strand"])
def test_a_course_is_planned_as_it_is_shown(body: dict[str, Any]) -> None:
    given().when(PlanCourse(course_id=COURSE_ID, **body)).then_types(CoursePlanned)
