"""What the ledger says against topics, facts and reactions, once everything has had its time: five counts."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import psycopg
from tests.chaos.traffic import ChaosLedger
from tests.end_to_end import oracle
from tests.end_to_end.oracle import Carried

from insieme_local.provision import Provisioned
from insieme_reporting.versions import NEWEST

CATCH_UP = 60.0
"""Seconds in which everything acknowledged has to arrive, once the fault is over. More is stuck."""
SUBSCRIPTIONS = {
    NEWEST.definition.subscription: ("reporting", ("intake", "matching")),
    "matching.in_charge": ("matching", ("intake",)),
    "matching.reactions": ("matching", ("intake",)),
    "intake.erasure": ("intake", ("intake",)),
    "reporting.persons": ("reporting", ("intake",)),
}
ANSWERING = ("intake", "matching", "reporting")
"""The services that run here and answer an erasure; each publishes its answer."""
INTAKE_STREAMS = ("case-", "person-", "referral-")


@dataclass
class Verdict:
    """How many acknowledged events are lost, doubled, out of order, or have not arrived; `other` is a wrong answer.

    `said` names the first of each kind.
    """

    lost: int = 0
    doubled: int = 0
    reordered: int = 0
    stuck: int = 0
    other: int = 0
    said: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "said"}

    def good(self) -> bool:
        return not any(self.counts().values())

    def add(self, kind: str, findings: Sequence[object], what: str) -> None:
        if findings:
            setattr(self, kind, getattr(self, kind) + len(findings))
            self.said.append(f"{kind}: {len(findings)} {what}, the first is {findings[0]}")


async def judge(made: Provisioned, ledger: ChaosLedger, seconds: float = CATCH_UP) -> Verdict:
    """Waits until every subscription has what was acknowledged, for at most so many seconds, and compares.

    Nothing may be under way: an event that nobody was told of is a command that was done twice.
    """
    verdict = Verdict()
    await _arrive(made, ledger, verdict, seconds)
    carried = [one for one in await oracle.in_topics(made, ANSWERING) if one.traceparent != FOREIGN]
    _compare(verdict, ledger, carried, await oracle.in_facts(made.urls["reporting"]))
    _erasures(verdict, ledger, carried)
    return verdict


FOREIGN = "foreign"
"""The traceparent of records that the rig's own foreign producer put there."""


async def _arrive(made: Provisioned, ledger: ChaosLedger, verdict: Verdict, seconds: float) -> None:
    end = time.monotonic() + seconds
    wanted = ledger.streams()
    for subscription, (service, contexts) in SUBSCRIPTIONS.items():
        mine = {s: n for s, n in wanted.items() if "matching" in contexts or s.startswith(INTAKE_STREAMS)}
        left = max(end - time.monotonic(), 0.5)
        try:
            await oracle.caught_up(made.urls[service], subscription, mine, left)
        except AssertionError as late:
            verdict.add("stuck", [str(late)], "subscriptions are late")
    while waiting := await _waiting(made, ledger):
        if time.monotonic() > end:
            verdict.add("stuck", waiting, "parked events or erasures that are not completed")
            return
        await asyncio.sleep(0.2)


async def _waiting(made: Provisioned, ledger: ChaosLedger) -> list[str]:
    """What is still parked, and which erasures intake has not completed."""
    found: list[str] = []
    for service in ("intake", "matching", "reporting"):
        async with await psycopg.AsyncConnection.connect(made.urls[service]) as connection:
            rows = await connection.execute("select subscription, stream, sequence, reason from events.dead_letters")
            found += [" ".join(map(str, row)) for row in await rows.fetchall()]
    streams = [f"person-{person}" for person in ledger.erased]
    async with await psycopg.AsyncConnection.connect(made.urls["intake"]) as connection:
        rows = await connection.execute(
            """select wanted from unnest(%s::text[]) as wanted where %s > (
                   select count(*) from events.events where stream = wanted and type = 'ErasureCompleted')""",
            (streams, len(ANSWERING)),
        )
        found += [f"{stream} is not erased" for (stream,) in await rows.fetchall()]
    return found


def _compare(verdict: Verdict, ledger: ChaosLedger, carried: Sequence[Carried], rows: Sequence[oracle.Row]) -> None:
    found = oracle.compare(ledger, carried, rows)
    verdict.add("lost", found.missing_in_topics, "acknowledged events are not on the topics")
    verdict.add("lost", found.missing_in_facts, "rows of facts are missing")
    verdict.add("doubled", found.repeated_in_topics, "events are on the topics twice")
    verdict.add("doubled", found.repeated_in_facts, "rows of facts are doubled")
    verdict.add("doubled", found.unasked_in_topics, "events were never acknowledged")
    verdict.add("doubled", found.unasked_in_facts, "rows of facts come from such events")
    verdict.add("reordered", found.disordered_in_topics, "places of the topics are out of order")
    verdict.add("reordered", found.misplaced_in_facts, "rows of facts are at another place")


def _erasures(verdict: Verdict, ledger: ChaosLedger, carried: Sequence[Carried]) -> None:
    """The effect of reactions: each service that runs answers each erasure once, and intake notes each answer once."""
    done = Counter(one.stream for one in carried if one.type == "ErasureCompleted")
    wanted = {f"person-{person}": len(ANSWERING) for person in ledger.erased}
    wanted |= {f"erasure_{service}-{p}": 1 for p in ledger.erased for service in ANSWERING if service != "intake"}
    verdict.add("lost", [stream for stream, count in wanted.items() if done[stream] < count], "erasures have no answer")
    doubled = [stream for stream, count in done.items() if count > wanted.get(stream, len(ANSWERING))]
    verdict.add("doubled", doubled, "erasures were answered twice")
