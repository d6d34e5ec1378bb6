"""The tables that reads are written against are those that the migration makes."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from insieme_events.testing import tables
from insieme_matching import directory
from insieme_matching.views import (
    candidacies,
    companies,
    employments,
    internships,
    needs,
    profiles,
    reservations,
    vacancies,
)

TABLES = [
    directory.COMPANIES,
    companies.COMPANIES,
    needs.NEEDS,
    vacancies.VACANCIES,
    candidacies.CANDIDACIES,
    employments.EMPLOYMENTS,
    employments.LINKS,
    employments.SUPPORTS,
    internships.INTERNSHIPS,
    internships.MONTHS,
    profiles.PROFILES,
    reservations.RESERVATIONS,
]


@pytest.mark.parametrize("table", TABLES, ids=str)
async def test_a_table_reads_as_it_was_made(matching: Any, table: sa.Table) -> None:
    assert tables.said(table) == await tables.made(matching.rows, table)
