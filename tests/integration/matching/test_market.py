"""Companies merged, the Board's needs, the network, who brought whom, and what became of placements (P21, P60, P76)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from insieme_events.contracts.governance_plan import CompanyJoinedBoard, CompanyLeftBoard
from insieme_matching.views.told import BoardView


async def need(matching: Any, company: UUID, profile: str, positions: int, **more: Any) -> None:
    body = {"company_id": str(company), "profile": profile, "positions": positions, "horizon": "2031-12-31"}
    await matching.post("/v1/needs", **body, on="2021-02-01", **more)


@pytest.mark.clause("P21")
async def test_two_companies_become_one_and_views_follow(
    matching: Any, new_registration: Any, new_placement: Any
) -> None:
    kept, other = new_registration(), new_registration(name="Officine Esempio bis")
    kept_id = (await matching.post("/v1/companies", **kept))["id"]
    merged_id = (await matching.post("/v1/companies", **other))["id"]
    await matching.post(f"/v1/companies/{merged_id}/contacts", kind="visit", on="2021-03-02")
    vacancy = await matching.vacancy(UUID(merged_id))
    merging = {"merged_id": merged_id, "on": "2021-04-01"}
    await matching.post(f"/v1/companies/{kept_id}/merge", 200, **merging)
    await matching.post(f"/v1/companies/{kept_id}/merge", 200, **merging)
    assert (await matching.get(f"/v1/vacancies/{vacancy}"))["company_id"] == kept_id
    row = await matching.get(f"/v1/companies/{merged_id}")
    assert (row["status"], row["merged_into"]) == ("merged", kept_id)
    assert (await matching.get(f"/v1/companies/{kept_id}"))["last_contact_on"] == "2021-03-02"
    # The id is given up, its partita IVA is not free.
    again = {**other, "name": "Officine Esempio ter"}
    await matching.refused("/v1/companies", "matching.partita_iva_taken", "P21", **again)
    person = await matching.person()
    lost = new_placement(person, UUID(merged_id))
    await matching.refused("/v1/employments", "matching.company_unknown", "P21", **lost)
    visit = {"kind": "call", "on": "2021-04-02"}
    await matching.refused(f"/v1/companies/{merged_id}/contacts", "matching.company_merged", "P21", **visit)
    # A vacancy that was opened under the old id takes placements of the company as it is called now.
    await matching.post("/v1/employments", **new_placement(person, UUID(kept_id), vacancy_id=str(vacancy)))
    assert (await matching.get(f"/v1/vacancies/{vacancy}"))["status"] == "filled"


@pytest.mark.clause("P60")
async def test_needs_by_profile_tell_the_boards_apart(matching: Any) -> None:
    board, plain, gone = [await matching.company() for _ in range(3)]
    joined = [CompanyJoinedBoard(company_id=one, occurred_on=date(2021, 1, 8)) for one in (board, gone)]
    await matching.told(BoardView(), *joined, CompanyLeftBoard(company_id=gone, occurred_on=date(2021, 1, 20)))
    await matching.told(BoardView(), joined[0])
    await need(matching, board, "3.9.1.1", 4, signed_on="2021-01-30")
    await need(matching, plain, "3.9.1.2", 2)
    await need(matching, gone, "3.9.2", 1)
    found = await matching.get("/v1/needs/by-profile", horizon_from="2031-01-01")
    ours = [row for row in found["items"] if row["profile"].startswith("3.9")]
    assert ours == [
        {
            "profile": "3.9.1",
            "needs": 2,
            "companies": 2,
            "positions": 6,
            "positions_signed": 4,
            "positions_of_board": 4,
        },
        {
            "profile": "3.9.2",
            "needs": 1,
            "companies": 1,
            "positions": 1,
            "positions_signed": 0,
            "positions_of_board": 0,
        },
    ]


@pytest.mark.clause("P21", "P76")
async def test_the_network_and_who_brought_whom(matching: Any, new_registration: Any) -> None:
    before = await matching.get("/v1/companies/network", on="2025-01-31")
    told = [
        new_registration(on="2023-05-02", introduced_by="ascom"),
        new_registration(on="2024-06-03"),
        new_registration(on="2024-06-03"),
    ]
    old, new, idle = [UUID((await matching.post("/v1/companies", **body))["id"]) for body in told]
    await matching.post(f"/v1/companies/{old}/contacts", kind="visit", on="2024-09-02")
    introduction = {"by_party": "ascom", "on": "2024-07-01"}
    await matching.post(f"/v1/companies/{new}/introduction", 200, **introduction)
    await matching.told(BoardView(), CompanyJoinedBoard(company_id=idle, occurred_on=date(2024, 7, 1)))
    after = await matching.get("/v1/companies/network", on="2025-01-31")
    grown = {name: after[name] - before[name] for name in ("companies", "new", "active", "on_board", "introduced")}
    assert grown == {"companies": 3, "new": 2, "active": 1, "on_board": 1, "introduced": 2}
    rows = (await matching.get("/v1/companies/introduced"))["items"]
    assert [row for row in rows if row["by_party"] == "ascom"] == [
        {"by_party": "ascom", "companies": 2, "active": 1, "placements": 0}
    ]


@pytest.mark.clause("P32", "P33")
async def test_placements_are_stood_by_and_counted_while_they_last(matching: Any, new_placement: Any) -> None:
    company, persons = await matching.company(), await matching.persons(3)
    ends = ("2021-08-14", "2021-08-15", "2022-03-31")
    ids = []
    for person, ends_on in zip(persons, ends, strict=True):
        body = new_placement(person, company, starts_on="2021-02-15", ends_on=ends_on)
        ids.append((await matching.post("/v1/employments", **body))["id"])
    days = {"starts_from": "2021-02-15", "starts_to": "2021-02-15", "on": "2022-01-31"}
    assert await matching.get("/v1/employments/kept", **days) == {"months": 6, "begun": 3, "due": 3, "kept": 2}
    year = await matching.get("/v1/employments/kept", **days, months=12)
    assert year == {"months": 12, "begun": 3, "due": 0, "kept": 0}
    await matching.post(f"/v1/employments/{ids[0]}/supports", kind="visit_at_work", on="2021-03-15")
    await matching.post(f"/v1/employments/{ids[0]}/supports", kind="call", on="2021-04-15")
    found = await matching.get("/v1/employments/supports", employment_id=ids[0])
    assert [(row["kind"], row["supported_on"]) for row in found["items"]] == [
        ("visit_at_work", "2021-03-15"),
        ("call", "2021-04-15"),
    ]
