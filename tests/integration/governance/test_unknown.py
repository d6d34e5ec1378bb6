"""Whoever asks for what does not exist is told so with a code; what the exceptions answer stands here."""

from __future__ import annotations

from insieme_events.testing import unknown
from insieme_events.testing.http import Served

OF_A_YEAR = {
    "GET /v1/plan-years/{year}/resources": "200",
    "GET /v1/plan-years/{year}/commitments": "200",
    "GET /v1/plan-years/{year}/commitments-missing": "200",
    "POST /v1/plan-years/{year}/commitments": "201",
    "POST /v1/plan-years/{year}/cash": "200",
    "POST /v1/plan-years/{year}/draft": "201",
    "POST /v1/plan-years/{year}/amendments": "409 governance.plan_not_approved",
    "POST /v1/plan-years/{year}/closing": "409 governance.plan_not_approved",
    "POST /v1/plan-years/{year}/actions/{action_id}/assignment": "409 governance.plan_not_approved",
    "POST /v1/plan-years/{year}/actions/{action_id}/progress": "409 governance.plan_not_approved",
    "POST /v1/annual-presentations/{year}": "422 governance.before_the_year",
}
"""Every year may have a plan: there is none that nobody knows."""

OF_A_COMPANY = {
    "POST /v1/board/{company_id}/membership": "503 governance.company_unknown",
    "POST /v1/board/{company_id}/leaving": "409 governance.no_board_member",
}
"""Matching knows companies; its news may be on its way."""


async def test_what_does_not_exist_is_404_with_a_code(governance: Served) -> None:
    found = await unknown.answers(governance.client)
    otherwise = {route: said for route, said in found.items() if not said.startswith("404 governance.")}
    assert otherwise == OF_A_YEAR | OF_A_COMPANY
