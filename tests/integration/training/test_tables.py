"""The tables that reads are written against are those that the migration makes."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from insieme_events.testing import tables
from insieme_training.views import courses, participations, sector_changes

pytestmark = pytest.mark.integration

TABLES = [
    courses.COURSES,
    courses.RESERVATIONS,
    participations.PARTICIPATIONS,
    participations.ATTENDANCE,
    participations.CERTIFICATES,
    participations.LEVELS,
    sector_changes.SECTOR_CHANGES,
]


@pytest.mark.parametrize("table", TABLES, ids=str)
async def test_a_table_reads_as_it_was_made(training: Any, table: sa.Table) -> None:
    assert tables.said(table) == await tables.made(training.served.rows, table)
