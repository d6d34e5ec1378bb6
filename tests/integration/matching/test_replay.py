"""The store told again: its events fold into what the views show, and views made again are equal (I1, I10, I13).

Everything that matching's own commands write is in it; what it hears of other services is put beside, as they tell it.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from insieme_events import putting_back, store
from insieme_events.contracts.intake_interventions import InterventionRegistered
from insieme_events.contracts.training import PositionSourceKind, PositionsRequested
from insieme_events.contracts.vocabulary import InterventionKind, Strand
from insieme_events.envelope import opened, outgoing, received
from insieme_events.position import Standing
from insieme_events.putting_back import Recovered, as_told
from insieme_events.store import Position, Record
from insieme_events.testing.road import Wire
from insieme_events.units import Done
from insieme_local.provision import Provisioned
from insieme_matching.internship import INTERNSHIP
from insieme_matching.internship.state import NotRequested
from insieme_matching.reactions import LedgerAnswers, Reserving
from insieme_matching.testing import GROUNDS
from insieme_matching.views.internships import status

pytestmark = pytest.mark.integration

VIEWS = (
    *("companies", "needs", "vacancies", "reservations", "job_profiles", "candidacies", "internships", "employments"),
    *("employment_links", "internship_months", "communications"),
)
ASKED = {
    "starts_on": "2021-03-01",
    "ends_on": "2021-07-31",
    "target": "disadvantaged",
    "purposes": ["training"],
    "monthly_allowance": 60000,
    "funded_by_programme": False,
    "on": "2021-02-01",
}
PROFILE = {
    "profiles": ["8.1.4"],
    "comuni": ["037006"],
    "hours": ["full_time"],
    "licences": [],
    "languages": [],
    "on": "2021-02-01",
}


def grounds(**changes: Any) -> dict[str, Any]:
    values = {**GROUNDS, **changes}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


async def seen(matching: Any) -> dict[str, list[tuple[Any, ...]]]:
    return {name: await matching.rows(f"select t::text from views.{name} t order by 1") for name in VIEWS}


def on_topic(record: Record, offset: int) -> Wire:
    """The complete record that the relay would send."""
    sent, _ = outgoing(record, "matching")
    return Wire("matching.restricted.v1", 0, offset, sent.key, sent.value, sent.headers)


async def confirmed(matching: Any, person: UUID, company: UUID) -> str:
    """An internship that intake's ledger confirmed; answers its path."""
    body = {"person_id": str(person), "company_id": str(company), **ASKED}
    internship = UUID((await matching.post("/v1/internships", **body))["id"])
    answer = InterventionRegistered(
        person_id=person,
        intervention_id=internship,
        kind=InterventionKind.INTERNSHIP,
        party="citta_metropolitana",
        starts_on=date(2021, 3, 1),
        ends_on=date(2021, 7, 31),
        occurred_on=date(2021, 2, 2),
    )
    assert isinstance(await matching.react(LedgerAnswers(matching.service.pool), answer), Done)
    return f"/v1/internships/{internship}"


