"""Rows as the UNILAV tells them, and the command of each (standards 2.2)."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from insieme_events.importing.sending import Sender
from insieme_events.importing.tables import Row
from insieme_events.importing.texts import EXCEL_1900
from insieme_events.importing.values import Reader, Ready
from insieme_matching.importing import PLACEMENTS

pytestmark = pytest.mark.unit

PERSON = "c0a1f3de-6f7b-4a39-b6a1-55c1ef3f2a77"
COMPANY = "7f4c1a52-3d0e-4e11-9a57-0c6f4f2b8a10"
EMPLOYMENT = "2b0d7c86-50c4-4b1c-8d53-91f1c7a0e5d4"
WHICH = {"row_key": "1", "person_id": PERSON, "company_id": COMPANY, "starts_on": "02/05/2024"}
START = {"ends_on": "31/10/2024", "contract_type": "A.02.00", "working_time": "P", "comune": "37006"}


def read(**cells: str) -> Any:
    return Reader(PLACEMENTS, EXCEL_1900).read(Row(2, {**WHICH, **cells}))


def sent(**cells: str) -> tuple[str, dict[str, Any]]:
    row = read(**cells)
    assert isinstance(row, Ready), row
    found = {lookup.fills: EMPLOYMENT for lookup, _ in row.looked_up}
    return PLACEMENTS.command(row.json(found))


def test_a_start_is_a_placement_and_nothing_is_looked_up() -> None:
    row = read(communication="ASS", entry_kind="re_entry", communicated_on="30/04/2024", **START)
    assert isinstance(row, Ready)
    assert row.looked_up == ()
    assert PLACEMENTS.command(row.json({})) == (
        "/v1/employments",
        {
            "person_id": PERSON,
            "company_id": COMPANY,
            "starts_on": "2024-05-02",
            "ends_on": "2024-10-31",
            "contract_type": "A.02.00",
            "working_time": "horizontal",
            "comune": "037006",
            "entry_kind": "re_entry",
            "communicated_on": "2024-04-30",
        },
    )


@pytest.mark.parametrize(
    ("cells", "last", "body"),
    [
        ({"communication": "PRO", "ends_on": "2025-04-30"}, "extensions", {"ends_on": "2025-04-30"}),
        (
            {"communication": "trs", "transformation": "DI", "contract_type": "A.01.00", "on": "2024-09-01"},
            "transformations",
            {"code": "DI", "contract_type": "A.01.00", "on": "2024-09-01"},
        ),
        (
            {"communication": "TRS", "transformation": "PP", "on": "2024-09-01"},
            "transformations",
            {"code": "PP", "on": "2024-09-01"},
        ),
        (
            {"communication": "CES", "reason": "resignation", "on": "2024-09-30", "communicated_on": "04/10/2024"},
            "end",
            {"reason": "resignation", "on": "2024-09-30", "communicated_on": "2024-10-04"},
        ),
    ],
)
def test_what_follows_goes_to_the_placement_that_the_row_names(
    cells: dict[str, str], last: str, body: dict[str, str]
) -> None:
    assert sent(**cells) == (f"/v1/employments/{EMPLOYMENT}/{last}", body)


def test_a_placement_is_found_by_person_company_and_first_day() -> None:
    row = read(communication="PRO", ends_on="2025-04-30")
    ((lookup, asked),) = row.looked_up
    assert lookup.path == "/v1/employments"
    assert {name: str(value) for name, value in asked.items()} == {
        "person_id": PERSON,
        "company_id": COMPANY,
        "starts_from": "2024-05-02",
        "starts_to": "2024-05-02",
    }


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ({"communication": "ASS", **START}, "import.value_missing", "entry_kind"),
        ({"communication": "PRO"}, "import.value_missing", "ends_on"),
        ({"communication": "PRO", "ends_on": "2025-04-30", "reason": "other"}, "import.value_wrong", "reason"),
        ({"communication": "CES", "on": "2024-09-30"}, "import.value_missing", "reason"),
        ({"communication": "TRS", "on": "2024-09-30"}, "import.value_missing", "transformation"),
        ({"communication": "TRS", "transformation": "TL", "on": "2024-09-30"}, "import.value_wrong", "transformation"),
        ({"communication": "VAR"}, "import.value_wrong", "communication"),
        ({"communication": "PRO", "ends_on": "2025-04-30", "person_id": ""}, "import.value_missing", "person_id"),
    ],
)
def test_what_a_row_lacks_or_has_too_much_is_told_of_its_column(cells: dict[str, str], code: str, column: str) -> None:
    faults = read(**cells)
    assert isinstance(faults, list), faults
    assert [(fault.code, fault.column) for fault in faults] == [(code, column)]


def looks(*files: list[dict[str, str]], replayed: bool = False) -> list[str]:
    """The service's placements that were asked for while these rows were judged, one request after the other."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            asked.append(request.url.params["person_id"])
            return httpx.Response(200, json={"items": [{"employment_id": EMPLOYMENT, "status": "active"}]})
        headers = {"Idempotent-Replayed": "true"} if replayed else {}
        return httpx.Response(201, json={"id": EMPLOYMENT, "path": request.url.path}, headers=headers)

    async def go() -> None:
        async with httpx.AsyncClient(base_url="http://matching", transport=httpx.MockTransport(answer)) as client:
            sender = Sender(client, PLACEMENTS, dry=False)
            for rows in files:
                judged = await sender.judge([read(**cells) for cells in rows])
                assert {one.fault for one in judged} == {None}

    asyncio.run(go())
    return asked


def test_a_placement_that_the_file_made_is_not_asked_for() -> None:
    starts = {"communication": "ASS", "entry_kind": "re_entry", **START}
    extended = {"communication": "PRO", "ends_on": "2025-04-30"}
    assert looks([starts], [extended]) == []
    assert looks([extended], [extended]) == [PERSON], "made before: once for the whole file"
    assert looks([starts], [{**extended, "starts_on": "2024-05-03"}]) == [PERSON], "another placement"
    assert looks([starts], [extended], replayed=True) == [PERSON], "made long ago, and perhaps voided since"
    assert looks([starts], [starts], [extended]) == [PERSON], "of two the service says which"
