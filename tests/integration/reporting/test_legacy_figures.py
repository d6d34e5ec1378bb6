"""Figures of the years before the platform: opening balances with a source, never facts (P68)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from insieme_events.projection import ProjectionHandler
from insieme_events.testing import databases
from insieme_events.testing.http import Served, served
from insieme_local.provision import Provisioned
from insieme_reporting.service import SERVICE
from insieme_reporting.testing import History
from insieme_reporting.versions import NEWEST

pytestmark = pytest.mark.clause("P68")
ALL_YEARS = {"from": "2017-01-01", "to": "2021-12-31"}


def figure(value: int, year: int = 2018, source: str = "report_a", **more: Any) -> dict[str, Any]:
    whole = {"measure": "enrolled", "from": f"{year}-01-01", "to": f"{year}-12-31", "published_on": "2021-03-31"}
    return {**whole, "value": value, "source": source, **more}


@pytest.fixture
async def reporting(provisioned: Provisioned) -> AsyncIterator[Served]:
    """Two persons enrolled in 2020, and nothing before."""
    databases.upgraded(provisioned.urls["reporting_owner"], "reporting", SERVICE.migrations)
    async with served(SERVICE, provisioned.environment("reporting")) as running:
        async with running.service.pool.connection() as connection:
            if not (
                await (await connection.execute(f"select 1 from {NEWEST.definition.schema}.case_versions")).fetchall()
            ):
                history = History()
                for _ in range(2):
                    history.enrolled(date(2020, 5, 4))
                await ProjectionHandler(NEWEST.definition).apply(connection, list(history))
        yield running


async def test_a_year_without_events_is_as_it_was_published_and_a_year_with_events_by_its_events(
    reporting: Served,
) -> None:
    told = [figure(911), figure(7, year=2020), figure(880, source="report_b", published_on="2019-01-31")]
    assert await reporting.post("/v1/legacy-figures", figures=told) == {"taken": 3, "known": 0}
    found = await reporting.get("/v1/measures/enrolled/series", **ALL_YEARS)
    assert found["rows"] == [
        {"year": 2018, "value": 911, "source": "report_a"},
        {"year": 2020, "value": 2, "source": "events"},
    ]
    assert (await reporting.get("/v1/measures/enrolled", **ALL_YEARS))["rows"] == [{"value": 2}]


async def test_publications_that_contradict_one_another_stand_side_by_side_with_the_gap(reporting: Served) -> None:
    await reporting.post("/v1/legacy-figures", figures=[figure(5, 2020, "report_x"), figure(6, 2020, "report_y")])
    found = await reporting.get("/v1/legacy-figures", measure="enrolled")
    gaps = {row["source"]: (row["value"], row["by_events"], row["gap"]) for row in found if row["from"] == "2020-01-01"}
    assert gaps["report_x"] == (5, 2, -3)
    assert gaps["report_y"] == (6, 2, -4)


async def test_the_same_again_changes_nothing_and_another_value_of_the_same_source_is_refused_whole(
    reporting: Served,
) -> None:
    await reporting.post("/v1/legacy-figures", figures=[figure(1, source="report_c")])
    assert await reporting.post("/v1/legacy-figures", figures=[figure(1, source="report_c")]) == {
        "taken": 0,
        "known": 1,
    }
    both = [figure(9, source="report_d"), figure(2, source="report_c")]
    await reporting.refused("/v1/legacy-figures", "reporting.legacy_other_value", "P68", figures=both)
    sources = {row["source"] for row in await reporting.get("/v1/legacy-figures")}
    assert "report_c" in sources
    assert "report_d" not in sources, "half of what was sent was taken in"


async def test_money_that_was_published_is_taken_in_as_counts_are(reporting: Served) -> None:
    spent = figure(90_000_000, measure="spent", source="report_money")
    assert await reporting.post("/v1/legacy-figures", figures=[spent]) == {"taken": 1, "known": 0}
    (row,) = [row for row in await reporting.get("/v1/legacy-figures") if row["measure"] == "spent"]
    assert (row["value"], row["by_events"], row["gap"]) == (90_000_000, 0, -90_000_000)


async def test_a_rate_without_its_numbers_is_refused(reporting: Served) -> None:
    rate = figure(75, measure="taken_in_charge_cohort_rate")
    await reporting.refused("/v1/legacy-figures", "reporting.legacy_only_counts", "P68", figures=[rate])
    unknown = figure(1, measure="no_such_measure")
    await reporting.refused("/v1/legacy-figures", "reporting.unknown_measure", figures=[unknown])
    turned = {**figure(1), "from": "2019-12-31", "to": "2019-01-01"}
    await reporting.refused("/v1/legacy-figures", "reporting.legacy_period", "P68", figures=[turned])
    answer = await reporting.client.get("/v1/measures/permanent_share/series", params=ALL_YEARS)
    assert answer.json()["code"] == "reporting.legacy_only_counts"
