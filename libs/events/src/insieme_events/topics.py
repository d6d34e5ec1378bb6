"""Topics as the catalogue says, and what only an administrator's client can tell: topic ids and their ends."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from insieme_events.catalogue import TopicSpec, topics

TIMEOUT = 15.0
PATIENCE = 3.0
"""Seconds in which a topic that was just made becomes known everywhere."""
NOT_THERE = (KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC, KafkaError._UNKNOWN_PARTITION)


class TopicError(Exception):
    """`topics.<rule>`: a topic is not as the catalogue has it; the sentence says what to do."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code


class TopicsUnreadable(TopicError):
    """`topics.unreadable`: Kafka answers, and gives no records."""

    def __init__(self, topic: str) -> None:
        super().__init__("topics.unreadable", f"{topic} could not be read to its end in time; is Kafka well?")


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """`generation` is Kafka's topic id: another one means that the topic was made anew. `ends` per partition are
    (first offset that is still there, offset of the next record)."""

    name: str
    generation: str
    ends: dict[int, tuple[int, int]]


def client(bootstrap: str) -> dict[str, Any]:
    """What every client of librdkafka is told. It would write lines of its own to standard error, where only ours
    belong; what goes wrong comes as an exception too.
    """
    return {"bootstrap.servers": bootstrap, "log_level": 0}


def apply(bootstrap: str, prefix: str) -> list[str]:
    """Makes the topics that are missing and answers their names. Raises TopicError where one has other partitions.

    Partitions are never changed: the key decides the partition, and order per key hangs on it.
    """
    admin = AdminClient(client(bootstrap))
    wanted = topics(prefix)
    there = admin.list_topics(timeout=TIMEOUT).topics
    missing = [spec for spec in wanted if spec.name not in there]
    for spec in wanted:
        if spec.name in there and len(there[spec.name].partitions) != spec.partitions:
            raise TopicError(
                "topics.partitions",
                f"{spec.name} has {len(there[spec.name].partitions)} partitions, the catalogue says {spec.partitions}; "
                "partitions are fixed for ever: this is another cluster's topic or somebody changed it",
            )
    if missing:
        _create(admin, missing)
    return [spec.name for spec in missing]


def _create(admin: AdminClient, missing: list[TopicSpec]) -> None:
    replication = 3 if len(admin.list_topics(timeout=TIMEOUT).brokers) >= 3 else 1
    made = admin.create_topics(
        [
            NewTopic(spec.name, num_partitions=spec.partitions, replication_factor=replication, config=spec.config)
            for spec in missing
        ],
        operation_timeout=TIMEOUT,
    )
    for future in made.values():
        try:
            future.result()
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise


def delete(bootstrap: str, prefix: str, name: str) -> None:
    """Deletes one topic of the catalogue with all that is in it. Raises TopicError where it is none or not there."""
    if name not in {spec.name for spec in topics(prefix)}:
        raise TopicError("topics.unknown", f"{name} is no topic of the catalogue; it is left alone")
    admin = AdminClient(client(bootstrap))
    try:
        admin.delete_topics([name], operation_timeout=TIMEOUT)[name].result()
    except KafkaException as error:
        if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
            raise
        raise TopicError("topics.missing", f"{name}: not there; run `insieme topics apply`") from error


def describe(bootstrap: str, names: list[str]) -> dict[str, TopicFacts]:
    """Generation and ends of these topics. Raises TopicError `topics.missing` where one is not there."""
    admin = AdminClient(client(bootstrap))
    described = _described(admin, names)
    consumer = Consumer({**client(bootstrap), "group.id": "insieme-describe", "enable.auto.commit": False})
    try:
        found: dict[str, TopicFacts] = {}
        for name, topic in described.items():
            ends = {partition.id: _ends(consumer, name, partition.id) for partition in topic.partitions}
            found[name] = TopicFacts(name, str(topic.topic_id), ends)
        return found
    finally:
        consumer.close()


