"""The rows that training takes out of files (decision 27)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from insieme_events.importing.kinds import Kind, Lookup
from insieme_training.api.participation_steps import LESSON_EXAMPLE
from insieme_training.participation.commands import RecordAttendance


class AttendanceRow(RecordAttendance):
    """A lesson of a participation, which is named by its id or by course and person."""

    participation_id: UUID
    course_id: UUID | None = None
    person_id: UUID | None = None


def to_command(row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    lesson = {name: value for name, value in row.items() if name in RecordAttendance.model_fields}
    return f"/v1/participations/{row['participation_id']}/attendance", lesson


ATTENDANCE = Kind(
    name="attendance",
    about="Who was at which lesson of a course; told again, the last counts (P37)",
    service="training",
    path="/v1/participations/{participation_id}/attendance",
    body=AttendanceRow,
    recorded=frozenset(),
    lookups=(
        Lookup(
            fills="participation_id",
            path="/v1/participations",
            parameters={"course_id": "course_id", "person_id": "person_id"},
            id_field="participation_id",
            unknown="import.participation_unknown",
            sentence="This person has not one participation in this course: correct the ids, or give participation_id.",
        ),
    ),
    in_order_by=("participation_id", "person_id"),
    together=True,
    request=to_command,
    example={
        "row_key": "2024-C3-118-1",
        **{name: str(value) for name, value in LESSON_EXAMPLE.items()},
        "course_id": "5d0c2a51-7f7e-4a2e-9d3b-3f0f1d2c7b10",
        "person_id": "c0a1f3de-6f7b-4a39-b6a1-55c1ef3f2a77",
    },
)
