"""The register while it changes: renewals, convenings and holdings at the same instant as parties join and leave.

Each round has a protocol of its own, signed a few days after the one before. What is checked is the result: what the
store holds against a ledger of what was accepted, kept by the test.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from insieme_events.agreement import agreement_of
from insieme_events.contracts.vocabulary import GovernanceRole, PartyRole
from insieme_events.decider import Refused
from insieme_events.testing.http import Served
from insieme_events.testing.racing import ROUNDS, counted
from insieme_events.units import Step, Unit
from insieme_governance import api, founding, steps
from insieme_governance.aggregates import PROTOCOLS
from insieme_governance.protocol.commands import (
    AssignRole,
    ConsentToRenewal,
    NoticeWithdrawal,
    ProposeRenewal,
    ProtocolCommand,
    RegisterParty,
    Signature,
)
from insieme_governance.protocol.term import end_of_term
from insieme_local.provision import Provisioned

CONTROL = 60
OF_ONE = 10
"""So many rounds have a protocol in common: a short stream, and a register of few protocols."""
STAYING = {"citta_metropolitana": PartyRole.PROMOTER, "comune_bologna": PartyRole.PROMOTER}
OTHERS = [f"association_{number}" for number in range(OF_ONE)]
VERSIONS = "select version, parameters::text from events.parameters where kind = 'agreement'"
NEWEST = """
select protocol_id, greatest(signed_on, (select max(held_on) from views.meetings)) from views.protocols
where successor_id is null and signed_on is not null
"""
RENEWALS = "select data::json from events.events where stream = %s and type = 'ProtocolRenewed' and occurred_on = %s"


@dataclass
class Ledger:
    """What was accepted for a protocol; `day` is that of the round."""

    protocol_id: UUID
    day: date
    ends_on: date
    parties: set[str] = field(default_factory=lambda: {*STAYING, *OTHERS})

    def others(self) -> list[str]:
        return sorted(self.parties - STAYING.keys())


async def without_notice(served: Served) -> None:
    """Withdrawals take effect at once: a change of the agreement as data."""
    async with served.service.pool.connection() as connection:
        cursor = await connection.execute(
            "select version, parameters::text from events.parameters where kind = 'agreement'"
        )
        for version, text in await cursor.fetchall():
            said = agreement_of(text).model_copy(update={"notice_days": 0}).model_dump_json()
            await connection.execute("update events.parameters set parameters = %s where version = %s", (said, version))


async def rounds(served: Served, count: int) -> AsyncIterator[Ledger]:
    """One day after the other; every few days another protocol is signed."""
    await without_notice(served)
    ((previous, day),) = await served.rows(NEWEST)
    ledger = Ledger(previous, day, day)
    for number in range(count):
        day += timedelta(days=3)
        if number % OF_ONE == 0:
            ledger = Ledger(uuid4(), day, end_of_term(day))
            await sign(served, ledger, previous)
            previous = ledger.protocol_id
        ledger.day = day
        yield ledger


async def sign(served: Served, ledger: Ledger, predecessor_id: UUID) -> None:
    joining = (joins(ledger, party) for party in sorted(ledger.parties))
    signature = Signature(ends_on=ledger.ends_on, predecessor_id=predecessor_id, on=ledger.day)
    role = AssignRole(role=GovernanceRole.OPERATIONAL_COORDINATOR, party="citta_metropolitana", on=ledger.day)
    await done(
        served,
        *(Step(PROTOCOLS, ledger.protocol_id, party) for party in joining),
        *steps.signing(ledger.protocol_id, signature),
        Step(PROTOCOLS, ledger.protocol_id, role),
    )


def joins(ledger: Ledger, party: str) -> RegisterParty:
    role = STAYING.get(party, PartyRole.EMPLOYER_ASSOCIATION)
    return RegisterParty(protocol_id=ledger.protocol_id, party=party, role=role, on=ledger.day, preparing=True)


async def done(served: Served, *unit: Step) -> None:
    answer = await served.service.commands.run(Unit(unit, founding.ACTOR))
    assert not isinstance(answer, Refused), answer


async def accepted(served: Served, ledger: Ledger, command: ProtocolCommand) -> bool:
    """Without the lock around the register: a renewal rests on the version of the protocol's stream alone."""
    answer = await served.service.commands.run(Unit((Step(PROTOCOLS, ledger.protocol_id, command),), founding.ACTOR))
    return not isinstance(answer, Refused)


