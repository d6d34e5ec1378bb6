"""What happens because a day has come: the Tavolo's clock, overdue requests, the end of the term (P54, P55, P80)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from insieme_events.testing.http import Served
from insieme_events.timers import Timers
from insieme_governance.timers import TIMERS

PROTOCOL = "select protocol_id::text from views.protocols where signed_on = '2021-03-03'"
CLOCKS = {"governance.terms", "governance.cadence", "governance.requests"}
"""Those of bodies and terms; the clocks of plans and of the study have tests of their own."""
TOLD = "select type, occurred_on::text, data::json from events.events where type = any(%s) order by position"


async def looked(served: Served, day: date) -> int:
    """One look of these timers, by a clock that stands on that day; how many steps were done."""
    service = served.service
    timers = [timer for timer in TIMERS if timer.name in CLOCKS]

    def clock() -> datetime:
        return datetime.combine(day, time(9), tzinfo=UTC)

    return await Timers("governance", timers, service.pool, service.commands, clock).once()


async def told(served: Served, *types: str) -> list[tuple[str, str, Any]]:
    return [(name, on, data) for name, on, data in await served.rows(TOLD, list(types))]


@pytest.mark.clause("P54", "P55")
@pytest.mark.invariant("I5", "clock")
async def test_the_tavolo_is_warned_and_missed_by_its_clock(governance: Served) -> None:
    kinds = ("MeetingCadenceWarned", "MeetingCadenceBreached", "MeetingRequestOverdue")
    assert await looked(governance, date(2017, 10, 22)) == 0
    assert await looked(governance, date(2017, 10, 23)) == 1
    assert await looked(governance, date(2017, 11, 22)) == 0
    assert await looked(governance, date(2017, 11, 23)) == 1
    assert await looked(governance, date(2017, 12, 23)) == 0
    found = await told(governance, *kinds)
    assert [(name, on, data.get("measure"), data["due_on"]) for name, on, data in found] == [
        ("MeetingCadenceWarned", "2017-10-23", None, "2017-11-22"),
        ("MeetingCadenceBreached", "2017-11-23", "calendar_months", "2017-11-22"),
        ("MeetingCadenceBreached", "2017-11-23", "rolling_days", "2017-11-22"),
    ]
    body_id = (await governance.get("/v1/bodies", kind="coordination_table"))["items"][0]["body_id"]
    await governance.post(f"/v1/bodies/{body_id}/requests", party="cna", on="2018-01-10")
    assert await looked(governance, date(2018, 2, 9)) == 0
    assert await looked(governance, date(2018, 2, 10)) == 1
    assert await looked(governance, date(2018, 2, 11)) == 0
    ((_, on, data),) = await told(governance, "MeetingRequestOverdue")
    assert (on, data["party"], data["due_on"]) == ("2018-02-10", "cna", "2018-02-09")
    parties = [row["party"] for row in await governance.get("/v1/parties", on="2017-11-10")]
    meeting: dict[str, Any] = {"body_id": body_id, "meets_on": "2017-11-10", "invited": parties, "on": "2017-11-01"}
    meeting_id = (await governance.post("/v1/meetings", **meeting))["id"]
    await governance.post(f"/v1/meetings/{meeting_id}/holding", 200, on="2017-11-10")
    compliance = await governance.get(f"/v1/bodies/{body_id}/compliance")
    assert {row["lifted_by"] for row in compliance["said"] if row["said"] != "warned"} == {meeting_id}
    assert compliance["next_due_on"] == "2018-05-10"


@pytest.mark.clause("P80")
@pytest.mark.invariant("I11", "clock")
async def test_the_end_of_the_term_is_warned_of_and_comes(governance: Served) -> None:
    ((protocol_id,),) = await governance.rows(PROTOCOL)
    for day in (date(2025, 3, 3), date(2025, 9, 3), date(2025, 12, 3), date(2026, 3, 4)):
        await looked(governance, day)
        assert await looked(governance, day) == 0
    found = await told(governance, "ProtocolExpiryWarned", "ProtocolExpired")
    assert [(name, on, data.get("months")) for name, on, data in found] == [
        ("ProtocolExpiryWarned", "2025-03-03", 12),
        ("ProtocolExpiryWarned", "2025-09-03", 6),
        ("ProtocolExpiryWarned", "2025-12-03", 3),
        ("ProtocolExpired", "2026-03-04", None),
    ]
    assert (await governance.get(f"/v1/protocols/{protocol_id}"))["status"] == "expired"
    late: dict[str, Any] = {"party": "cna", "ends_on": "2031-03-03", "on": "2026-03-04"}
    await governance.refused(f"/v1/protocols/{protocol_id}/renewal", "governance.out_of_term", clause="P79", **late)


@pytest.mark.clause("P80", "P81")
@pytest.mark.invariant("I11", "clock")
async def test_who_leaves_without_a_consent_completes_the_renewal_on_that_day(governance: Served) -> None:
    """Recorded after the term, all of it dated within: neither the notice of the end nor a timer decides."""
    ((protocol_id,),) = await governance.rows(PROTOCOL)
    path = f"/v1/protocols/{protocol_id}"
    await governance.post(f"{path}/renewal", party="uil", ends_on="2031-03-03", on="2025-10-01")
    for party in await governance.get("/v1/parties", on="2025-10-01"):
        if party["party"] != "cna":
            await governance.post(f"{path}/consents", party=party["party"], on="2025-10-06")
    await governance.post(f"{path}/withdrawals", party="cna", effective_on="2026-03-01", on="2025-11-03")
    # The day is behind us: the notice itself made the renewal whole, and there is nothing left for the timer.
    await looked(governance, date(2026, 3, 4))
    status = await governance.get(path)
    assert (status["status"], status["ends_on"], status["renewed_on"]) == ("in_force", "2031-03-03", "2026-03-01")
    ((_, on, data),) = await told(governance, "ProtocolRenewed")
    assert (on, len(data["consents"]), "cna" in data["consents"]) == ("2026-03-01", 13, False)
