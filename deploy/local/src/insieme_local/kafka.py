"""One Apache Kafka broker, controller in the same process, on 127.0.0.1."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from insieme_local import folders, ports, processes
from insieme_local.folders import Folders
from insieme_local.java import java, kafka_jars
from insieme_local.parts import Part
from insieme_local.processes import Child

if TYPE_CHECKING:
    from confluent_kafka.admin import AdminClient

# One core's worth of compiler and collector: the broker shares two cores with everything else.
_LEAN = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true")
_ALLOWED = ("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED")
_SPEAKS_ONLY_OF_TROUBLE = (
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
)


def cluster_id() -> str:
    """A new one, never with a hyphen in front: one in 64 has it, and the command line takes it for an option."""
    while True:
        drawn = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not drawn.startswith("-"):
            return drawn


@dataclass
class Kafka(Part):
    """The broker of one run. `session_timeout_ms` is how long a killed broker's session outlives it: its next start
    waits for that."""

    folders: Folders
    port: int
    controller_port: int
    heap: str = "512m"
    session_timeout_ms: int = 3000
    name: str = "kafka"
    patience: ClassVar[float] = 90.0
    _jars: list[Path] = field(default_factory=list, init=False)
    _probe: Probe | None = field(default=None, init=False)

    @property
    def bootstrap(self) -> str:
        return f"{ports.HOST}:{self.port}"

    @property
    def data(self) -> Path:
        return self.folders.kafka / "data"

    def prepare(self) -> None:
        """Fetch the jars, write the settings, format the log folder: each only when it is not there yet, or half."""
        self._jars = kafka_jars(self.folders.logs, self.folders.records)
        self.folders.kafka.mkdir(parents=True, exist_ok=True)
        (self.folders.kafka / "server.properties").write_text(self._settings())
        folders.discard_half_written(self.data)
        if folders.complete(self.data):
            return
        processes.run(
            "kafka-format",
            self._java("-Xmx128m", main="kafka.tools.StorageTool", arguments=("format", "-t", cluster_id(), "-c")),
            log=self.folders.logs / "kafka-format.log",
            records=self.folders.records,
            seconds=60,
        )
        (self.data / folders.MARKER).touch()

    def spawn(self) -> Child:
        """Start the process, without waiting for it."""
        self.child = processes.start(
            "kafka",
            self._java(f"-Xmx{self.heap}", f"-Xms{self.heap}", main="kafka.Kafka"),
            log=self.folders.logs / "kafka.log",
            records=self.folders.records,
            directory=self.folders.kafka,
        )
        return self.child

    def ready(self) -> bool:
        """Whether the broker answers and takes part in its cluster."""
        if self._probe is None:
            self._probe = Probe(self.bootstrap)
        return self._probe.answers()

    def _java(self, *options: str, main: str, arguments: tuple[str, ...] = ()) -> list[str | Path]:
        path = ":".join(str(jar) for jar in self._jars)
        properties = self.folders.kafka / "server.properties"
        return [
            java(),
            *options,
            *_LEAN,
            *_ALLOWED,
            *_SPEAKS_ONLY_OF_TROUBLE,
            "-cp",
            path,
            main,
            *arguments,
            properties,
        ]

    def _settings(self) -> str:
        # The quorum is named by address and not stored by the format, so that the ports can be moved later.
        settings: dict[str, Any] = {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@{ports.HOST}:{self.controller_port}",
            "listeners": f"PLAINTEXT://{ports.HOST}:{self.port},CONTROLLER://{ports.HOST}:{self.controller_port}",
            "advertised.listeners": f"PLAINTEXT://{ports.HOST}:{self.port}",
            "controller.listener.names": "CONTROLLER",
            "log.dirs": self.data,
            "auto.create.topics.enable": "false",
            "log.retention.ms": -1,
            "default.replication.factor": 1,
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 4,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "transaction.state.log.num.partitions": 4,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            "group.initial.rebalance.delay.ms": 0,
            "group.min.session.timeout.ms": 1000,
            "broker.session.timeout.ms": self.session_timeout_ms,
            "broker.heartbeat.interval.ms": self.session_timeout_ms // 5,
            "num.network.threads": 2,
            "num.io.threads": 4,
            "log.cleaner.dedupe.buffer.size": 16 * 1024**2,
            "log.index.size.max.bytes": 1024**2,
            "log.segment.delete.delay.ms": 1000,
        }
        return "".join(f"{name}={value}\n" for name, value in settings.items())


class Probe:
    """Asks a broker, from outside, whether it takes part in its cluster."""

    def __init__(self, bootstrap: str) -> None:
        from confluent_kafka.admin import AdminClient

        self._admin: AdminClient = AdminClient(
            {
                "bootstrap.servers": bootstrap,
                "reconnect.backoff.ms": 50,
                "reconnect.backoff.max.ms": 100,
                "log_level": 0,
            }
        )

    def answers(self) -> bool:
        from confluent_kafka import KafkaException

        try:
            return len(self._admin.list_topics(timeout=0.3).brokers) > 0
        except KafkaException:
            return False
