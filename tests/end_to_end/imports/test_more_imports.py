"""Placements, attendance and expenditure as `test_imports` has the other kinds, and what the store has of each row."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.end_to_end.imports import base, communications, files, registers
from tests.end_to_end.imports.base import Base
from tests.end_to_end.imports.communications import EVENTS, Chain, Happened
from tests.end_to_end.imports.test_imports import (
    ROWS,
    Road,
    a_month_later,
    compare,
    corrected,
    killed_repeated_and_again,
)
from tests.end_to_end.nursery import Nursery
from tests.end_to_end.platform import Platform
from tests.end_to_end.privacy.programme import COMUNE

from insieme_local.folders import Folders
from insieme_local.provision import Provisioned
from insieme_local.servers import Servers
from insieme_local.testing import session_folders

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900)]

PLACEMENTS = Road("placements", "matching", tuple(EVENTS.values()), apart=False)
ATTENDANCE = Road("attendance", "training", ("LessonAttendanceRecorded",), apart=False)
EXPENDITURE = Road("expenditure", "funding", ("ExpenditureRecorded",), ("--party", COMUNE), apart=False)
CHAINS = """
select data ->> 'person_id', data ->> 'company_id',
    min(occurred_on) filter (where type = 'PlacementStarted') over (partition by stream), type, occurred_on
from events.events where type = any(%s) order by stream, version
"""
LESSONS = """
select data ->> 'participation_id', (data ->> 'lesson_no')::int,
    (data ->> 'minutes')::int, data ->> 'attendance', occurred_on
from events.events where type = 'LessonAttendanceRecorded'
"""
SPENT = "select occurred_on, (data ->> 'amount')::int from events.events where type = 'ExpenditureRecorded'"


@pytest.fixture(scope="module")
def platform(provisioned: Provisioned, servers: Servers, young: Nursery) -> Iterator[Platform]:
    """With everything that the rows speak of, but no row."""
    made = Platform(provisioned, Folders(session_folders().root / f"platform-{provisioned.topic_prefix}"), young)
    try:
        made.prepare_all()
        made.start_all(base.SERVICES)
        yield made
    finally:
        made.stop_all()


@pytest.fixture(scope="module")
def known(platform: Platform) -> Base:
    return asyncio.run(base.make(platform, persons=-(-ROWS // registers.LESSONS), companies=max(5, ROWS // 50)))


def chains(platform: Platform) -> dict[Chain, list[Happened]]:
    """By who works where since when, the events of the placement in their order."""
    found: dict[Chain, list[Happened]] = {}
    with psycopg.connect(platform.provisioned.urls["matching_owner"]) as connection:
        for person, company, since, kind, on in connection.execute(CHAINS, (list(EVENTS.values()),)):
            found.setdefault((person, company, since.isoformat()), []).append((kind, on.isoformat()))
    return found


def lessons(platform: Platform) -> list[tuple[tuple[str, int], tuple[int, str, str]]]:
    with psycopg.connect(platform.provisioned.urls["training_owner"]) as connection:
        rows = connection.execute(LESSONS).fetchall()
    return sorted(((one, number), (minutes, said, on.isoformat())) for one, number, minutes, said, on in rows)


def spent(platform: Platform) -> list[tuple[str, int]]:
    with psycopg.connect(platform.provisioned.urls["funding_owner"]) as connection:
        return sorted((on.isoformat(), amount) for on, amount in connection.execute(SPENT))


def test_placements(platform: Platform, known: Base, tmp_path: Path) -> None:
    told = communications.write(tmp_path / "placements.csv", known, ROWS)
    killed_repeated_and_again(platform, PLACEMENTS, told.made)
    assert chains(platform) == told.recorded

    corrected(platform, PLACEMENTS, told.made, lambda number: told.right[number - 1])
    assert chains(platform) == told.corrected

    later = a_month_later(platform, PLACEMENTS, told.made)
    for row, wanted in zip(later, told.made.expected, strict=True):
        if wanted.good:
            # What came between a start and an end is there already, and is refused as that.
            known_again = row["communication"] in ("ASS", "CES")
            assert row["import_verdict"] == ("unchanged" if known_again else "refused"), row
    assert chains(platform) == told.corrected


def test_attendance(platform: Platform, known: Base, tmp_path: Path) -> None:
    right = registers.lesson(known)
    made = files.write(tmp_path / "attendance.xlsx", ROWS, right, registers.wrong_lessons(known))
    killed_repeated_and_again(platform, ATTENDANCE, made)
    assert lessons(platform) == sorted(registers.lessons(known, registers.good(made)).items())
    compare(made, a_month_later(platform, ATTENDANCE, made), "unchanged")
    corrected(platform, ATTENDANCE, made, right)
    every = [right(number) for number in range(1, ROWS + 1)]
    assert lessons(platform) == sorted(registers.lessons(known, every).items())


def test_expenditure(platform: Platform, known: Base, tmp_path: Path) -> None:
    made = files.write(tmp_path / "expenditure.csv", ROWS, registers.spending, registers.wrong_spending, delimiter=";")
    killed_repeated_and_again(platform, EXPENDITURE, made)
    assert spent(platform) == registers.spent(registers.good(made))
    compare(made, a_month_later(platform, EXPENDITURE, made), "unchanged")
    corrected(platform, EXPENDITURE, made, registers.spending)
    assert spent(platform) == registers.spent([registers.spending(number) for number in range(1, ROWS + 1)])
