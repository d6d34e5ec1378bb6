"""From a need to a placement and what becomes of it, over HTTP: views and events stay in step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID


async def test_a_need_becomes_a_vacancy_that_a_placement_fills(
    matching: Any, new_placement: Callable[..., dict[str, Any]]
) -> None:
    company, person = await matching.company(), await matching.person()
    offer = {"company_id": str(company), "profile": "8.1.4", "positions": 1, "on": "2021-02-01"}
    need = await matching.post("/v1/needs", horizon="2021-06-30", **offer)
    vacancy = await matching.post("/v1/vacancies", comune="037006", need_id=need["id"], **offer)
    assert (await matching.get(f"/v1/companies/{company}"))["status"] == "active"
    converted = await matching.get(f"/v1/needs/{need['id']}")
    assert (converted["status"], converted["vacancy_id"]) == ("converted", vacancy["id"])

    await matching.post(f"/v1/vacancies/{vacancy['id']}/selections", on="2021-02-08")
    body = {"vacancy_id": vacancy["id"], "person_id": str(person), "on": "2021-02-10"}
    candidacy = (await matching.post("/v1/candidacies", **body))["id"]
    for step in ("presentation", "interview", "acceptance"):
        await matching.post(f"/v1/candidacies/{candidacy}/{step}", 200, on="2021-02-20")
    assert (await matching.get(f"/v1/candidacies/{candidacy}"))["status"] == "accepted"

    await matching.post("/v1/employments", **new_placement(person, company, vacancy_id=vacancy["id"]))
    filled = await matching.get(f"/v1/vacancies/{vacancy['id']}")
    assert (filled["status"], filled["taken"], filled["selections"]) == ("filled", 1, 1)


async def test_a_full_vacancy_takes_no_placement_and_none_is_recorded(
    matching: Any, new_placement: Callable[..., dict[str, Any]]
) -> None:
    company = await matching.company()
    vacancy = await matching.vacancy(company, positions=1)
    first, second = await matching.person(), await matching.person()
    await matching.post("/v1/employments", **new_placement(first, company, vacancy_id=str(vacancy)))
    body = new_placement(second, company, vacancy_id=str(vacancy))
    refusal = await matching.post("/v1/employments", 409, **body)
    assert (refusal["code"], refusal["clause"]) == ("matching.vacancy_full", "P31")
    assert (await matching.get("/v1/employments", person_id=str(second)))["items"] == []


async def test_a_chain_is_extended_corrected_cut_and_voided(
    matching: Any, new_placement: Callable[..., dict[str, Any]]
) -> None:
    company, person = await matching.company(), await matching.person()
    vacancy = await matching.vacancy(company)
    started = await matching.post("/v1/employments", **new_placement(person, company, vacancy_id=str(vacancy)))
    path = f"/v1/employments/{started['id']}"
    await matching.post(f"{path}/extensions", ends_on="2021-08-31")

    correction = {
        "corrects": started["event_ids"][0],
        "link_no": 1,
        "starts_on": "2021-03-01",
        "ends_on": "2021-06-30",
        "contract_type": "A.06.01",
        "working_time": "horizontal",
        "comune": "037011",
        "on": "2021-10-01",
    }
    corrected = await matching.post(f"{path}/corrections", **correction)
    assert len(corrected["event_ids"]) == 2
    found = await matching.get(path)
    assert (found["contract_class"], found["links"], found["ends_on"]) == ("agency", 2, "2021-08-31")
    assert [(link["starts_on"], link["ends_on"], link["working_time"]) for link in found["chain"]] == [
        ("2021-03-01", "2021-06-30", "horizontal"),
        ("2021-07-01", "2021-08-31", "full"),
    ]

    second = found["chain"][1]["event_id"]
    cut = {"voids": second, "from_link": 2, "reason": "never_started", "on": "2021-10-02"}
    await matching.post(f"{path}/void", 200, **cut)
    await matching.post(f"{path}/extensions", ends_on="2021-07-31")
    found = await matching.get(path)
    assert [(link["link_no"], link["ends_on"], link["voided"]) for link in found["chain"]] == [
        (1, "2021-06-30", False),
        (2, "2021-08-31", True),
        (3, "2021-07-31", False),
    ]
    assert (await matching.get(f"/v1/vacancies/{vacancy}"))["status"] == "filled"

    whole = {"voids": started["event_ids"][0], "from_link": 1, "reason": "keyed_twice", "on": "2021-10-03"}
    answer = await matching.post(f"{path}/void", 200, **whole)
    assert answer["id"] == started["id"]
    found = await matching.get(path)
    assert (found["status"], found["links"], {link["voided"] for link in found["chain"]}) == ("voided", 0, {True})
    reopened = await matching.get(f"/v1/vacancies/{vacancy}")
    assert (reopened["status"], reopened["taken"]) == ("open", 0)
    refused = await matching.post(f"{path}/extensions", 409, ends_on="2021-12-31")
    assert refused["code"] == "matching.placement_voided"

    types = await matching.rows(
        "select type from events.events where stream = %s order by version", f"employment-{started['id']}"
    )
    assert [name for (name,) in types] == [
        "PlacementStarted",
        "PlacementExtended",
        "PlacementCorrected",
        "PlacementCorrected",
        "PlacementVoided",
        "PlacementExtended",
        "PlacementVoided",
    ]


async def test_a_transformation_and_an_end_show_in_the_view(
    matching: Any, new_placement: Callable[..., dict[str, Any]]
) -> None:
    started = await matching.post("/v1/employments", **new_placement(await matching.person(), await matching.company()))
    path = f"/v1/employments/{started['id']}"
    await matching.post(f"{path}/transformations", code="DI", contract_type="A.01.00", on="2021-05-01")
    found = await matching.get(path)
    assert (found["contract_class"], found["ends_on"]) == ("permanent", None)
    assert [link["contract_class"] for link in found["chain"]] == ["fixed_term"]
    await matching.post(f"{path}/end", 200, reason="resignation", on="2021-09-30")
    found = await matching.get(path)
    assert (found["status"], found["ended_on"]) == ("ended", "2021-09-30")


async def test_an_internship_is_refused_with_its_clause(
    matching: Any, new_placement: Callable[..., dict[str, Any]]
) -> None:
    body = new_placement(await matching.person(), await matching.company(), contract_type="C.01.00")
    refusal = await matching.post("/v1/employments", 422, **body)
    assert (refusal["code"], refusal["clause"]) == ("matching.not_a_placement", "P34")


async def test_a_stale_if_match_and_a_repeated_key(matching: Any, new_placement: Callable[..., dict[str, Any]]) -> None:
    body = new_placement(await matching.person(), await matching.company())
    key = {"Idempotency-Key": "placement-0001"}
    first = await matching.send("POST", "/v1/employments", 201, body, **key)
    assert await matching.send("POST", "/v1/employments", 201, body, **key) == first
    path = f"/v1/employments/{first['id']}"
    answer = await matching.client.get(path)
    assert answer.headers["ETag"] == '"1"'
    await matching.send("POST", f"{path}/extensions", 201, {"ends_on": "2021-08-31"}, **{"If-Match": '"1"'})
    stale = await matching.send("POST", f"{path}/extensions", 412, {"ends_on": "2021-10-31"}, **{"If-Match": '"1"'})
    assert stale["code"] == "events.stale"
    assert (await matching.get(path))["links"] == 2


async def test_lists_filter_and_go_on_where_the_cursor_stands(
    matching: Any, new_placement: Callable[..., dict[str, Any]]
) -> None:
    company = await matching.company()
    recorded = set()
    for month in ("03", "04", "05", "06", "07"):
        person = await matching.person()
        body = new_placement(person, company, starts_on=f"2021-{month}-01", ends_on="2021-12-31")
        recorded.add((await matching.post("/v1/employments", **body))["id"])
    seen, after = list[str](), None
    while True:
        query = {"company_id": str(company), "limit": 2} | ({"after": after} if after else {})
        page = await matching.get("/v1/employments", **query)
        seen += [row["employment_id"] for row in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert sorted(seen) == sorted(recorded)
    assert [UUID(one) for one in seen] == sorted(UUID(one) for one in seen)
    spring = await matching.get(
        "/v1/employments", company_id=str(company), starts_from="2021-04-01", starts_to="2021-05-01"
    )
    assert [row["starts_on"] for row in sorted(spring["items"], key=lambda row: row["starts_on"])] == [
        "2021-04-01",
        "2021-05-01",
    ]
