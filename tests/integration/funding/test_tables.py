"""The tables that reads are written against are those that the migration makes."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from insieme_events.testing import tables
from insieme_events.testing.http import Served
from insieme_funding.views import budgets, calls, committees, decisions, plans, projects

TABLES = [
    budgets.BUDGETS,
    budgets.LINES,
    budgets.EXPENDITURES,
    calls.CALLS,
    committees.COMMITTEES,
    committees.MEMBERS,
    committees.CONFLICTS,
    decisions.DECISIONS,
    decisions.SPENDINGS,
    decisions.CONSENTS,
    plans.CEILINGS,
    plans.REDUCTIONS,
    projects.PROJECTS,
    projects.PLACEMENTS,
    projects.ACTIONS,
    projects.SURVIVAL,
]


@pytest.mark.parametrize("table", TABLES, ids=str)
async def test_a_table_reads_as_it_was_made(funding: Served, table: sa.Table) -> None:
    assert tables.said(table) == await tables.made(funding.rows, table)
