"""A key that cannot be read is no erased person: nothing is written, and nobody turns into "unknown" (decision 10)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import httpx
import psycopg
import pytest
from tests.end_to_end.platform import Platform
from tests.end_to_end.privacy.canaries import Canary
from tests.end_to_end.privacy.journey import Journey
from tests.end_to_end.privacy.outages import (
    KEYS,
    PUT_KEY,
    Seen,
    journey_on,
    keys_away,
    keys_restored_empty,
    query,
    refusals,
    reporting_backs_off,
    see,
)

from insieme_local.servers import Servers

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]

KNOWN, WAITING, NEWCOMER = 1, 2, 3


@dataclass
class Outage:
    """`waiting` is the case whose events came while reporting could not read its key."""

    waiting: str
    before: Seen
    during: Seen
    after: Seen
    answers: dict[str, httpx.Response]


@pytest.fixture(scope="module")
def away(platform: Platform, servers: Servers) -> Outage:
    """Reporting loses the keys, then intake too."""

    async def run() -> Outage:
        async with journey_on(platform) as journey:
            known, waiting = Canary(KNOWN), Canary(WAITING)
            await journey.apply(known)
            await journey.settled()
            before = await see(platform)
            with keys_away(platform, servers, ["reporting"]):
                case_id = (await journey.apply(waiting)).case_id
                with keys_away(platform, servers, ["intake"]):
                    answers, _ = await asyncio.gather(refusals(journey, known), reporting_backs_off(platform, ""))
                    during = await see(platform)
            await journey.settled()
            return Outage(case_id, before, during, await see(platform), answers)

    return asyncio.run(run())


@pytest.fixture(scope="module")
def emptied(away: Outage, platform: Platform) -> Outage:
    """An event comes while reporting is stopped; then the key database is restored empty."""

    async def run() -> Outage:
        async with journey_on(platform) as journey:
            known, waiting = Canary(KNOWN + 3), Canary(WAITING + 3)
            await journey.apply(known)
            await journey.settled()
            before = await see(platform)
            await asyncio.to_thread(platform.services["reporting"].stop)
            case_id = (await journey.apply(waiting)).case_id
            with keys_restored_empty(platform):
                backing_off = asyncio.create_task(reporting_backs_off(platform, "KeysUnavailable"))
                await asyncio.to_thread(platform.start, "reporting")
                answers = await refusals(journey, known)
                await backing_off
                during = await see(platform)
                newcomer = Canary(NEWCOMER + 3).application()
                answers["newcomer"] = await journey.intake.post("/v1/applications", json=newcomer)
                during.keys = query(platform, "keys_owner", KEYS)
            await journey.settled()
            return Outage(case_id, before, during, await see(platform), answers)

    return asyncio.run(run())


@pytest.fixture(params=["away", "emptied"])
def outage(request: pytest.FixtureRequest) -> Outage:
    found: Outage = request.getfixturevalue(request.param)
    return found


def test_reporting_writes_nothing_and_parks_nothing(outage: Outage) -> None:
    assert outage.during.facts == outage.before.facts
    assert outage.during.case(outage.waiting) == []
    assert outage.during.parked == outage.before.parked == 0


def test_reads_go_on_and_nobody_is_unknown(outage: Outage) -> None:
    assert outage.during.enrolled == outage.before.enrolled
    assert outage.during.by_gender == outage.before.by_gender
    assert "unknown" not in {row["gender"] for row in outage.during.by_gender}


def test_what_needs_a_lost_key_is_refused_for_now_and_stores_nothing(away: Outage, emptied: Outage) -> None:
    for answer in (*away.answers.values(), *(a for name, a in emptied.answers.items() if name != "newcomer")):
        assert answer.status_code == 503, answer.text
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Retry-After"]
    assert {answer.json()["code"] for answer in away.answers.values()} == {"events.database_away"}
    assert {a.json()["code"] for name, a in emptied.answers.items() if name != "newcomer"} == {"keys.missing"}
    waited = 5  # PersonRegistered, NoticeGiven and the case's own: what the waiting one's application stored
    assert away.during.stored - away.before.stored >= waited
    assert away.after.stored == away.during.stored


def test_no_new_key_is_made_for_a_person_whose_key_is_lost(emptied: Outage) -> None:
    """Else what the old key sealed could never be opened again, restored key or not. A newcomer gets one."""
    assert emptied.answers["newcomer"].status_code == 201
    newcomer = emptied.answers["newcomer"].json()["person_id"]
    assert [str(key_id) for key_id, *_ in emptied.during.keys] == [newcomer]


def test_once_the_keys_are_back_everything_is_applied(outage: Outage) -> None:
    rows = outage.after.case(outage.waiting)
    assert rows
    assert "unknown" not in str(outage.after.facts)
    assert outage.after.parked == 0
    grown = sum(row["value"] for row in outage.after.enrolled) - sum(row["value"] for row in outage.before.enrolled)
    assert grown == (1 if outage.answers.keys() == {"assess", "apply", "erase", "identity"} else 2)


async def test_a_restored_key_of_an_erased_person_is_destroyed_before_intake_serves(platform: Platform) -> None:
    """Also what came back into the vault from a backup is gone again."""
    canary = Canary(9)
    async with journey_on(platform) as journey:
        person_id = (await journey.apply(canary)).person_id
        kept = restorable(platform, person_id)
        await journey.erase(canary)
        await journey.erased([canary])
        await asyncio.to_thread(platform.services["intake"].stop)
        restore(platform, kept)
        assert restorable(platform, person_id) == kept
        await asyncio.to_thread(platform.start, "intake")
        key, identity = restorable(platform, person_id)
        assert (key[1], identity) == (None, None)
        assert key[3] is not None
        await refused_for_ever(journey, canary)


Kept = tuple[tuple[object, ...], tuple[object, ...] | None]


def restorable(platform: Platform, person_id: str) -> Kept:
    """The person's rows of the key database and of the vault."""
    urls = platform.provisioned.urls
    with psycopg.connect(urls["keys_owner"]) as keys, psycopg.connect(urls["intake_owner"]) as intake:
        key = keys.execute(
            "select key_id, wrapped, made_at, destroyed_at from keys.keys where key_id = %s", (person_id,)
        ).fetchone()
        identity = intake.execute("select * from vault.identities where person_id = %s", (person_id,)).fetchone()
    assert key is not None
    return key, identity


def restore(platform: Platform, kept: Kept) -> None:
    key, identity = kept
    urls = platform.provisioned.urls
    with psycopg.connect(urls["keys_owner"]) as keys, psycopg.connect(urls["intake_owner"]) as intake:
        keys.execute("delete from keys.keys where key_id = %s", (key[0],))
        keys.execute(PUT_KEY, key)
        intake.execute("insert into vault.identities values (%s, %s, %s)", identity)


async def refused_for_ever(journey: Journey, canary: Canary) -> None:
    """The identity is nobody's, and the case takes no sealed value any more."""
    way = journey.ways[canary.number]
    async with journey.platform.client("intake") as intake:
        body = {"on": "2024-03-11", "band": "low", "instrument_version": "2024.1"}
        answer = await intake.get(f"/v1/persons/{way.person_id}/identity")
        assert (answer.status_code, answer.json()["code"]) == (404, "intake.person_unknown")
        answer = await intake.post(f"/v1/cases/{way.case_id}/assess-fragility", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "intake.erased")
