"""Rows of attendance, their faults, and what the store must have of the right ones.

As in `files`, verdicts are written down by hand, from the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from tests.end_to_end.imports.base import Base
from tests.end_to_end.imports.communications import NOBODY
from tests.end_to_end.imports.files import Cells, Made, Wrong

LESSONS = 20
"""Of every participation."""
FIRST_LESSON = date(2024, 3, 18)


def lesson(base: Base) -> Callable[[int], Cells]:
    """The registers of the courses, one participation after the other; every other one is named by its id."""

    def make(number: int) -> Cells:
        place, before = divmod(number - 1, LESSONS)
        one = base.participations[place]
        by_id = place % 2 == 1
        return {
            "row_key": f"L-{number}",
            "participation_id": one.participation_id if by_id else "",
            "course_id": "" if by_id else one.course_id,
            "person_id": "" if by_id else one.person_id,
            "lesson_no": str(before + 1),
            "minutes": "180",
            "attendance": "absent" if number % 10 == 0 else "present",
            "on": (FIRST_LESSON + timedelta(days=4 * before)).isoformat(),
        }

    return make


def wrong_lessons(base: Base) -> Callable[[int, Cells], Iterator[Wrong]]:
    by_course = {"participation_id": "", "course_id": base.participations[0].course_id, "person_id": base.persons[0]}

    def make(_: int, before: Cells) -> Iterator[Wrong]:
        yield {"minutes": "2000"}, "import.value_wrong", "minutes"
        yield {"lesson_no": ""}, "import.value_missing", "lesson_no"
        yield {"attendance": "forse"}, "import.value_wrong", "attendance"
        yield {"on": "31/06/2024"}, "import.no_such_day", "on"
        yield {"on": "2024-03-15"}, "training.participant_before_last_step", ""
        yield {**by_course, "person_id": NOBODY}, "import.participation_unknown", "course_id, person_id"
        yield {**by_course, "course_id": ""}, "import.one_of_two", "participation_id"
        alone = {"course_id": "", "person_id": ""}
        yield {**alone, "participation_id": base.waits}, "training.participant_not_started", ""
        yield {**alone, "participation_id": NOBODY}, "training.participation_unknown", ""
        yield {"row_key": before["row_key"]}, "import.row_key_doubled", "row_key"

    return make


def lessons(base: Base, rows: list[Cells]) -> dict[tuple[str, int], tuple[int, str, str]]:
    """By participation and number: minutes, attendance, day."""
    of_course = {(one.course_id, one.person_id): one.participation_id for one in base.participations}
    return {
        (
            row["participation_id"] or of_course[row["course_id"], row["person_id"]],
            int(row["lesson_no"]),
        ): (int(row["minutes"]), row["attendance"], row["on"])
        for row in rows
    }


def good(made: Made) -> list[Cells]:
    return [row for row, wanted in zip(made.rows, made.expected, strict=True) if wanted.good]
