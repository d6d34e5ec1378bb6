"""Expenditure out of a file: money of a budget that is named by year and source, and never more than is left (P66)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg

from insieme_events.testing.importing import imported, judged, write
from insieme_funding.importing import EXPENDITURE
from insieme_local.provision import Provisioned

GOOD, AGAIN = ("imported", "", ""), ("unchanged", "", "")


def spent(key: object, amount: object, **cells: object) -> dict[str, object]:
    told = {"row_key": f"SP-{key}", "year": 2022, "source": "di_riga", "strand": "2b", "amount": amount}
    return {**told, "on": "11/03/2022", **cells}


async def test_the_expenditure_of_a_year(fund: Any, migrated: Provisioned, tmp_path: Path) -> None:
    budget = await fund.budget("di_riga", s2b=100_000)
    rows = [spent(number, 1_000) for number in range(60)]
    rows += [
        spent("much", 40_001),
        spent("rest", 40_000),
        spent("more", 1),
        spent("nowhere", 1, source="nessuno"),
        spent("cents", "12,50"),
        spent("nothing", 0),
        spent("year", 1, on="2021-03-11"),
    ]
    wrong = [
        ("refused", "funding.budget_unknown", ""),
        ("refused", "import.value_wrong", "amount"),
        ("refused", "import.value_wrong", "amount"),
    ]
    path = tmp_path / "expenditure.csv"
    write(path, rows)

    found = judged(await imported(EXPENDITURE, fund.served.client, path))
    assert found[:60] == [GOOD] * 60
    # Decided in the order of the file, also where they travel together: what was too much left enough for the next.
    assert [one[0] for one in found[60:63]] == ["refused", "imported", "refused"]
    assert found[60][1] == found[62][1] == "funding.not_left"
    assert found[63:66] == wrong
    assert found[66][0] == "refused"

    async def paid() -> tuple[int, int, int]:
        one = await fund.served.get(f"/v1/budgets/{budget}")
        items = (await fund.served.get(f"/v1/budgets/{budget}/expenditures", limit=200))["items"]
        return one["paid"], len(items), sum(item["amount"] for item in items)

    assert await paid() == (100_000, 61, 100_000)
    again = judged(await imported(EXPENDITURE, fund.served.client, path))
    assert [*again[:60], again[61]] == [AGAIN] * 61
    with psycopg.connect(migrated.urls["funding_owner"]) as connection:
        connection.execute("delete from events.idempotency")
    later = judged(await imported(EXPENDITURE, fund.served.client, path))
    assert [*later[:60], later[61]] == [AGAIN] * 61
    assert await paid() == (100_000, 61, 100_000)
