"""The tables that reads are written against are those that the migration makes."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from insieme_events.testing import tables
from insieme_events.testing.http import Served
from insieme_governance.views import (
    agreements,
    board,
    bodies,
    entries,
    meetings,
    plan_years,
    presentations,
    protocols,
    studies,
)

TABLES = [
    protocols.PROTOCOLS,
    protocols.NOTICES,
    agreements.AGREEMENTS,
    agreements.LEGAL_LIMITS,
    bodies.BODIES,
    bodies.CADENCE,
    bodies.REQUESTS,
    meetings.MEETINGS,
    meetings.INVITATIONS,
    meetings.DECISIONS,
    plan_years.PLAN_YEARS,
    plan_years.COMMITMENTS,
    plan_years.MISSING,
    plan_years.CEILINGS,
    plan_years.ACTIONS,
    board.MEMBERSHIPS,
    presentations.PRESENTATIONS,
    studies.STUDIES,
    studies.MILESTONES,
    entries.ENTRIES,
]


@pytest.mark.parametrize("table", TABLES, ids=str)
async def test_a_table_reads_as_it_was_made(governance: Served, table: sa.Table) -> None:
    assert tables.said(table) == await tables.made(governance.rows, table)
