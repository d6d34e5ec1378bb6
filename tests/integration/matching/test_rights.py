"""What matching holds of a person, for that person: everything that names them, under every id (GDPR art. 15, 17)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from insieme_events.contracts.intake import ErasureGround, PersonErased, PersonsMerged
from insieme_events.in_charge import InChargeView
from insieme_matching.api.rights import EXAMPLE
from insieme_matching.reactions import Erasing
from insieme_matching.views import employments

NAMING = "select stream, version from events.events where data::json->>'person_id' = any(%s)"


async def somebody(matching: Any, new_placement: Any) -> UUID:
    """With a profile, a candidacy, an internship and a placement."""
    person: UUID = await matching.person()
    company = await matching.company()
    profile = {"profiles": ["8.1.4.3.0"], "comuni": ["037006"], "hours": ["full_time"], "licences": [], "languages": []}
    await matching.post("/v1/job-profiles", person_id=str(person), on="2021-02-01", **profile)
    vacancy = {"vacancy_id": str(await matching.vacancy(company)), "person_id": str(person), "on": "2021-02-03"}
    await matching.post("/v1/candidacies", **vacancy, chosen_for=["lives_near"])
    internship = {"target": "disabled", "purposes": ["training"], "monthly_allowance": 60000, "on": "2021-02-01"}
    days = {"starts_on": "2021-06-01", "ends_on": "2021-09-30", "company_id": str(company)}
    await matching.post("/v1/internships", person_id=str(person), **days, **internship)
    await matching.post("/v1/employments", **new_placement(person, company))
    return person


async def part(matching: Any, person: UUID) -> tuple[int, Any]:
    answer = await matching.client.get(f"/v1/persons/{person}/data")
    return answer.status_code, answer.json()


async def test_it_is_every_event_that_names_the_person_opened(matching: Any, new_placement: Any) -> None:
    person, other = [await somebody(matching, new_placement) for _ in range(2)]
    status, found = await part(matching, person)
    assert status == 200
    told = {(each["stream"], each["sequence"]) for each in found["events"]}
    assert told == set(await matching.rows(NAMING, [str(person)]))
    by_type = {each["type"]: each for each in found["events"]}
    assert by_type["JobProfileRegistered"]["profiles"] == ["8.1.4.3.0"]
    assert by_type["InternshipProjectRecorded"]["target"] == "disabled"
    assert by_type["SelectionReasonsRecorded"]["chosen_for"] == ["lives_near"]
    assert [each["since"] for each in found["copies"]["in_charge"]] == ["2021-01-10"]
    assert str(other) not in str(found)
    assert (found.keys(), found["copies"].keys()) == (EXAMPLE.keys(), EXAMPLE["copies"].keys())


async def test_merged_persons_are_one(matching: Any, new_placement: Any) -> None:
    person, other = [await somebody(matching, new_placement) for _ in range(2)]
    await matching.told(
        InChargeView(employments.flag), PersonsMerged(person_id=person, merged_id=other, occurred_on=date(2021, 5, 1))
    )
    for asked in (person, other):
        _, found = await part(matching, asked)
        assert set(found["person_ids"]) == {str(person), str(other)}
        told = {(each["stream"], each["sequence"]) for each in found["events"]}
        assert told == set(await matching.rows(NAMING, [str(person), str(other)]))


async def test_nobody_unknown_or_erased_has_a_part(matching: Any, new_placement: Any) -> None:
    status, answer = await part(matching, uuid4())
    assert (status, answer["code"]) == (404, "matching.nothing_held")
    person = await somebody(matching, new_placement)
    async with matching.intakes_keys() as keys:
        await keys.destroy([person], datetime.now(UTC))
    erased = PersonErased(person_id=person, ground=ErasureGround.REQUEST, occurred_on=date(2021, 7, 1))
    await matching.react(Erasing(matching.service.clock), erased)
    status, answer = await part(matching, person)
    assert (status, answer["code"]) == (409, "matching.data_erased")
