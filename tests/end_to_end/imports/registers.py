"""Rows of attendance and of expenditure, their faults, and what the store must have of the right ones.

As in `files`, verdicts are written down by hand, from the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from tests.end_to_end.imports.base import BUDGET, Base
from tests.end_to_end.imports.communications import NOBODY
from tests.end_to_end.imports.files import Cells, Made, Wrong
from tests.end_to_end.privacy.programme import COMUNE

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


def spending(number: int) -> Cells:
    """Some three euros each: ten thousand of them leave something of the budget."""
    return {
        "row_key": f"SP/2024/{number}",
        "year": "2024",
        "source": COMUNE,
        "strand": "3b",
        "amount": str(100 + number % 400),
        "on": (date(2024, 2, 1) + timedelta(days=number % 300)).isoformat(),
        "commitment_id": "",
    }


def wrong_spending(_: int, before: Cells) -> Iterator[Wrong]:
    yield {"source": "nessuno"}, "funding.budget_unknown", ""
    yield {"year": ""}, "import.value_missing", "year"
    yield {"amount": "12,50"}, "import.value_wrong", "amount"
    yield {"amount": "0"}, "import.value_wrong", "amount"
    yield {"amount": str(BUDGET + 1)}, "funding.not_left", ""
    yield {"strand": "2b"}, "funding.not_left", ""
    yield {"strand": "9z"}, "import.value_wrong", "strand"
    yield {"on": "2023-03-11"}, "funding.other_year", ""
    yield {"on": "2024-01-24"}, "funding.before_budget", ""
    yield {"on": "ieri"}, "import.date_unreadable", "on"
    yield {"commitment_id": NOBODY}, "funding.commitment_unknown", ""
    yield {"row_key": before["row_key"]}, "import.row_key_doubled", "row_key"


def spent(rows: list[Cells]) -> list[tuple[str, int]]:
    """Days and amounts, sorted."""
    return sorted((row["on"], int(row["amount"])) for row in rows)


def good(made: Made) -> list[Cells]:
    return [row for row, wanted in zip(made.rows, made.expected, strict=True) if wanted.good]
