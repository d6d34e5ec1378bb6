"""Companies and their directory: unique by partita IVA, and no event carries who they are (P21)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any


async def test_a_partita_iva_is_registered_once_also_by_two_at_once(
    matching: Any, new_registration: Callable[..., dict[str, Any]]
) -> None:
    body = new_registration()
    spelt_otherwise = {**body, "partita_iva": f"IT {body['partita_iva'][:5]} {body['partita_iva'][5:]}"}
    answers = await asyncio.gather(
        matching.client.post("/v1/companies", json=body),
        matching.client.post("/v1/companies", json=spelt_otherwise),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    (refused,) = [answer.json() for answer in answers if answer.status_code == 409]
    assert (refused["code"], refused["clause"]) == ("matching.partita_iva_taken", "P21")
    found = await matching.get("/v1/companies", partita_iva=body["partita_iva"])
    assert len(found["items"]) == 1


async def test_a_wrong_check_digit_is_refused(matching: Any, new_registration: Callable[..., dict[str, Any]]) -> None:
    refusal = await matching.post("/v1/companies", 422, **new_registration(partita_iva="01234567890"))
    assert (refusal["code"], refusal["clause"]) == ("matching.partita_iva_wrong", "P21")


async def test_name_and_partita_iva_stand_in_the_directory_only(
    matching: Any, new_registration: Callable[..., dict[str, Any]]
) -> None:
    body = new_registration(name="Molino dei Canarini")
    company = await matching.post("/v1/companies", **body)
    assert (await matching.get(f"/v1/companies/{company['id']}"))["name"] == "Molino dei Canarini"
    for place in ("events.events", "events.idempotency", "views.companies"):
        everything = await matching.rows(f"select t::text from {place} t")
        assert not [row for (row,) in everything if "Canarini" in row or body["partita_iva"] in row]
    planted = await matching.rows("select t::text from directory.companies t where name like '%%Canarini%%'")
    assert len(planted) == 1


async def test_the_directory_entry_is_corrected_without_an_event(
    matching: Any, new_registration: Callable[..., dict[str, Any]]
) -> None:
    body, other = new_registration(), new_registration()
    company = await matching.post("/v1/companies", **body)
    await matching.post("/v1/companies", **other)
    path = f"/v1/companies/{company['id']}/directory-entry"
    await matching.send("PUT", path, 204, {"name": "Officine Nuove", "partita_iva": body["partita_iva"]})
    found = await matching.get(f"/v1/companies/{company['id']}")
    assert (found["name"], found["version"]) == ("Officine Nuove", 1)
    taken = {"name": "Officine Nuove", "partita_iva": other["partita_iva"]}
    assert (await matching.send("PUT", path, 409, taken))["code"] == "matching.partita_iva_taken"


async def test_contacts_and_size_show_in_the_list(
    matching: Any, new_registration: Callable[..., dict[str, Any]]
) -> None:
    body = new_registration(name="Zolfanelli", introduced_by="unindustria")
    company = (await matching.post("/v1/companies", **body))["id"]
    await matching.post(f"/v1/companies/{company}/contacts", kind="visit", on="2021-03-02")
    await matching.post(f"/v1/companies/{company}/contacts", kind="call", on="2021-02-02")
    await matching.post(f"/v1/companies/{company}/size", 200, size="large", on="2021-03-03")
    (found,) = (await matching.get("/v1/companies", name="zolfa", size="large", introduced_by="unindustria"))["items"]
    assert (found["status"], found["last_contact_on"], found["version"]) == ("active", "2021-03-02", 4)


async def test_what_is_not_there_is_not_found(matching: Any) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    for path, code in (
        (f"/v1/companies/{nobody}", "matching.company_unknown"),
        (f"/v1/needs/{nobody}", "matching.need_unknown"),
        (f"/v1/vacancies/{nobody}", "matching.vacancy_unknown"),
        (f"/v1/candidacies/{nobody}", "matching.candidacy_unknown"),
        (f"/v1/employments/{nobody}", "matching.employment_unknown"),
    ):
        answer = await matching.client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, code)
        assert answer.headers["content-type"] == "application/problem+json"
    entry = {"name": "Nessuno", "partita_iva": "01234567897"}
    refusal = await matching.send("PUT", f"/v1/companies/{nobody}/directory-entry", 404, entry)
    assert refusal["code"] == "matching.company_unknown"
