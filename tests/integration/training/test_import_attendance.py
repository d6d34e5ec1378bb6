"""Attendance out of a file: lessons of participations, by their id or by course and person (P37)."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from insieme_events.testing.importing import imported, judged, write
from insieme_local.provision import Provisioned
from insieme_training.importing import ATTENDANCE

GOOD, AGAIN = ("imported", "", ""), ("unchanged", "", "")


def lesson(key: object, number: int, **cells: object) -> dict[str, object]:
    told = {"row_key": f"L-{key}", "lesson_no": number, "minutes": 180, "attendance": "present"}
    return {**told, "on": f"{number:02d}/04/2021", **cells}


async def test_the_register_of_a_course(training: Any, migrated: Provisioned, tmp_path: Path) -> None:
    course = await training.active()
    persons = await training.persons(2)
    anna, bruno = [await training.enrolled(course, person) for person in persons]
    waits = await training.ask(course)
    await training.served.post(f"/v1/courses/{course}/start", 200, on="2021-04-01")
    for one in (anna, bruno):
        await training.served.post(f"/v1/participations/{one}/start", 200, on="2021-04-01")
    by_person = {"course_id": course, "person_id": persons[1]}
    rows = [lesson(number, number, participation_id=anna) for number in range(1, 21)]
    rows += [lesson(20 + number, number, **by_person) for number in range(1, 21)]
    rows += [
        lesson("absent", 3, participation_id=anna, attendance="ABSENT"),
        lesson("nobody", 1, course_id=course, person_id=uuid4()),
        lesson("waits", 1, participation_id=waits),
        lesson("neither", 1, course_id=course),
        lesson("long", 1, participation_id=anna, minutes=2000),
    ]
    wrong = [
        ("refused", "import.participation_unknown", "course_id, person_id"),
        ("refused", "training.participant_not_started", ""),
        ("refused", "import.one_of_two", "participation_id"),
        ("refused", "import.value_wrong", "minutes"),
    ]
    path = tmp_path / "attendance.csv"
    write(path, rows)
    found = judged(await imported(ATTENDANCE, training.served.client, path))
    assert found == [GOOD] * 41 + wrong

    async def minutes(participation: object) -> tuple[int, int]:
        one = await training.served.get(f"/v1/participations/{participation}")
        assert [row["lesson_no"] for row in one["lessons"]] == list(range(1, 21))
        return one["minutes_present"], one["minutes_recorded"]

    # Told again, the last one counts.
    assert await minutes(anna) == (19 * 180, 20 * 180)
    assert await minutes(bruno) == (20 * 180, 20 * 180)

    again = judged(await imported(ATTENDANCE, training.served.client, path))
    assert again[:41] == [AGAIN] * 41
    assert await minutes(anna) == (19 * 180, 20 * 180)
    stored = await training.types(f"participation-{bruno}")

    with psycopg.connect(migrated.urls["training_owner"]) as connection:
        connection.execute("delete from events.idempotency")
    later = judged(await imported(ATTENDANCE, training.served.client, path))
    assert later[20:40] == [AGAIN] * 20
    assert await training.types(f"participation-{bruno}") == stored
    assert await minutes(anna) == (19 * 180, 20 * 180)