async def something_of_everything(matching: Any, new_placement: Any) -> None:
    company, other = await matching.company(), await matching.company()
    first, second, third = await matching.persons(3)
    await matching.post("/v1/job-profiles", person_id=str(first), **PROFILE)
    need = {"company_id": str(company), "profile": "8.1.4", "positions": 1, "horizon": "2021-12-31", "on": "2021-02-01"}
    await matching.post("/v1/needs", **need)
    vacancy = await matching.vacancy(company, positions=3)
    request = PositionsRequested(
        course_id=uuid4(),
        strand=Strand.TRAINING_TARGETED,
        reservation_id=uuid4(),
        source_kind=PositionSourceKind.VACANCY,
        source_id=vacancy,
        positions=1,
        occurred_on=date(2021, 2, 10),
    )
    assert isinstance(await matching.react(Reserving(matching.service.pool), request), Done)
    chosen = await matching.post("/v1/candidacies", vacancy_id=str(vacancy), person_id=str(second), on="2021-02-10")
    await matching.post(f"/v1/candidacies/{chosen['id']}/presentation", 200, on="2021-02-12")
    placed = new_placement(second, company, vacancy_id=str(vacancy), reservation_id=str(request.reservation_id))
    placement = await matching.post("/v1/employments", **placed, communicated_on="2021-02-26")
    # Extended, transformed and ended, all of that voided, and extended again.
    chain = f"/v1/employments/{placement['id']}"
    longer = await matching.post(f"{chain}/extensions", ends_on="2021-08-31", communicated_on="2021-06-30")
    to_permanent = {"code": "DI", "contract_type": "A.01.00", "on": "2021-06-10", "communicated_on": "2021-06-11"}
    await matching.post(f"{chain}/transformations", **to_permanent)
    await matching.post(f"{chain}/end", 200, reason="agreed", on="2021-06-20", communicated_on="2021-06-21")
    void = {"voids": longer["event_ids"][0], "from_link": 2, "reason": "never_started", "on": "2021-07-01"}
    await matching.post(f"{chain}/void", 200, **void)
    await matching.post(f"{chain}/extensions", ends_on="2021-07-31", communicated_on="2021-06-04")
    # Run, extended, ended, evaluated; approved only; withdrawn.
    path = await confirmed(matching, first, company)
    await matching.post(f"{path}/approval", 200, **grounds(host_hired_percent=20))
    await matching.post(f"{path}/start", 200, communicated_on="2021-02-26", on="2021-03-01")
    await matching.post(f"{path}/suspensions", reason="host_closed", on="2021-05-03")
    await matching.post(f"{path}/resumption", 200, on="2021-05-10")
    month = {"month": "2021-04", "minutes_due": 7200, "minutes_present": 5040, "on": "2021-05-03"}
    await matching.post(f"{path}/months", **month)
    later = {"authorised_on": "2021-07-10", "host_declared_on": "2021-07-05", "on": "2021-07-12"}
    await matching.post(f"{path}/extensions", **grounds(**later, ends_on="2021-09-30"))
    await matching.post(f"{path}/end", 200, outcome="completed", on="2021-09-30")
    said = {"evaluated_by": "person", "result": "goals_reached", "would_again": True, "on": "2021-10-04"}
    await matching.post(f"{path}/evaluations", **said)
    approved = await confirmed(matching, third, other)
    await matching.post(f"{approved}/approval", 200, **grounds())
    withdrawn = await confirmed(matching, second, other)
    await matching.post(f"{withdrawn}/withdrawal", 200, reason="host_declined", on="2021-02-20")


@pytest.mark.clause("P31", "P32", "P33", "P34", "P39")
@pytest.mark.invariant("I1", "replay")
@pytest.mark.invariant("I10", "replay")
@pytest.mark.invariant("I13", "replay")
async def test_what_is_stored_is_what_is_shown_and_is_put_back_as_it_was(
    bare_matching: Any, fresh_provisioned: Provisioned, new_placement: Any
) -> None:
    matching = bare_matching
    await something_of_everything(matching, new_placement)
    before = await seen(matching)
    assert [name for name, rows in before.items() if not rows] == []
    internships = (await matching.get("/v1/internships"))["items"]
    assert sorted(row["status"] for row in internships) == ["approved", "ended", "withdrawn"]
    for row in internships:
        state = INTERNSHIP.fold(one.event for one in await matching.events(f"internship-{row['internship_id']}"))
        assert not isinstance(state, NotRequested)
        assert (status(state), state.plan.ends_on.isoformat(), state.plan.strand) == (
            row["status"],
            row["ends_on"],
            row["strand"],
        )
    streams = [name for (name,) in await matching.rows("select distinct stream from events.events")]
    async with await psycopg.AsyncConnection.connect(fresh_provisioned.urls["matching_owner"]) as owner:
        told = await store.load(owner, streams)
        for name in ("events.events", *(f"views.{view}" for view in VIEWS)):
            await owner.execute(f"delete from {name}".encode())
        lost = as_told([received(on_topic(record, n)) for found in told.values() for n, record in enumerate(found)])
        last = Standing(Position(1, 10**6, 10**6))
        await putting_back._put_back(matching.service, owner, Recovered(lost), last)
        assert await store.load(owner, streams) == told
        keys = await matching.service.keys.read({UUID(row["person_id"]) for row in internships})
        strands = {
            getattr(opened(record, "matching", keys).event, "strand", None)
            for name, found in told.items()
            if name.startswith(("internship-", "employment-"))
            for record in found
        }
    assert strands == {Strand.MATCHING}
    assert await seen(matching) == before
