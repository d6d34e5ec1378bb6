"""The aggregates of the plan, the Board, the presentation, the study and the registers, with their edges."""

from __future__ import annotations

from typing import Any

from insieme_events.units import Aggregate
from insieme_governance import plan_edges
from insieme_governance.board_membership import BOARD_MEMBERSHIP
from insieme_governance.plan_year import PLAN_YEAR
from insieme_governance.presentation import ANNUAL_PRESENTATION
from insieme_governance.registers import REGISTER_ENTRY
from insieme_governance.study import STUDY
from insieme_governance.views import board, entries, plan_years, presentations, studies

PLAN_YEARS = Aggregate(PLAN_YEAR, plan_edges.of_plan_years, plan_years.write, plan_years.UNIQUE)
BOARD = Aggregate(BOARD_MEMBERSHIP, plan_edges.of_board, board.write, board.UNIQUE)
PRESENTATIONS = Aggregate(ANNUAL_PRESENTATION, plan_edges.of_presentations, presentations.write, presentations.UNIQUE)
STUDIES = Aggregate(STUDY, plan_edges.of_studies, studies.write)
ENTRIES = Aggregate(REGISTER_ENTRY, plan_edges.of_entries, entries.write)

PLAN_AGGREGATES: tuple[Aggregate[Any, Any, Any], ...] = (
    PLAN_YEARS,
    BOARD,
    PRESENTATIONS,
    STUDIES,
    ENTRIES,
)
