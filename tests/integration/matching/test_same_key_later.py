"""A command whose stored answer is forgotten is still recorded once: its id follows from its Idempotency-Key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg

from insieme_local.provision import Provisioned


async def test_a_vacancy_is_opened_once_under_one_key_also_after_a_month(
    matching: Any, migrated: Provisioned, new_registration: Callable[..., dict[str, Any]]
) -> None:
    company = await matching.post("/v1/companies", **new_registration())
    body = {"company_id": company["id"], "profile": "8.1.4", "positions": 2, "comune": "037006", "on": "2024-04-02"}

    async def opened(party: str) -> Any:
        headers = {"Idempotency-Key": "import-vacancies-1", "X-Insieme-Party": party}
        return await matching.client.post("/v1/vacancies", json=body, headers=headers)

    first = await opened("cna")
    assert first.status_code == 201
    again = await opened("cna")
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")

    with psycopg.connect(migrated.urls["matching_owner"]) as connection:
        connection.execute("delete from events.idempotency")
    later = await opened("cna")
    assert (later.status_code, later.json()["code"]) == (409, "matching.vacancy_already_opened")

    of_another_party = await opened("cgil")
    assert of_another_party.status_code == 201
    assert of_another_party.json()["id"] != first.json()["id"]
    found = await matching.get("/v1/vacancies", company_id=company["id"])
    assert len(found["items"]) == 2
