"""What funding holds of a person, for that person: what they proposed, and their placements (GDPR art. 15, 17)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from tests.integration.funding.conftest import placement_started, stored

from insieme_events.clock import system_clock
from insieme_events.contracts.intake import ErasureGround, PersonErased, PersonsMerged
from insieme_events.erasing import Acknowledging
from insieme_events.in_charge import InChargeView
from insieme_funding.aggregates import ERASURES
from insieme_funding.api.rights import EXAMPLE
from insieme_funding.service import blank


async def part(fund: Any, person: UUID) -> tuple[int, Any]:
    answer = await fund.served.client.get(f"/v1/persons/{person}/data")
    return answer.status_code, answer.json()


async def placed(fund: Any, person: UUID) -> UUID:
    """A placement of the person that counts for a project of somebody else."""
    source = f"r{uuid4()}"[:30]
    await fund.budget(source, s3b=800_000)
    project = await fund.approved(await fund.call())
    await fund.served.post(f"/v1/projects/{project}/funding", **await fund.funding(source))
    event = placement_started(uuid4()).model_copy(update={"person_id": person})
    await fund.told(fund.placements(), event)
    link = {"employment_id": str(event.employment_id), "suitability": "suitable", "on": "2022-10-02"}
    await fund.served.post(f"/v1/projects/{project}/placements", **link)
    return UUID(project)


async def test_it_is_what_was_proposed_and_what_counts_for_a_project(fund: Any) -> None:
    person, other = await fund.person(), await fund.person()
    project = await placed(fund, person)
    call = await fund.call("3a")
    proposed = await fund.submitted(call, "3a", person)
    await fund.submitted(call, "3a", other)
    status, found = await part(fund, person)
    assert status == 200
    assert {each["stream"] for each in found["events"]} == {f"project-{proposed}"}
    assert {each["type"] for each in found["events"]} >= {"ProjectSubmitted"}
    (row,) = found["copies"]["placements"]
    assert (row["project_id"], row["active"], row["voided"]) == (str(project), True, False)
    assert row.keys() == EXAMPLE["copies"]["placements"][0].keys()
    assert [each["since"] for each in found["copies"]["in_charge"]] == ["2021-06-01"]
    assert str(other) not in str(found)
    assert (found.keys(), found["copies"].keys()) == (EXAMPLE.keys(), EXAMPLE["copies"].keys())


async def test_merged_persons_are_one_and_nobody_unknown_or_erased_has_a_part(fund: Any) -> None:
    person, other = await fund.person(), await fund.person()
    proposed = await fund.submitted(await fund.call("3a"), "3a", other)
    async with fund.served.service.pool.connection() as connection:
        merged = PersonsMerged(person_id=person, merged_id=other, occurred_on=date(2022, 5, 1))
        await InChargeView().apply(connection, [stored(merged)])
    for asked in (person, other):
        _, found = await part(fund, asked)
        assert {each["stream"] for each in found["events"]} == {f"project-{proposed}"}
        assert set(found["person_ids"]) == {str(person), str(other)}
    status, answer = await part(fund, uuid4())
    assert (status, answer["code"]) == (404, "funding.nothing_held")
    erased = PersonErased(person_id=other, ground=ErasureGround.REQUEST, occurred_on=date(2022, 6, 1))
    await fund.told(Acknowledging(ERASURES, system_clock, blank), erased)
    for asked in (person, other):
        status, answer = await part(fund, asked)
        assert (status, answer["code"]) == (409, "funding.data_erased")
