"""The presentation of a year and the study of a protocol over HTTP and by their clocks (P56, P82, P83)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.integration.governance.planning import in_force, made_again

from insieme_events.commands import Commands
from insieme_events.testing.http import Served
from insieme_events.timers import Timer, Timers
from insieme_governance.aggregates import PRESENTATIONS, STUDIES
from insieme_governance.presentation import presentation_id
from insieme_governance.testing.plan import HASH, PROTOCOL_ID
from insieme_governance.timers import PRESENTATION_OVERDUE, STUDY_START_OVERDUE
from insieme_local.provision import Provisioned


def timers(governance: Served, timer: Timer, day: date) -> Timers:
    service = governance.service
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    service.commands = Commands("governance", service.pool, None, lambda: noon)
    return Timers("governance", (timer,), service.pool, service.commands, lambda: noon)


def presentation(**changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {"snapshot_hash": HASH, "comune": "037006", "kind": "both", "on": "2022-11-20"}
    return {**values, **changes}


@pytest.mark.clause("P56")
@pytest.mark.invariant("I6", "clock", "replay")
async def test_a_year_is_presented_once_out_of_a_known_set_or_is_overdue(
    governance: Served, migrated: Provisioned
) -> None:
    """Pending: the sets that reporting freezes (MonitoringSnapshotFrozen) are put into the view by hand here."""
    await in_force(governance)
    snapshot = str(uuid4())
    path = "/v1/annual-presentations/2022"
    await governance.refused(path, "governance.snapshot_unknown", "P56", **presentation(snapshot_id=snapshot))
    async with governance.service.pool.connection() as connection:
        await connection.execute("insert into views.snapshots values (%s, %s)", (snapshot, HASH))
    other = presentation(snapshot_id=snapshot, snapshot_hash="cd" * 32)
    await governance.refused(path, "governance.snapshot_differs", "P56", **other)
    await governance.post(path, **presentation(snapshot_id=snapshot))
    again = presentation(snapshot_id=snapshot, on="2022-11-21")
    await governance.refused(path, "governance.presented_already", "P56", **again)
    assert (await governance.get(path))["late"] is False

    # Of every year since the first term: none was presented before.
    assert await timers(governance, PRESENTATION_OVERDUE, date(2022, 12, 31)).once() == 5
    assert await timers(governance, PRESENTATION_OVERDUE, date(2023, 1, 1)).once() == 0
    assert await timers(governance, PRESENTATION_OVERDUE, date(2024, 1, 1)).once() == 1
    assert await timers(governance, PRESENTATION_OVERDUE, date(2024, 1, 2)).once() == 0
    overdue = (await governance.get("/v1/annual-presentations", status="overdue"))["items"]
    assert sorted(row["year"] for row in overdue) == [2017, 2018, 2019, 2020, 2021, 2023]
    late = presentation(snapshot_id=snapshot, on="2024-01-02")
    await governance.post("/v1/annual-presentations/2023", **late)
    assert (await governance.get("/v1/annual-presentations/2023"))["late"] is True
    streams = [presentation_id(year) for year in range(2017, 2024)]
    await made_again(governance, migrated.urls["governance_owner"], PRESENTATIONS, streams, "presentations")


@pytest.mark.clause("P82", "P83")
async def test_a_study_is_overdue_after_september_and_comes_to_a_conclusion(
    governance: Served, migrated: Provisioned
) -> None:
    await in_force(governance, since=date(2021, 3, 3))
    path = f"/v1/studies/{PROTOCOL_ID}"
    await governance.refused(
        f"/v1/studies/{uuid4()}/start", "governance.study_protocol_unknown", "P82", on="2021-09-01"
    )
    assert await timers(governance, STUDY_START_OVERDUE, date(2021, 9, 30)).once() == 0
    # The protocol of the founding data was signed in the same year, and nobody has begun its study either.
    assert await timers(governance, STUDY_START_OVERDUE, date(2021, 10, 1)).once() == 2
    assert await timers(governance, STUDY_START_OVERDUE, date(2021, 10, 2)).once() == 0
    overdue = {row["protocol_id"] for row in (await governance.get("/v1/studies", status="overdue"))["items"]}
    assert len(overdue) == 2
    assert str(PROTOCOL_ID) in overdue
    timers(governance, STUDY_START_OVERDUE, date(2023, 12, 31))
    document = str(uuid4())
    step = {"milestone": "legal_opinion", "option": "foundation", "document_id": document, "on": "2022-03-01"}
    await governance.refused(f"{path}/milestones", "governance.study_not_started", "P83", None, **step)
    await governance.post(f"{path}/start", on="2022-01-10")
    await governance.post(f"{path}/milestones", 200, None, **step)
    end = {"outcome": "form_proposed", "option": "foundation", "document_id": document, "on": "2023-06-30"}
    await governance.post(f"{path}/conclusion", 200, None, **end)
    found = await governance.get(path)
    assert (found["status"], found["late"], found["overdue_since"], found["option"]) == (
        "concluded",
        True,
        "2021-09-30",
        "foundation",
    )
    assert [row["milestone"] for row in found["milestones"]] == ["legal_opinion"]
    owner = migrated.urls["governance_owner"]
    streams = [UUID(protocol_id) for protocol_id in sorted(overdue)]
    await made_again(governance, owner, STUDIES, streams, "studies", "study_milestones")
