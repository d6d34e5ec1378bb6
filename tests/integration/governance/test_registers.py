"""The registers over HTTP: every kind is recorded, listed, corrected and voided, and what they come to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from tests.integration.governance.planning import in_force, made_again

from insieme_events.testing.http import Served
from insieme_governance.aggregates import ENTRIES
from insieme_governance.registers.kinds import KINDS
from insieme_local.provision import Provisioned

BY_NAME = {kind.name: kind for kind in KINDS}


@pytest.fixture
async def registers(governance: Served) -> Served:
    await in_force(governance)
    return governance


async def record(registers: Served, name: str, **changes: Any) -> str:
    body = {**BY_NAME[name].example, **changes}
    return str((await registers.send("POST", f"/v1/registers/{name}", 201, body))["id"])


async def of_year(registers: Served, view: str, year: int) -> Any:
    return await registers.get(f"/v1/register-views/{view}", year=year)


@pytest.mark.clause("P19", "P23", "P26", "P46", "P47", "P48", "P71", "P73", "P76", "P77", "P78")
@pytest.mark.parametrize("name", BY_NAME)
async def test_every_kind_is_recorded_listed_corrected_and_voided(registers: Served, name: str) -> None:
    entry = await record(registers, name)
    path = f"/v1/registers/{name}"
    (row,) = [one for one in (await registers.get(path, limit=200))["items"] if one["entry_id"] == entry]
    said = {key: value for key, value in BY_NAME[name].example.items() if key != "on"}
    assert row["facts"].items() >= said.items()
    fact = {**BY_NAME[name].example, "on": "2024-05-06"}
    stale = {"corrects": entry, "fact": fact}
    await registers.refused(f"{path}/{entry}/corrections", "governance.corrects_other", None, None, **stale)
    await registers.post(f"{path}/{entry}/corrections", 200, None, corrects=row["event_id"], fact=fact)
    found = await registers.get(f"{path}/{entry}")
    assert (found["recorded_on"], found["corrected"], found["version"]) == ("2024-05-06", True, 2)
    await registers.post(f"{path}/{entry}/void", 200, voids=found["event_id"], on="2024-06-01")
    assert entry not in [one["entry_id"] for one in (await registers.get(path, limit=200))["items"]]
    assert entry in [one["entry_id"] for one in (await registers.get(path, status="voided"))["items"]]


@pytest.mark.clause("P81")
async def test_a_party_that_is_not_in_force_records_nothing(registers: Served) -> None:
    early = {**BY_NAME["outreach"].example, "on": "2017-05-21"}
    await registers.refused("/v1/registers/outreach", "governance.party_not_in_force", "P81", None, **early)


@pytest.mark.clause("P19", "P46")
async def test_instruments_and_integrations_have_a_status(registers: Served) -> None:
    instrument = await record(registers, "instruments", status="activating", owner="cna")
    path = f"/v1/registers/instruments/{instrument}/status"
    await registers.send("POST", path, 200, {"status": "closed", "on": "2024-09-01"})
    await registers.refused(path, "governance.entry_ended", "P19", status="active", on="2024-09-02")
    (row,) = (await registers.get("/v1/registers/instruments", party="cna", status="closed"))["items"]
    assert row["entry_id"] == instrument
    integration = await record(registers, "integrations")
    path = f"/v1/registers/integrations/{integration}/status"
    await registers.send("POST", path, 200, {"status": "live", "on": "2024-09-01"})
    live = (await registers.get("/v1/registers/integrations", status="live"))["items"]
    assert [one["parties"] for one in live] == [["regione_emilia_romagna"]]


@pytest.mark.clause("P23", "P47")
async def test_a_practice_shows_who_adopted_it_and_with_whom_it_was_shared(registers: Served) -> None:
    practice = await record(registers, "practices")
    path = f"/v1/registers/practices/{practice}"
    await registers.post(f"{path}/adoptions", 200, adopted_by="cgil", on="2024-09-01")
    await registers.post(f"{path}/sharings", 200, shared_with="regione_emilia_romagna", on="2024-09-02")
    found = await registers.get(path)
    assert (found["status"], found["adopted_by"], found["shared_with"]) == (
        "adopted",
        ["cgil"],
        ["regione_emilia_romagna"],
    )


@pytest.mark.clause("P26", "P76")
async def test_contributions_and_outreach_of_associations_are_counted_by_party(registers: Served) -> None:
    for hours in (10, 5):
        await record(registers, "contributions", party="cisl", hours=hours, on="2023-03-01")
    await record(registers, "contributions", party="cisl", hours=None, value=9000, on="2023-03-01")
    assert (await of_year(registers, "contribution-by-party", 2023))["parties"] == [
        {"party": "cisl", "entries": 3, "hours": 15, "value": 9000}
    ]
    for party in ("cna", "uil", "cna"):
        await record(registers, "association-outreach", party=party, companies_reached=20, on="2023-04-01")
    found = (await of_year(registers, "association-outreach-by-party", 2023))["parties"]
    assert [(row["party"], row["held"], row["companies_reached"]) for row in found] == [("cna", 2, 40), ("uil", 1, 20)]


@pytest.mark.clause("P73")
async def test_outreach_covers_territories_by_debtor_and_by_comune(registers: Served) -> None:
    at = {"on": "2023-05-02"}
    await record(registers, "outreach", party="comune_bologna", **at)
    await record(registers, "outreach", party="citta_metropolitana", **at)
    imola = {"territory_kind": "unione", "territory": "nuovo_circondario_imolese"}
    await record(registers, "outreach", party="citta_metropolitana", **imola, **at)
    molinella = {"territory_kind": "comune", "territory": "037039"}
    await record(registers, "outreach", party="citta_metropolitana", **molinella, **at)
    found = await of_year(registers, "outreach-coverage", 2023)
    assert (found["of"], found["reached_by_any"]) == (20, 2)
    assert found["reached"] == {"citta_metropolitana": 2, "comune_bologna": 1}
    reached = [row["comune"] for row in found["comuni"] if row["last_on"] is not None]
    assert len(reached) == 12
    assert {"037006", "037039", "037032"} <= set(reached)


@pytest.mark.clause("P77", "P78")
async def test_visibility_is_every_party_s_duty_and_has_themes(registers: Served) -> None:
    both = {"promoters": ["cgil", "comune_bologna"], "themes": ["lavoro_povero", "fragilita"], "scope": "national"}
    await record(registers, "visibility-events", **both, on="2023-10-01")
    found = {row["party"]: row["events"] for row in (await of_year(registers, "visibility-by-party", 2023))["parties"]}
    assert len(found) == 14
    assert {party for party, events in found.items() if events} == {"cgil", "comune_bologna"}
    themes = (await of_year(registers, "visibility-by-theme", 2023))["themes"]
    assert [(row["theme"], row["scope"], row["events"]) for row in themes] == [
        ("fragilita", "national", 1),
        ("lavoro_povero", "national", 1),
    ]


@pytest.mark.clause("P71")
async def test_capacity_is_what_guarantors_give(registers: Served) -> None:
    for hundredths in (100, 50):
        await record(registers, "staff", year=2023, fte_hundredths=hundredths, on="2023-01-10")
    desk = await record(registers, "desks", on="2023-01-10")
    await registers.refused(
        "/v1/registers/desks", "governance.no_guarantor", "P71", None, **{**BY_NAME["desks"].example, "party": "cna"}
    )
    found = await of_year(registers, "capacity", 2023)
    assert found["staff"] == [{"party": "comune_bologna", "profile": "tutor", "fte_hundredths": 150}]
    assert [(row["desks"], row["comuni"]) for row in found["desks"]] == [(1, ["037032"])]
    await registers.post(f"/v1/registers/desks/{desk}/closing", 200, on="2023-12-31")
    assert (await of_year(registers, "capacity", 2023))["desks"] == []


async def test_the_register_made_again_is_the_same(registers: Served, migrated: Provisioned) -> None:
    entries: list[UUID] = [row[0] for row in await registers.rows("select entry_id from views.entries")]
    assert len(entries) > 20
    await made_again(registers, migrated.urls["governance_owner"], ENTRIES, entries, "entries")
