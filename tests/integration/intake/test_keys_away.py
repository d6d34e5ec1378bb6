"""Without the key database nothing is stored, and nobody is taken for erased (decision 10)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import psycopg

from insieme_local.provision import Provisioned


async def test_a_key_that_is_missing_is_told_and_nothing_is_stored(
    bare_intake: Any, fresh_provisioned: Provisioned, somebody: Any
) -> None:
    told = await bare_intake.apply(somebody())
    path = f"/v1/cases/{told['case_id']}"
    shown = await bare_intake.get(path)
    async with await psycopg.AsyncConnection.connect(fresh_provisioned.urls["keys_owner"]) as keys:
        await keys.execute("delete from keys.keys")
    for send in (
        bare_intake.client.post(f"{path}/assess-autonomy", json={"level": "partial", "on": "2024-03-05"}),
        bare_intake.client.get(f"/v1/persons/{told['person_id']}/identity"),
    ):
        answer = await send
        assert (answer.status_code, answer.json()["code"]) == (503, "keys.missing")
        assert answer.headers["Retry-After"]
    assert await bare_intake.get(path) == shown


async def test_an_application_of_a_known_person_does_not_make_a_second_key(
    bare_intake: Any, fresh_provisioned: Provisioned, somebody: Any
) -> None:
    someone = somebody()
    told = await bare_intake.apply(someone)
    await bare_intake.command(told["case_id"], "close", exit_state="other", on="2024-03-20")
    async with await psycopg.AsyncConnection.connect(fresh_provisioned.urls["keys_owner"]) as keys:
        await keys.execute("delete from keys.keys")
        await keys.commit()
        body = someone.application(received_on="2024-04-02")
        await bare_intake.refused("/v1/applications", "keys.missing", 503, None, **body)
        counted = await (await keys.execute("select count(*) from keys.keys")).fetchone()
    assert counted == (0,)


async def test_a_key_database_that_is_away_is_waited_for(
    migrated: Provisioned,
    intake_on: Callable[..., Any],
    intake: Any,
    somebody: Any,
    stored: Callable[[], Awaitable[tuple[int, ...]]],
) -> None:
    told, before = await intake.apply(somebody()), None
    before = await stored()
    nowhere = "postgresql://intake@127.0.0.1:9/keys"
    async with intake_on(migrated, database_url_keys=nowhere) as cut_off:
        body = somebody().application()
        await cut_off.refused("/v1/applications", "events.database_away", 503, None, **body)
        assert (await cut_off.get(f"/v1/cases/{told['case_id']}"))["comune"] == "037006"
    assert await stored() == before