async def renewal_races(served: Served, count: int) -> list[str]:
    """The last consent against a party that joins, or another that leaves, or the same one; what was wrong."""
    wrong: list[str] = []
    outcomes: Counter[tuple[int, bool, bool]] = Counter()
    number = 0
    async for ledger in rounds(served, count):
        number += 1
        kind, day = number % 3, ledger.day
        *_, leaving, last = ledger.others()
        early = ledger.parties - ({leaving, last} if kind == 1 else {last})
        ledger.ends_on = end_of_term(ledger.ends_on)
        propose = ProposeRenewal(party="comune_bologna", ends_on=ledger.ends_on, on=day)
        consents = [ConsentToRenewal(party=party, on=day) for party in sorted(early)]
        await done(served, *(Step(PROTOCOLS, ledger.protocol_id, one) for one in (propose, *consents)))
        joining = f"joining_{number}"
        against: ProtocolCommand = joins(ledger, joining)
        if kind > 0:
            against = NoticeWithdrawal(party=leaving if kind == 1 else last, effective_on=day, on=day)
        pair = [accepted(served, ledger, ConsentToRenewal(party=last, on=day)), accepted(served, ledger, against)]
        answers = await asyncio.gather(*(pair if number % 2 else reversed(pair)))
        consented, changed = answers if number % 2 else reversed(answers)
        outcomes[kind, consented, changed] += 1
        early |= {last} if consented else set()
        if changed:
            ledger.parties ^= {{0: joining, 1: leaving, 2: last}[kind]}
        stream = f"protocol-{ledger.protocol_id}"
        renewed = [set(data["consents"]) for (data,) in await served.rows(RENEWALS, stream, day)]
        if renewed != ([ledger.parties] if ledger.parties <= early else []):
            wrong.append(f"round {number}: counted {renewed} of {ledger.parties}, consented {early}")
            if count == CONTROL:
                break
        if not renewed:
            await done(served, Step(PROTOCOLS, ledger.protocol_id, ConsentToRenewal(party=joining, on=day)))
    counted("I11, kind, consented, changed", outcomes, count)
    assert len(outcomes) > 3 or wrong, "one was always quicker"
    return wrong


@pytest.mark.clause("P80", "P81")
@pytest.mark.invariant("I11", "race")
async def test_a_renewal_counts_exactly_the_parties_in_force(governance: Served) -> None:
    assert await renewal_races(governance, ROUNDS) == []


@pytest.mark.invariant("I11", "race")
async def test_without_the_version_of_the_stream_a_renewal_miscounts(
    bare_governance: Served, fresh_provisioned: Provisioned
) -> None:
    """The control run: two decisions on the same state are both stored."""
    async with await psycopg.AsyncConnection.connect(fresh_provisioned.urls["governance_owner"]) as owner:
        await owner.execute("alter table events.events drop constraint events_stream_version")
    assert await renewal_races(bare_governance, CONTROL) != []


MEETINGS = """
select m.status, coalesce(m.held_on, m.meets_on), array_agg(i.party) filter (where not i.lapsed)
from views.meetings m join views.invitations i using (meeting_id) where m.meeting_id = %s group by m.meeting_id
"""
HELD = "select data::json from events.events where stream = %s and type = 'MeetingHeld'"
REGISTER = """
select party from events.parties
where protocol_id = %(protocol)s and since <= %(on)s and (until is null or %(on)s < until)
"""


async def meeting_races(served: Served, count: int) -> list[str]:
    """A withdrawal against a convening, or against a holding; what was wrong."""
    body_id = (await served.get("/v1/bodies", kind="coordination_table"))["items"][0]["body_id"]
    wrong: list[str] = []
    outcomes: Counter[tuple[bool, bool, bool]] = Counter()
    number = 0
    async for ledger in rounds(served, count):
        number += 1
        day, meets_on = ledger.day.isoformat(), (ledger.day + timedelta(days=1)).isoformat()
        leaving = ledger.others()[-1]
        convene = {"body_id": body_id, "meets_on": meets_on, "invited": sorted(ledger.parties), "on": day}
        holds = number % 2 == 0
        meeting_id = (await served.post("/v1/meetings", **convene))["id"] if holds else None
        withdrawal = {"party": leaving, "effective_on": meets_on, "on": day}
        leaves = served.client.post(f"/v1/protocols/{ledger.protocol_id}/withdrawals", json=withdrawal)
        if holds:
            meets = served.client.post(f"/v1/meetings/{meeting_id}/holding", json={"on": meets_on})
        else:
            meets = served.client.post("/v1/meetings", json=convene)
        answers = await asyncio.gather(*([leaves, meets] if number % 4 < 2 else [meets, leaves]))
        left, met = answers if number % 4 < 2 else reversed(answers)
        assert left.status_code in (201, 409), left.text
        assert met.status_code in (200, 201, 409), met.text
        outcomes[holds, left.is_success, met.is_success] += 1
        ledger.parties -= {leaving} if left.is_success else set()
        meeting_id = meeting_id or met.json().get("id")
        if meeting_id is None:
            continue
        ((status, on, invited),) = await served.rows(MEETINGS, meeting_id)
        async with served.service.pool.connection() as connection:
            told = await (await connection.execute(REGISTER, {"protocol": ledger.protocol_id, "on": on})).fetchall()
        stored = [set(data["invited"]) for (data,) in await served.rows(HELD, f"meeting-{meeting_id}")]
        wanted = ledger.parties
        if set(invited) != wanted or {one for (one,) in told} != wanted or (holds and stored != [wanted]):
            wrong.append(f"round {number}: {status}, invited {invited}, in force {wanted}, told {told}")
            if count == CONTROL:
                break
    counted("I12, in office, left, met", outcomes, count)
    assert len(outcomes) > 2 or wrong, "one was always quicker"
    return wrong


