"""Views of events that a restored store had lost are written again as they were (`insieme store recover`)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from tests.integration.intake.telling import heard, internship, until_september

from insieme_events import putting_back, store
from insieme_events.commands import Done, Step, Unit
from insieme_events.envelope import received
from insieme_events.position import Standing
from insieme_events.putting_back import Recovered, as_told
from insieme_events.store import Position
from insieme_events.testing.road import on_wire
from insieme_events.timers import ACTOR
from insieme_intake import views
from insieme_intake.aggregates import CASES, PERSONS
from insieme_intake.case.commands import NoteFollowUpDue
from insieme_intake.ledger_reaction import LedgerReaction
from insieme_intake.person import NoteRetentionEnded
from insieme_local.provision import Provisioned

pytestmark = pytest.mark.integration

VIEWS = tuple(table.name for table in views.METADATA.tables.values())
COURSE = {"kind": "vocational_training", "starts_on": "2024-05-01", "on": "2024-04-02"}


async def seen(intake: Any) -> list[list[tuple[Any, ...]]]:
    return [await intake.rows(f"select t::text from views.{name} t order by 1") for name in VIEWS]


@pytest.mark.invariant("I7", "replay")
@pytest.mark.invariant("I8", "replay")
@pytest.mark.invariant("I9", "replay")
async def test_a_case_opened_after_another_was_closed_and_an_erasure_come_back_into_the_views(
    bare_intake: Any, fresh_provisioned: Provisioned, somebody: Any
) -> None:
    someone = somebody()
    first = await bare_intake.apply(someone)
    await bare_intake.in_charge(first["case_id"])
    case = first["case_id"]
    await bare_intake.command(case, "assign-referent", referent_id=str(uuid4()), on="2024-03-20")
    await bare_intake.command(case, "add-to-follow-up-group", operator_id=str(uuid4()), on="2024-03-20")
    await bare_intake.command(case, "agree-plan", ready_for="training", on="2024-03-21")
    support = {"support_id": str(uuid4()), "kind": "childcare", "on": "2024-03-21"}
    await bare_intake.command(case, "offer-family-support", **support)
    await bare_intake.command(case, "close", exit_state="other", on="2024-04-02")
    await bare_intake.command(case, "record-follow-up", months_after_exit=0, outcome="employed", on="2024-04-20")
    await bare_intake.apply(someone, received_on="2024-05-02")
    for party in ("regione_emilia_romagna", "cna_bologna"):
        await bare_intake.post("/v1/interventions", 201, **COURSE, person_id=first["person_id"], party=party)
    requested = internship(first["person_id"], uuid4())
    reaction = LedgerReaction(bare_intake.service.pool)
    for told_of in (heard(requested), until_september(requested)):
        unit = await reaction.react(told_of)
        assert unit is not None
        assert isinstance(await bare_intake.service.commands.run(unit), Done)
    opened = {"person_id": first["person_id"], "case_id": first["case_id"], "operation": "po.1", "on": "2024-04-02"}
    participation = f"/v1/participations/{(await bare_intake.post('/v1/participations', 201, **opened))['id']}"
    await bare_intake.post(f"{participation}/close", on="2024-04-30")
    said = {"months_after_exit": 0, "outcome": "employed", "on": "2024-05-20"}
    await bare_intake.post(f"{participation}/record-follow-up", **said)
    kept, merged, reverted = [await bare_intake.apply(somebody()) for _ in range(3)]
    for other in (merged, reverted):
        await bare_intake.post(f"/v1/persons/{kept['person_id']}/merge", merged_id=other["person_id"], on="2024-06-03")
    back = {"merged_id": reverted["person_id"], "on": "2024-06-10"}
    await bare_intake.post(f"/v1/persons/{kept['person_id']}/revert-merge", **back)
    known = kept["person_id"]
    referral = {"person_id": known, "direction": "received", "other_class": "third_sector", "on": "2024-03-05"}
    await bare_intake.post("/v1/referrals", 201, **referral)
    await bare_intake.post(f"/v1/persons/{known}/request-access", 201, on="2024-06-20")
    longer = {"ground": "funding_evidence", "until": "2029-12-31", "on": "2024-07-01"}
    await bare_intake.post(f"/v1/persons/{known}/extend-retention", **longer)
    long_gone = await bare_intake.apply(somebody())
    await bare_intake.command(long_gone["case_id"], "close", exit_state="other", on="2024-04-02")
    gone = await bare_intake.apply(somebody())
    await bare_intake.post(f"/v1/persons/{gone['person_id']}/erasure", ground="request", on="2024-07-01")
    noted = Step(CASES, UUID(case), NoteFollowUpDue(months=6, on=date(2024, 10, 2)))
    over = Step(PERSONS, UUID(long_gone["person_id"]), NoteRetentionEnded(on=date(2026, 4, 3)))
    for step in (noted, over):
        assert isinstance(await bare_intake.service.commands.run(Unit((step,), ACTOR)), Done)
    before = await seen(bare_intake)
    assert all(before), "something of everything"
    streams = [name for (name,) in await bare_intake.rows("select distinct stream from events.events")]
    async with await psycopg.AsyncConnection.connect(fresh_provisioned.urls["intake_owner"]) as owner:
        told = await store.load(owner, streams)
        for name in ("events.events", *(f"views.{name}" for name in VIEWS)):
            await owner.execute(f"delete from {name}".encode())
        lost = as_told([received(on_wire(record, n)) for found in told.values() for n, record in enumerate(found)])
        last = Standing(Position(1, 10**6, 10**6))
        await putting_back._put_back(bare_intake.service, owner, Recovered(lost), last)
        assert await store.load(owner, streams) == told
    assert await seen(bare_intake) == before