def generations(bootstrap: str, names: list[str]) -> dict[str, str]:
    """Kafka's topic ids. Raises TopicError `topics.missing` where one is not there."""
    described = _described(AdminClient(client(bootstrap)), names)
    return {name: str(topic.topic_id) for name, topic in described.items()}


def _described(admin: AdminClient, names: list[str]) -> dict[str, Any]:
    """What the broker says of each topic. One that was made a moment ago may not be known yet: it is asked again."""
    deadline = time.monotonic() + PATIENCE
    while True:
        futures = admin.describe_topics(TopicCollection(names), request_timeout=TIMEOUT)
        try:
            return {name: future.result() for name, future in futures.items()}
        except KafkaException as error:
            if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                raise
            if time.monotonic() > deadline:
                missing = ", ".join(name for name, future in futures.items() if future.exception() is not None)
                raise TopicError("topics.missing", f"{missing}: not there; run `insieme topics apply`") from error
            time.sleep(0.2)


def _ends(consumer: Consumer, topic: str, partition: int) -> tuple[int, int]:
    """First offset and offset of the next record. A topic that was made a moment ago may have no leader yet."""
    deadline = time.monotonic() + TIMEOUT
    while True:
        try:
            low, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=TIMEOUT)
            return low, high
        except KafkaException as error:
            if error.args[0].code() != KafkaError.NOT_LEADER_FOR_PARTITION or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _ends_of_one(consumer: Consumer, bootstrap: str, topic: str) -> tuple[int, int]:
    try:
        return _ends(consumer, topic, 0)
    except KafkaException as error:
        if error.args[0].code() not in NOT_THERE:
            raise
        generations(bootstrap, [topic])  # raises the sentence that names it, unless it was only not known yet
        return _ends(consumer, topic, 0)


def _reader(bootstrap: str) -> dict[str, Any]:
    """A consumer that commits nothing and sees only what was committed, to the end."""
    return {
        **client(bootstrap),
        "group.id": "insieme-position",
        "enable.auto.commit": False,
        "isolation.level": "read_committed",
        "enable.partition.eof": True,
    }


def last_value(bootstrap: str, topic: str, window: int = 1000) -> bytes | None:
    """The value of the last committed record of a one-partition topic; None where it has none. Raises TopicError
    `topics.missing` where there is no such topic: a server that is away passes, this does not.

    Looks at the last `window` offsets first (some of them are transaction markers), then at all of them.
    """
    consumer = Consumer(_reader(bootstrap))
    try:
        low, high = _ends_of_one(consumer, bootstrap, topic)
        for start in dict.fromkeys((max(low, high - window), low)):
            value = _last_from(consumer, topic, start)
            if value is not None:
                return value
        return None
    finally:
        consumer.close()


def holds_records(bootstrap: str, topic: str) -> bool:
    """Whether any committed record is there: offsets also count aborted records and transaction markers."""
    ends = describe(bootstrap, [topic])[topic].ends
    places = [TopicPartition(topic, partition, low) for partition, (low, high) in ends.items() if high > low]
    consumer = Consumer(_reader(bootstrap))
    try:
        consumer.assign(places)
        deadline = time.monotonic() + 4 * TIMEOUT
        while places and time.monotonic() < deadline:
            message: Any = consumer.poll(1.0)
            if message is None:
                continue
            error = message.error()
            if error is None:
                return True
            if error.code() == KafkaError._PARTITION_EOF:
                places.pop()
            elif not error.retriable():
                raise KafkaException(error)
    finally:
        consumer.close()
    if places:
        raise TopicsUnreadable(topic)
    return False


def _last_from(consumer: Consumer, topic: str, start: int) -> bytes | None:
    consumer.assign([TopicPartition(topic, 0, start)])
    value: bytes | None = None
    deadline = time.monotonic() + 4 * TIMEOUT
    while time.monotonic() < deadline:
        message: Any = consumer.poll(1.0)
        if message is None:
            continue
        error = message.error()
        if error is None:
            value = message.value()
        elif error.code() == KafkaError._PARTITION_EOF:
            return value
        elif not error.retriable():
            raise KafkaException(error)
    raise TopicsUnreadable(topic)
