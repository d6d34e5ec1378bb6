"""The founding data on real servers: the register, the versions and the bodies as they came about since 2017."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from insieme_events import parameters
from insieme_events.agreement import Agreement, agreement_of, in_force, limits_on
from insieme_events.contracts.vocabulary import PartyRole
from insieme_events.decider import Refused
from insieme_events.testing.http import Served
from insieme_events.units import Step, Unit
from insieme_governance import app, founding
from insieme_governance.aggregates import AGREEMENTS
from insieme_governance.agreement import AdoptAgreement
from insieme_governance.steps import REGISTER
from insieme_local.provision import Provisioned


async def versions(served: Served) -> tuple[Agreement, ...]:
    async with served.service.pool.connection() as connection:
        return await parameters.agreements(connection)


def unit(command: AdoptAgreement) -> Unit:
    """As it was recorded on 10 February 2026."""
    recorded_at = datetime(2026, 2, 10, 9, tzinfo=UTC)
    return Unit(
        (Step(AGREEMENTS, command.agreement_id, command),), founding.ACTOR, locks=REGISTER, recorded_at=recorded_at
    )


def adopting(says: Agreement, version: str, **changes: Any) -> AdoptAgreement:
    """The next version, from 15 February 2026 on, that says the same but for the changes."""
    told = says.model_dump(exclude={"version", "valid_from", "valid_to"})
    return AdoptAgreement.model_validate(
        {
            "agreement_id": uuid4(),
            "version": version,
            "valid_from": date(2026, 2, 15),
            "signed_by": ["comune_bologna", "citta_metropolitana", "fondazione_san_petronio"],
            "parameters": {**told, **changes},
            "on": date(2026, 2, 10),
        }
    )


async def test_it_is_entered_once(governance: Served) -> None:
    before = await governance.rows("select count(*) from events.events")
    assert before[0][0] > 40
    assert await founding.found(governance.service) == 0
    assert await governance.rows("select count(*) from events.events") == before


def test_the_program_enters_it(migrated: Provisioned, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in migrated.environment("governance").items():
        monkeypatch.setenv(name, value)
    answer = CliRunner().invoke(app.main, ["found"])
    assert (answer.exit_code, answer.output) == (0, "0 events recorded\n")


@pytest.mark.clause("P01", "P02", "P03", "P04", "P05")
async def test_the_register_as_of_any_day(governance: Served) -> None:
    now = await governance.get("/v1/parties", on="2021-03-03")
    assert Counter(row["role"] for row in now) == {
        "promoter": 4,
        "participant": 1,
        "employer_association": 6,
        "trade_union": 3,
    }
    for day in ("2017-05-22", "2021-03-02"):
        before = await governance.get("/v1/parties", on=day)
        assert {row["party"] for row in now} - {row["party"] for row in before} == {"regione_emilia_romagna"}
        assert len(before) == 13
    for day in ("2017-05-21", "2026-03-04"):
        assert await governance.get("/v1/parties", on=day) == []
    unions = await governance.get("/v1/parties", on="2022-01-01", role=PartyRole.TRADE_UNION)
    assert [row["party"] for row in unions] == ["cgil", "cisl", "uil"]


@pytest.mark.clause("P79", "P80")
async def test_one_protocol_follows_the_other_without_a_gap(governance: Served) -> None:
    found = (await governance.get("/v1/protocols"))["items"]
    first, second = sorted(found, key=lambda row: row["signed_on"])
    assert (first["signed_on"], first["ends_on"], first["status"]) == ("2017-05-22", "2021-03-02", "succeeded")
    assert (second["signed_on"], second["ends_on"]) == ("2021-03-03", "2026-03-03")
    assert (first["successor_id"], second["predecessor_id"]) == (second["protocol_id"], first["protocol_id"])
    status = await governance.get(f"/v1/protocols/{second['protocol_id']}")
    assert (status["days_left"], status["consents_missing"]) == (0, [])


@pytest.mark.clause("P02", "P65", "P74")
async def test_who_acts_for_whom_and_who_coordinates(governance: Served) -> None:
    links = await governance.get("/v1/delegates", on="2022-01-01")
    assert {(row["party"], row["delegate"], row["scope"]) for row in links} == {
        ("arcidiocesi", "fondazione_san_petronio", "agreement"),
        ("arcidiocesi", "fondazione_san_petronio", "caritas_link"),
    }
    (role,) = await governance.get("/v1/roles", on="2022-01-01")
    assert (role["party"], role["unit"]) == ("citta_metropolitana", "area_sviluppo_economico")


@pytest.mark.clause("P50", "P57")
async def test_every_seat_is_empty_until_a_party_names_somebody(governance: Served) -> None:
    gaps = await governance.get("/v1/seats", on="2022-01-01", empty=True)
    assert len(gaps) == 14 * 2
    assert await governance.get("/v1/seats", on="2022-01-01", empty=False) == []


@pytest.mark.clause("P62", "P67")
async def test_the_versions_of_the_agreement_serve_every_day_of_the_programme(governance: Served) -> None:
    listed = (await governance.get("/v1/agreements"))["items"]
    assert {row["name"]: (row["valid_from"], row["valid_to"]) for row in listed} == {
        "2017.1": ("2017-05-22", "2022-05-22"),
        "2021.1": ("2021-03-03", "2026-03-03"),
        "2021.2": ("2026-02-01", "2027-03-03"),
    }
    known = await versions(governance)
    on = {
        day: None if (found := in_force(known, day)) is None else found.version
        for day in (
            date(2017, 5, 21),
            date(2017, 5, 22),
            date(2021, 3, 2),
            date(2021, 3, 3),
            date(2026, 1, 31),
            date(2026, 2, 1),
            date(2027, 3, 3),
            date(2027, 3, 4),
        )
    }
    assert list(on.values()) == [None, "2017.1", "2017.1", "2021.1", "2021.1", "2021.2", "2021.2", None]
    detail = await governance.get(f"/v1/agreements/{listed[0]['agreement_id']}")
    assert sum(share["basis_points"] for share in detail["says"]["cost_shares"]) == 10_000


@pytest.mark.clause("P34")
async def test_the_legal_limits_have_their_days(governance: Served) -> None:
    listed = (await governance.get("/v1/legal-limits"))["items"]
    details = [await governance.get(f"/v1/legal-limits/{row['limits_id']}") for row in listed]
    income = {row["says"]["valid_from"]: row["says"]["income_threshold_employee"] for row in details}
    assert (income["2019-01-01"], income["2022-01-01"], income["2024-01-01"]) == (814_500, 817_400, 850_000)
    assert limits_on([], date(2020, 1, 1)) is None


@pytest.mark.clause("P54", "P57")
async def test_the_bodies_work_from_the_start(governance: Served) -> None:
    found = (await governance.get("/v1/bodies"))["items"]
    assert {row["kind"] for row in found} == {"coordination_table", "technical_table", "board"}
    (table,) = [row for row in found if row["kind"] == "coordination_table"]
    compliance = await governance.get(f"/v1/bodies/{table['body_id']}/compliance")
    assert (compliance["next_due_on"], compliance["longest_gap_to"], compliance["overdue"]) == (
        "2017-11-22",
        "2017-11-22",
        True,
    )
    await governance.refused("/v1/bodies", "governance.one_body", kind="board", on="2022-01-01")


@pytest.mark.clause("P62")
async def test_a_version_that_is_adopted_changes_nothing_before_it(governance: Served) -> None:
    before = await versions(governance)
    day = date(2026, 2, 15)
    command = adopting(before[-1], "2026.9", interview_due_days=21)
    back_dated = command.model_copy(update={"valid_from": date(2026, 2, 9)})
    refused = await governance.service.commands.run(unit(back_dated))
    assert isinstance(refused, Refused)
    assert (refused.code, refused.clause) == ("governance.agreement_back_dated", "P62")
    assert await versions(governance) == before
    assert not isinstance(await governance.service.commands.run(unit(command)), Refused)
    after = await versions(governance)
    days = [date(2017, 5, 1) + timedelta(days=n) for n in range((day - date(2017, 5, 1)).days)]
    assert [in_force(after, one) for one in days] == [in_force(before, one) for one in days]
    assert [one.version for one in (in_force(before, day), in_force(after, day)) if one] == ["2021.2", "2026.9"]
    stored = await governance.rows("select parameters::text from events.parameters where version = '2026.9'")
    assert agreement_of(stored[0][0]).interview_due_days == 21


@pytest.mark.clause("P67")
@pytest.mark.invariant("I14", "command")
async def test_no_version_is_adopted_whose_shares_are_not_whole(governance: Served) -> None:
    before = await versions(governance)
    shares = [{"party": "comune_bologna", "basis_points": 9_000}]
    command = adopting(before[-1], "2026.8", cost_shares=shares).model_copy(update={"valid_from": date(2026, 3, 1)})
    refused = await governance.service.commands.run(unit(command))
    assert isinstance(refused, Refused)
    assert (refused.code, refused.clause) == ("governance.shares_not_whole", "P67")
    assert await versions(governance) == before
    says = command.parameters.model_dump(mode="json")
    body: dict[str, Any] = {
        "version": "2026.8",
        "valid_from": "2026-03-01",
        "signed_by": ["comune_bologna"],
        "on": "2026-03-01",
    }
    # Over HTTP the day counts on which it is recorded, which is after the term.
    await governance.refused("/v1/agreements", "governance.agreement_back_dated", clause="P62", parameters=says, **body)
