"""A row of a register names the participation by its id, or by the course and the person."""

from __future__ import annotations

from typing import Any

import pytest

from insieme_events.importing.tables import Row
from insieme_events.importing.texts import EXCEL_1900
from insieme_events.importing.values import Reader, Ready
from insieme_training.importing import ATTENDANCE

pytestmark = pytest.mark.unit

ID = "c0a1f3de-6f7b-4a39-b6a1-55c1ef3f2a77"
LESSON = {"row_key": "1", "lesson_no": "1", "minutes": "180", "attendance": "present", "on": "2024-03-18"}


def read(**cells: str) -> Any:
    return Reader(ATTENDANCE, EXCEL_1900).read(Row(2, {**LESSON, **cells}))


def test_one_of_both_ways_is_enough() -> None:
    assert isinstance(read(participation_id=ID), Ready)
    assert isinstance(read(course_id=ID, person_id=ID), Ready)


@pytest.mark.parametrize("cells", [{"participation_id": ID, "course_id": ID, "person_id": ID}, {}, {"course_id": ID}])
def test_both_or_none_are_refused(cells: dict[str, str]) -> None:
    """Of two that do not agree nobody would say which is meant."""
    (fault,) = read(**cells)
    assert (fault.code, fault.column) == ("import.one_of_two", "participation_id")