@pytest.mark.clause("P50", "P81")
@pytest.mark.invariant("I12", "race")
async def test_register_and_invitations_agree_whoever_is_quicker(governance: Served) -> None:
    assert await meeting_races(governance, ROUNDS) == []


@pytest.mark.invariant("I12", "race")
async def test_without_the_lock_a_party_that_has_left_is_invited(
    bare_governance: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control run: convening and withdrawal do not wait for one another."""
    monkeypatch.setattr(api.meetings, "REGISTER", ())
    monkeypatch.setattr(api.protocols, "REGISTER", ())
    assert await meeting_races(bare_governance, CONTROL) != []


COMMITTED_OUT = """
select c.party, c.committed_on from views.commitments c join events.parties p using (party)
where p.protocol_id = %s and p.until <= c.committed_on
"""


async def later(request: Coroutine[Any, Any, httpx.Response], seconds: float) -> httpx.Response:
    await asyncio.sleep(seconds)
    return await request


async def money_races(served: Served, count: int) -> list[str]:
    """A commitment of a promoter against its own withdrawal from that day on; what was wrong."""
    wrong: list[str] = []
    outcomes: Counter[tuple[bool, bool]] = Counter()
    number = 0
    year = served.service.clock().year
    async for ledger in rounds(served, count):
        number += 1
        day = ledger.day.isoformat()
        promoter = f"promoter_{number}"
        joining = RegisterParty(protocol_id=ledger.protocol_id, party=promoter, role=PartyRole.PROMOTER, on=ledger.day)
        await done(served, Step(PROTOCOLS, ledger.protocol_id, joining))
        withdrawal = {"party": promoter, "effective_on": day, "on": day}
        leaves = served.client.post(f"/v1/protocols/{ledger.protocol_id}/withdrawals", json=withdrawal)
        money = {"party": promoter, "source": promoter, "amount": 100, "on": day}
        # A withdrawal takes longer to come to the register: in most rounds it has a start of some milliseconds.
        commits = later(served.client.post(f"/v1/plan-years/{year}/commitments", json=money), number % 5 * 0.002)
        left, gave = await asyncio.gather(*([leaves, commits] if number % 2 else [commits, leaves]))
        if not number % 2:
            left, gave = gave, left
        assert left.is_success or left.json()["code"] == "governance.party_committed", left.text
        assert gave.is_success or gave.json()["code"] == "governance.party_not_in_force", gave.text
        outcomes[left.is_success, gave.is_success] += 1
        if await served.rows(COMMITTED_OUT, ledger.protocol_id) or left.is_success == gave.is_success:
            wrong.append(f"round {number}: left {left.is_success}, gave {gave.is_success}")
            if count == CONTROL:
                break
    counted("I12, left, gave money", outcomes, count)
    assert len(outcomes) > 1 or wrong, "one was always quicker"
    return wrong


@pytest.mark.clause("P72", "P81")
@pytest.mark.invariant("I12", "race")
async def test_no_party_gives_money_to_a_plan_on_a_day_on_which_it_is_none(governance: Served) -> None:
    assert await money_races(governance, ROUNDS) == []


@pytest.mark.invariant("I12", "race")
async def test_without_the_lock_a_party_that_has_left_gives_money(
    bare_governance: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control run: commitment and withdrawal do not wait for one another."""
    monkeypatch.setattr(api.plan_years, "REGISTER", ())
    assert await money_races(bare_governance, CONTROL) != []
