"""Every metric, declared once with its unit and its meaning; `docs/operations/metrics.md` is generated from here.

A name ends with its unit, a counter's with `_total` behind it. Labels hold names and numbers, never anything of a
person: no stream, no id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prometheus_client import Counter, Gauge, Histogram

LABELS = {
    "context": "the service whose store it is",
    "route": "the route's template",
    "outcome": "what became of it",
    "timer": "name of the timer, such as `governance.cadence`",
    "subscription": "name of the consumer group",
    "partition": "`topic/number`",
    "reason": "why it is parked: out_of_order, behind, forked, unreadable, unknown_type, failed, refused",
    "database": "name of the database that the session is connected to",
    "pid": "process id of the session's backend",
    "version": "a projection's version, such as `facts_1`",
}


@dataclass(frozen=True, slots=True)
class Declared:
    """One metric as an operator reads it: `name` as it is exposed, `kind` counter, gauge or histogram."""

    topic: str
    name: str
    kind: str
    unit: str
    meaning: str
    labels: tuple[str, ...]


DECLARED: list[Declared] = []
"""In the order of the page."""


def _declare(topic: str, name: str, kind: str, unit: str, meaning: str, labels: Sequence[str]) -> None:
    if not name.removesuffix("_total").endswith(f"_{unit}"):
        raise ValueError(f"metrics.unit: {name} does not end with its unit, {unit}")
    if unexplained := [label for label in labels if label not in LABELS]:
        raise ValueError(f"metrics.label: {name} has labels without a meaning: {', '.join(unexplained)}")
    DECLARED.append(Declared(topic, name, kind, unit, meaning, tuple(labels)))


def _counter(topic: str, name: str, unit: str, meaning: str, *labels: str) -> Counter:
    _declare(topic, name, "counter", unit, meaning, labels)
    return Counter(name.removesuffix("_total"), meaning, labels)


def _gauge(topic: str, name: str, unit: str, meaning: str, *labels: str) -> Gauge:
    _declare(topic, name, "gauge", unit, meaning, labels)
    return Gauge(name, meaning, labels)


def _histogram(topic: str, name: str, unit: str, meaning: str, *labels: str) -> Histogram:
    _declare(topic, name, "histogram", unit, meaning, labels)
    return Histogram(name, meaning, labels)


COMMANDS = _counter(
    "Commands", "insieme_commands_total", "commands", "Commands by route and outcome: `done`, or the code of the "
    "refusal", "route", "outcome",
)  # fmt: skip

TIMERS = _counter(
    "Commands",
    "insieme_timers_total",
    "timers",
    "Commands that a day gave rise to, by timer and outcome: `done`, `nothing` (another process was quicker), "
    "`refused` or `failed`",
    "timer",
    "outcome",
)
TIMERS_DUE = _gauge(
    "Commands",
    "insieme_timers_due_steps",
    "steps",
    "Steps that are due and not done, at the last look of this process, at most some 500; above 0 for longer than a "
    "look takes, a step is refused or fails and is tried again",
    "timer",
)
TIMERS_OLDEST = _gauge(
    "Commands",
    "insieme_timers_oldest_days",
    "days",
    "Days since the oldest step that is due and not done fell due; 0 where nothing is",
    "timer",
)

ERASURES_OVERDUE = _gauge(
    "Commands",
    "insieme_erasures_overdue_persons",
    "persons",
    "Persons whose erasure some service has not answered by the agreement's deadline; above 0 somebody must look",
)

RELAYED = _counter(
    "From the store to Kafka",
    "insieme_relayed_events_total",
    "events",
    "Events sent to the restricted topic",
    "context",
)
UNRELAYED_AGE = _gauge(
    "From the store to Kafka",
    "insieme_unrelayed_age_seconds",
    "seconds",
    "Age of the oldest event that no relay has sent, found in the store every 15 seconds; it rises whatever holds it "
    "up: no leader, Kafka away, an open writer",
    "context",
)
RELAY_LEADERS = _gauge(
    "From the store to Kafka",
    "insieme_relay_leaders",
    "leaders",
    "1 where the relay of this process leads, 0 where it stands by or tries to; the sum over a service's processes is "
    "1, also while the leader waits for Kafka",
    "context",
)

STORE_MISSING = _gauge(
    "From the store to Kafka",
    "insieme_store_missing_events",
    "events",
    "Events that Kafka has and the store has not, found when the relay began to lead; above 0 nothing is appended",
    "context",
)

CONSUMED = _counter(
    "From Kafka to an effect",
    "insieme_consumed_events_total",
    "events",
    "Events by what became of them: handled, passed_over (not wanted), ignored (came twice), parked, released, "
    "not_ours (the partition was lost meanwhile)",
    "subscription",
    "outcome",
)
LAG = _gauge(
    "From Kafka to an effect",
    "insieme_lag_events",
    "events",
    "Committed records of the partition that are not applied yet, transaction markers between them included; 0 at "
    "the end",
    "subscription",
    "partition",
)
LAG_SECONDS = _gauge(
    "From Kafka to an effect",
    "insieme_lag_seconds",
    "seconds",
    "Since when an event of the partition waits: since the recording of the first one that was read and is not "
    "applied, else since that of the last applied one; 0 at the end",
    "subscription",
    "partition",
)
HEARTBEAT = _gauge(
    "From Kafka to an effect",
    "insieme_consumer_heartbeat_timestamp_seconds",
    "seconds",
    "Unix time at which the consuming loop last turned with the partition fetched, also where there was nothing to "
    "read; it stands still where the handler hangs, the client hangs, or Kafka is away",
    "subscription",
    "partition",
)
BATCH_SECONDS = _histogram(
    "From Kafka to an effect", "insieme_batch_seconds", "seconds", "Duration of one applied batch", "subscription"
)

PARKED_EVENTS = _gauge("Dead letters", "insieme_parked_events", "events", "Events in the dead letters", "subscription")
PARKED_STREAMS = _gauge(
    "Dead letters", "insieme_parked_streams", "streams", "Streams that wait behind a dead letter", "subscription"
)
PARKED_AGE = _gauge(
    "Dead letters", "insieme_parked_age_seconds", "seconds", "Age of the oldest dead letter", "subscription"
)
PARKED_REASONS = _gauge(
    "Dead letters",
    "insieme_parked_by_reason_events",
    "events",
    "Events in the dead letters by the reason for which they are parked",
    "subscription",
    "reason",
)
PARKED_OVERDUE = _gauge(
    "Dead letters",
    "insieme_parked_overdue_streams",
    "streams",
    "Streams with a dead letter that is older than an hour: an alarm, somebody has to decide",
    "subscription",
)

REBUILD_PROCESSED = _gauge(
    "Rebuilds",
    "insieme_rebuild_processed_events",
    "events",
    "Records of the topics that the rebuild of this version has behind it",
    "version",
)
REBUILD_GOAL = _gauge(
    "Rebuilds",
    "insieme_rebuild_goal_events",
    "events",
    "Records of the topics when the rebuild of this version started; what came later it catches up with",
    "version",
)

OLDEST_WRITER_AGE = _gauge(
    "The database server",
    "insieme_oldest_writer_seconds",
    "seconds",
    "Age of the oldest open writer in any database of the server, which holds up every reader of the store; absent "
    "where nothing is open",
    "database",
    "pid",
)


def page() -> str:
    """The operators' page: one table per topic, in the order of declaration."""
    lines = [
        "# Metrics",
        "",
        "What `/metrics` of every service exposes. Generated from `insieme_events/metrics.py` by `make docs`; a test",
        "fails when the two differ. What to do about them stands in [Operating Insieme](../operations.md).",
    ]
    for topic in dict.fromkeys(one.topic for one in DECLARED):
        lines += ["", f"## {topic}", "", "| metric | kind | unit | labels | meaning |", "|---|---|---|---|---|"]
        for one in DECLARED:
            if one.topic == topic:
                labels = ", ".join(f"`{label}`" for label in one.labels) or "-"
                lines.append(f"| `{one.name}` | {one.kind} | {one.unit} | {labels} | {one.meaning} |")
    lines += ["", "## Labels", "", "| label | holds |", "|---|---|"]
    lines += [f"| `{name}` | {meaning} |" for name, meaning in LABELS.items()]
    return "\n".join(lines) + "\n"
