"""Placements out of a file, as the UNILAV tells them: starts and what follows, in the order of the file (P33)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg

from insieme_events.testing.importing import imported, judged, write
from insieme_local.provision import Provisioned
from insieme_matching.importing import PLACEMENTS

GOOD, AGAIN = ("imported", "", ""), ("unchanged", "", "")
START = {
    "communication": "ASS",
    "starts_on": "01/03/2021",
    "ends_on": "31/05/2021",
    "contract_type": "A.02.00",
    "working_time": "P",
    "comune": "37006",
    "entry_kind": "re_entry",
}


def which(number: int, person: object, company: object) -> dict[str, object]:
    return {"row_key": f"UNILAV-{number}", "person_id": person, "company_id": company, "starts_on": "2021-03-01"}


async def test_a_chain_of_communications(matching: Any, migrated: Provisioned, tmp_path: Path) -> None:
    company = await matching.company()
    iva = (await matching.get(f"/v1/companies/{company}"))["partita_iva"]
    kept, short, other = await matching.persons(3)
    by_iva = {**which(5, other, ""), "partita_iva": iva}
    permanent = {"communication": "TRS", "transformation": "DI", "contract_type": "A.01.00", "on": "2021-07-01"}
    rows = [
        {**which(1, kept, company), **START},
        {**which(2, kept, company), "communication": "PRO", "ends_on": "2021-08-31"},
        {**which(3, short, company), **START},
        {**which(4, kept, company), **permanent},
        {**by_iva, **START},
        {**by_iva, "row_key": "UNILAV-6", "communication": "CES", "reason": "resignation", "on": "2021-04-15"},
        {**which(7, kept, company), "communication": "CES", "reason": "agreed", "on": "2021-10-15"},
        # What is wrong: of another day; internship; after its end; extended to before its end.
        {**which(8, kept, company), "starts_on": "2021-03-02", "communication": "PRO", "ends_on": "2021-08-31"},
        {**which(9, short, company), **START, "contract_type": "C.01.00"},
        {**which(10, kept, company), "communication": "PRO", "ends_on": "2021-12-31"},
        {**which(11, short, company), "communication": "PRO", "ends_on": "2021-04-30"},
    ]
    wrong = [
        ("refused", "import.placement_unknown", "person_id, company_id, starts_on"),
        ("refused", "matching.not_a_placement", ""),
        ("refused", "matching.placement_ended", ""),
        ("refused", "matching.extension_not_later", ""),
    ]
    path = tmp_path / "placements.csv"
    write(path, rows)

    dry = await imported(PLACEMENTS, matching.client, path, dry=True)
    assert {row["import_verdict"] for row in dry} == {"valid"}
    assert (await matching.get("/v1/employments", company_id=str(company)))["items"] == []

    first = await imported(PLACEMENTS, matching.client, path)
    assert judged(first) == [GOOD] * 7 + wrong
    placed = {
        one["person_id"]: one for one in (await matching.get("/v1/employments", company_id=str(company)))["items"]
    }
    assert len(placed) == 3
    chain = placed[str(kept)]
    told = (chain["status"], chain["links"], chain["contract_type"], chain["working_time"], chain["ended_on"])
    assert told == ("ended", 2, "A.01.00", "horizontal", "2021-10-15")
    assert (placed[str(other)]["status"], placed[str(other)]["ended_on"]) == ("ended", "2021-04-15")
    assert (placed[str(short)]["status"], placed[str(short)]["ends_on"]) == ("running", "2021-05-31")

    assert judged(await imported(PLACEMENTS, matching.client, path)) == [AGAIN] * 7 + wrong

    with psycopg.connect(migrated.urls["matching_owner"]) as connection:
        connection.execute("delete from events.idempotency")
    later = judged(await imported(PLACEMENTS, matching.client, path))
    refused = {place for place, one in enumerate(later) if one[0] == "refused"}
    # A month later a start and an end are known again; what came between them is refused, and not recorded twice.
    assert [later[place] for place in (0, 2, 4, 5, 6)] == [AGAIN] * 5
    assert refused == {1, 3, 7, 8, 9, 10}
    after = {one["person_id"]: one for one in (await matching.get("/v1/employments", company_id=str(company)))["items"]}
    assert after == placed
