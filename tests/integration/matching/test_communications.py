"""Communications over HTTP: told with the movement, shown with what the law says of them, gone with what is voided."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

import insieme_matching
from insieme_events.contracts.intake_interventions import InterventionRegistered
from insieme_events.contracts.vocabulary import InterventionKind
from insieme_matching.reactions import LedgerAnswers
from insieme_matching.testing import GROUNDS

pytestmark = pytest.mark.integration

MIGRATION = Path(insieme_matching.__file__).parent / "migrations" / "matching_0006_communications.py"
SHOWN = ("movement", "link_no", "moved_on", "communicated_on", "late", "voided")


async def shown(matching: Any, **query: Any) -> list[tuple[Any, ...]]:
    found = await matching.get("/v1/communications", **query)
    return [tuple(row[name] for name in SHOWN) for row in found["items"]]


@pytest.mark.clause("P33")
async def test_what_was_communicated_of_an_employment_is_shown_and_a_void_takes_it_along(
    matching: Any, new_placement: Any
) -> None:
    body = new_placement(await matching.person(), await matching.company(), communicated_on="2021-03-01")
    placement = await matching.post("/v1/employments", **body)
    path = f"/v1/employments/{placement['id']}"
    extension = await matching.post(f"{path}/extensions", ends_on="2021-08-31", communicated_on="2021-06-07")
    to_permanent = {"code": "DI", "contract_type": "A.01.00", "on": "2021-07-01", "communicated_on": "2021-07-07"}
    await matching.post(f"{path}/transformations", **to_permanent)
    await matching.post(f"{path}/end", 200, reason="agreed", on="2021-07-30", communicated_on="2021-08-02")
    of_it = {"employment_id": placement["id"]}
    start = ("start", 1, "2021-03-01", "2021-03-01", True)
    followed = [
        ("extension", 2, "2021-06-01", "2021-06-07", False),
        ("transformation", None, "2021-07-01", "2021-07-07", True),
        ("end", None, "2021-07-30", "2021-08-02", False),
    ]
    assert await shown(matching, **of_it) == [(*one, False) for one in (start, *followed)]
    late = await shown(matching, **of_it, late=True, moved_from="2021-07-01", moved_to="2021-07-01")
    assert [row[0] for row in late] == ["transformation"]

    cut = {"voids": extension["event_ids"][0], "from_link": 2, "reason": "never_started", "on": "2021-10-02"}
    await matching.post(f"{path}/void", 200, **cut)
    await matching.post(f"{path}/extensions", ends_on="2021-07-31", communicated_on="2021-06-01")
    again = ("extension", 3, "2021-06-01", "2021-06-01", False)
    assert await shown(matching, **of_it) == [
        (*start, False),
        *((*one, True) for one in followed),
        (*again, False),
    ]
    await matching.post(f"{path}/end", 200, reason="term_reached", on="2021-07-31", communicated_on="2021-09-30")
    assert (await shown(matching, **of_it, voided=False))[-1][3:] == ("2021-09-30", None, False)
    whole = {"voids": placement["event_ids"][0], "from_link": 1, "reason": "keyed_twice", "on": "2021-10-03"}
    await matching.post(f"{path}/void", 200, **whole)
    assert {row[-1] for row in await shown(matching, **of_it)} == {True}
    assert await shown(matching, **of_it, voided=False) == []


@pytest.mark.clause("P33")
async def test_what_nobody_told_is_not_shown_and_what_is_still_to_come_is_refused(
    matching: Any, new_placement: Any
) -> None:
    body = new_placement(await matching.person(), await matching.company())
    await matching.refused("/v1/employments", "matching.date_in_future", communicated_on="2099-01-01", **body)
    placement = await matching.post("/v1/employments", **body)
    assert await shown(matching, employment_id=placement["id"]) == []


@pytest.mark.clause("P34")
async def test_what_was_communicated_of_an_internship_is_shown_also_of_starts_told_before_there_was_a_list(
    matching: Any,
) -> None:
    person, company = await matching.person(), await matching.company()
    asked = {
        "person_id": str(person),
        "company_id": str(company),
        "starts_on": "2021-03-01",
        "ends_on": "2021-06-30",
        "target": "ordinary",
        "purposes": ["training"],
        "monthly_allowance": 60000,
        "funded_by_programme": False,
        "on": "2021-02-01",
    }
    internship = (await matching.post("/v1/internships", **asked))["id"]
    answer = InterventionRegistered(
        person_id=person,
        intervention_id=UUID(internship),
        kind=InterventionKind.INTERNSHIP,
        party="citta_metropolitana",
        starts_on=date(2021, 3, 1),
        ends_on=date(2021, 6, 30),
        occurred_on=date(2021, 2, 2),
    )
    await matching.react(LedgerAnswers(matching.service.pool), answer)
    path = f"/v1/internships/{internship}"
    await matching.post(f"{path}/approval", 200, **grounds())
    await matching.post(f"{path}/start", 200, communicated_on="2021-03-01", on="2021-03-01")
    later = grounds(authorised_on="2021-06-10", host_declared_on="2021-06-05", on="2021-06-12", ends_on="2021-08-31")
    await matching.post(f"{path}/extensions", **later, communicated_on="2021-07-06")
    await matching.post(f"{path}/end", 200, outcome="left_by_person", on="2021-08-10", communicated_on="2021-08-17")
    of_it = {"internship_id": internship}
    rows = await shown(matching, **of_it)
    assert rows == [
        ("start", None, "2021-03-01", "2021-03-01", True, False),
        ("extension", None, "2021-07-01", "2021-07-06", False, False),
        ("end", None, "2021-08-10", "2021-08-17", True, False),
    ]

    (fill,) = re.findall(r"insert into views\.communications.*?;", MIGRATION.read_text("utf-8"), re.DOTALL)
    async with await psycopg.AsyncConnection.connect(matching.provisioned.urls["matching_owner"]) as owner:
        await owner.execute("delete from views.communications where internship_id is not null and movement = 'start'")
        await owner.execute(fill)
    assert await shown(matching, **of_it) == rows


def grounds(**changes: Any) -> dict[str, Any]:
    values = {**GROUNDS, **changes}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
