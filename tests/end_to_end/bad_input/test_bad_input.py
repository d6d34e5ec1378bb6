"""What cannot be done is answered by a problem (RFC 9457): a code, a sentence, the clause; and nobody's data in it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import psycopg
import pytest
from psycopg import sql
from tests.end_to_end.bad_input import faulty
from tests.end_to_end.bad_input.bad import APPLY, BAD, BAND, CANARY, KEY, KNOWN, Bad
from tests.end_to_end.platform import Platform

from insieme_local import ports
from insieme_local.servers import Servers
from insieme_local.service import Service

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]

PERSONAL = CANARY.forms() | KNOWN.forms()
MEMBERS = {"type", "title", "status", "detail", "code"}
OPTIONAL = {"clause", "errors"}


@dataclass(frozen=True)
class Known:
    person: str
    case: str


@pytest.fixture(scope="module")
def known(platform: Platform) -> Known:
    """A person with an open case, enrolled under the Idempotency-Key that is used again."""

    async def enrol() -> Known:
        async with platform.client("intake") as intake:
            answer = await intake.post(APPLY, json=KNOWN.application(), headers={"Idempotency-Key": KEY})
            assert answer.status_code == 201, answer.text
            return Known(answer.json()["person_id"], answer.json()["case_id"])

    return asyncio.run(enrol())


def stored(platform: Platform) -> int:
    found = 0
    for name in ("intake", "matching"):
        with psycopg.connect(platform.provisioned.urls[f"{name}_owner"]) as connection:
            row = connection.execute("select count(*) from events.events").fetchone()
            found += row[0] if row is not None else 0
    return found


def personal(text: bytes) -> bool:
    """Whether anything of a canary's identity stands in it, in any spelling."""
    lower = text.lower()
    return any(form in lower for form in PERSONAL)


def check(answer: httpx.Response, status: int, code: str, clause: str | None) -> dict[str, object]:
    """A problem of that code, with a sentence and without anybody's data; answers its members."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json"), answer.text
    found: dict[str, object] = answer.json()
    assert MEMBERS <= found.keys() <= MEMBERS | OPTIONAL
    assert (found["code"], found.get("clause"), found["status"]) == (code, clause, status)
    assert found["type"] == f"urn:insieme:problem:{code}"
    detail = str(found["detail"])
    assert len(detail.split()) >= 4, f"no sentence: {detail}"
    assert detail[0].isupper() or detail[0].isdigit()
    assert detail.endswith(".")
    assert not personal(answer.content)
    assert not personal(str(answer.headers).encode())
    return found


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
async def test_a_bad_request_is_answered_by_a_problem(platform: Platform, known: Known, bad: Bad) -> None:
    before = stored(platform)
    async with platform.client(bad.service) as client:
        answer = await client.request(
            bad.method,
            bad.path.format(case=known.case, person=known.person),
            content=bad.content(),
            params=bad.query,
            headers={"Content-Type": "application/json", **bad.headers},
        )
    found = check(answer, bad.status, bad.code, bad.clause)
    errors = found.get("errors", [])
    assert isinstance(errors, list)
    if bad.pointer is not None:
        assert bad.pointer in [error["pointer"] for error in errors]
    assert all(error.keys() == {"pointer", "code", "detail"} for error in errors)
    assert stored(platform) == before
    assert not any(personal(log.encode()) for log in platform.logs().values())


async def test_an_unknown_breakdown_is_refused_and_not_ignored(platform: Platform) -> None:
    async with platform.client("reporting") as reporting:
        period = {"from": "2024-01-01", "to": "2024-12-31"}
        answer = await reporting.get("/v1/measures/placements", params={**period, "by": CANARY.last_name})
        check(answer, 422, "reporting.unknown_breakdown", None)
        answer = await reporting.get("/v1/measures/enrolled", params={**period, "by": "contract_class"})
        check(answer, 422, "reporting.unknown_breakdown", None)
        answer = await reporting.get(f"/v1/measures/{CANARY.last_name}", params=period)
        check(answer, 404, "reporting.unknown_measure", None)
        answer = await reporting.get("/v1/measures/enrolled", params={"from": "2024-12-31", "to": "2024-01-01"})
        check(answer, 422, "reporting.period", None)


async def test_a_database_that_is_away_is_said_and_the_same_request_may_be_sent_again(
    platform: Platform, known: Known, servers: Servers
) -> None:
    path = f"/v1/cases/{known.case}/assess-fragility"
    key = {"Idempotency-Key": "sent-while-away"}
    before = stored(platform)
    async with platform.client("intake") as intake:
        (database,) = [name for name in platform.provisioned.databases if name.startswith("insieme_intake")]
        with away(servers, database, "intake"):
            answers = await asyncio.gather(
                intake.post(path, json=BAND, headers=key),
                intake.post(APPLY, json=CANARY.application()),
                intake.get(f"/v1/cases/{known.case}"),
            )
            ready = await intake.get("/readyz")
        for answer in answers:
            check(answer, 503, "events.database_away", None)
            assert int(answer.headers["Retry-After"]) > 0
        assert (ready.status_code, ready.json()["ready"]) == (503, False)
        assert stored(platform) == before
        again = await intake.post(path, json=BAND, headers=key)
        # As a client does: the pool needs a moment to connect again, and says with 503 that it is worth trying.
        async with asyncio.timeout(120):
            while again.status_code == 503:
                check(again, 503, "events.database_away", None)
                await asyncio.sleep(0.5)
                again = await intake.post(path, json=BAND, headers=key)
        assert again.status_code == 200, again.text
    assert stored(platform) == before + 1
    assert not any(personal(log.encode()) for log in platform.logs().values())


@contextmanager
def away(servers: Servers, database: str, role: str) -> Iterator[None]:
    """The role's connections are cut and no new one is let in."""
    with psycopg.connect(servers.admin_url, autocommit=True) as admin:
        names = sql.Identifier(database), sql.Identifier(role)
        admin.execute(sql.SQL("revoke connect on database {} from {}").format(*names))
        try:
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and usename = %s",
                (database, role),
            )
            yield
        finally:
            admin.execute(sql.SQL("grant connect on database {} to {}").format(*names))


async def test_a_defect_is_answered_and_logged_without_what_it_quotes(platform: Platform) -> None:
    """The log names type and place, which is enough to mend it."""
    (port,) = ports.free(1)
    told = {**platform.provisioned.environment("intake"), "INSIEME_INTAKE_PORT": str(port)}
    process = Service("faulty", (sys.executable, faulty.__file__, "http"), port, told, platform.folders)
    platform.services["faulty"] = process
    await asyncio.to_thread(process.start)
    async with platform.client("faulty") as client:
        answer = await client.post("/v1/faulty", json=CANARY.application())
    check(answer, 500, "http.unforeseen", None)
    await asyncio.to_thread(process.stop)
    log = platform.logs()["faulty"]
    assert '"unforeseen"' in log
    assert log.count("LookupError") == 2, "ours, and the server's own line"
    assert "Traceback" not in log
    assert not personal(log.encode())


async def test_the_look_for_personal_data_finds_them(platform: Platform, known: Known) -> None:
    """The control: an answer that is meant to show a person."""
    async with platform.client("intake") as intake:
        answer = await intake.get(f"/v1/persons/{known.person}/identity")
    assert answer.status_code == 200
    assert personal(answer.content)
