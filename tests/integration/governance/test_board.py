"""The Board by date, fed by the companies that matching knows; two ids of a company are one member (P59)."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from tests.integration.governance.planning import made_again

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.matching import AtecoVersion, CompaniesMerged, CompanyRegistered
from insieme_events.contracts.vocabulary import CompanySize
from insieme_events.envelope import Stored
from insieme_events.testing.http import Served
from insieme_events.units import Done
from insieme_governance.aggregates import BOARD
from insieme_governance.reactions import BoardMerges
from insieme_governance.views.told import CompaniesView
from insieme_local.provision import Provisioned

pytestmark = pytest.mark.clause("P59")


def told(event: DomainEvent) -> Stored:
    return Stored(uuid4(), "company-1", 1, datetime(2022, 6, 11, tzinfo=UTC), event)


async def registered(governance: Served, company_id: UUID | None = None) -> UUID:
    company_id = company_id or uuid4()
    event = CompanyRegistered(
        company_id=company_id,
        size=CompanySize.SMALL,
        ateco_version=AtecoVersion.ATECO_2007,
        ateco_section="C",
        comune="037006",
        occurred_on=date(2018, 1, 1),
    )
    async with governance.service.pool.connection() as connection:
        await CompaniesView().apply(connection, [told(event)])
    return company_id


async def merged(governance: Served, stays: UUID, goes: UUID, on: date) -> None:
    """Matching's merge arrives, and arrives once more."""
    for _ in range(2):
        event = told(CompaniesMerged(company_id=stays, merged_id=goes, occurred_on=on))
        unit = await BoardMerges().react(event)
        assert unit is not None
        assert isinstance(await governance.service.commands.run(unit), Done)


def joining(on: str) -> dict[str, Any]:
    return {"adhesion_on": on, "on": on}


async def size(governance: Served, on: str) -> int:
    found = await governance.get("/v1/board", on=on, limit=200)
    assert found["size"] == len(found["items"])
    return int(found["size"])


async def test_the_board_is_counted_as_of_a_day(governance: Served) -> None:
    before = await size(governance, "2018-12-31")
    first, second = [await registered(governance) for _ in range(2)]
    await governance.post(f"/v1/board/{first}/membership", **joining("2018-05-02"))
    await governance.post(f"/v1/board/{second}/membership", **joining("2019-05-02"))
    await governance.post(f"/v1/board/{first}/leaving", 200, on="2020-01-01")
    sizes = [await size(governance, f"{year}-12-31") - before for year in (2017, 2018, 2019, 2020)]
    assert sizes == [0, 1, 2, 1]
    found = await governance.get(f"/v1/board/{first}")
    assert found["memberships"] == [{"joined_on": "2018-05-02", "left_on": "2020-01-01", "adhesion_on": "2018-05-02"}]


async def test_only_a_known_company_joins_and_only_once(governance: Served) -> None:
    unknown = uuid4()
    path = f"/v1/board/{unknown}/membership"
    await governance.post(path, 503, **joining("2019-01-10"))
    await governance.refused(path, "governance.company_unknown", "P59", **joining("2019-01-10"))
    await registered(governance, unknown)
    await governance.refused(path, "governance.adhesion_missing", "P59", on="2019-01-10")
    await governance.post(path, **joining("2019-01-10"))
    await governance.refused(path, "governance.board_member_already", "P59", **joining("2019-02-10"))


async def test_a_merged_member_goes_on_under_the_id_that_stays(governance: Served) -> None:
    stays, goes = await registered(governance), await registered(governance)
    before = await size(governance, "2021-06-30"), await size(governance, "2022-06-30")
    await governance.post(f"/v1/board/{goes}/membership", **joining("2021-03-01"))
    await merged(governance, stays, goes, date(2022, 1, 1))
    assert (await size(governance, "2021-06-30"), await size(governance, "2022-06-30")) == (
        before[0] + 1,
        before[1] + 1,
    )
    path = f"/v1/board/{goes}/membership"
    await governance.refused(path, "governance.company_merged", "P59", **joining("2022-05-01"))
    path = f"/v1/board/{stays}/membership"
    await governance.refused(path, "governance.board_member_already", "P59", **joining("2022-05-01"))


async def test_two_members_that_are_merged_were_one_all_along(governance: Served) -> None:
    stays, goes = await registered(governance), await registered(governance)
    before = await size(governance, "2021-06-30")
    for company in (stays, goes):
        await governance.post(f"/v1/board/{company}/membership", **joining("2021-03-01"))
    assert await size(governance, "2021-06-30") == before + 2
    await merged(governance, stays, goes, date(2022, 1, 1))
    assert await size(governance, "2021-06-30") == before + 1
    assert await size(governance, "2022-06-30") >= 1


async def test_a_merge_that_arrives_before_the_registration_holds(governance: Served) -> None:
    stays, goes = uuid4(), uuid4()
    await merged(governance, stays, goes, date(2022, 1, 1))
    await registered(governance, goes)
    path = f"/v1/board/{goes}/membership"
    await governance.refused(path, "governance.company_merged", "P59", **joining("2022-05-01"))


async def test_of_a_merge_and_two_adhesions_at_once_one_membership_stays(governance: Served) -> None:
    for _ in range(30):
        stays, goes = await registered(governance), await registered(governance)
        unit = await BoardMerges().react(
            told(CompaniesMerged(company_id=stays, merged_id=goes, occurred_on=date(2022, 1, 1)))
        )
        assert unit is not None
        await asyncio.gather(
            governance.client.post(f"/v1/board/{goes}/membership", json=joining("2021-03-01")),
            governance.service.commands.run(unit),
            governance.client.post(f"/v1/board/{stays}/membership", json=joining("2021-03-01")),
        )
        active = "select count(*) from views.board_memberships where left_on is null and company_id = any(%s)"
        assert await governance.rows(active, [stays, goes]) == [(1,)]


async def test_the_view_of_the_board_made_again_is_the_same(governance: Served, migrated: Provisioned) -> None:
    company = await registered(governance)
    await governance.post(f"/v1/board/{company}/membership", **joining("2021-03-01"))
    await governance.post(f"/v1/board/{company}/leaving", 200, on="2021-09-01")
    await governance.post(f"/v1/board/{company}/membership", **joining("2021-10-01"))
    alone = "delete from views.board_memberships where company_id <> %s"
    await asyncio.to_thread(_as_owner, migrated.urls["governance_owner"], alone, company)
    await made_again(governance, migrated.urls["governance_owner"], BOARD, [company], "board_memberships")


def _as_owner(url: str, statement: str, company: UUID) -> None:
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(statement.encode(), (company,))
