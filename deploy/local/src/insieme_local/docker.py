"""Rung 2: the same versions as containers, for tests, when asked for and when an engine answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from insieme_local import ports
from insieme_local.errors import Code, LocalError
from insieme_local.folders import Folders
from insieme_local.java import kafka_version
from insieme_local.kafka import Probe
from insieme_local.postgres import MAJOR, SUPERUSER, answers
from insieme_local.servers import Secrets, Servers
from insieme_local.waiting import wait_until

if TYPE_CHECKING:
    from testcontainers.core.container import DockerContainer

START_SECONDS = 300.0
"""The first start pulls two images."""


def engine_answers() -> bool:
    """Whether a container engine answers, and not only its client is installed."""
    try:
        import docker
    except ImportError:
        return False
    try:
        client = docker.from_env(timeout=5)
    except docker.errors.DockerException:
        return False
    try:
        return bool(client.ping())
    except (docker.errors.DockerException, OSError):
        return False
    finally:
        client.close()


@dataclass
class DockerServers(Servers):
    """Kafka and PostgreSQL in containers; they forget everything when they stop."""

    containers: list[DockerContainer] = field(default_factory=list)

    def start(self) -> None:
        """Start both and wait until both serve. On any trouble nothing is left running."""
        try:
            for container in self.containers:
                container.start()
            probe = Probe(self.bootstrap)
            if not wait_until(lambda: probe.answers() and answers(self.admin_url), START_SECONDS, every=0.2):
                raise LocalError(
                    Code.NOT_READY,
                    f"The containers did not serve within {START_SECONDS:.0f} s: look into `docker logs`, "
                    "or unset INSIEME_TEST_SERVERS to use local processes.",
                )
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        for container in reversed(self.containers):
            container.stop()


def in_containers(where: Folders, why: str) -> DockerServers:
    """Servers in containers, on free ports of 127.0.0.1. Nothing is started yet."""
    from testcontainers.core.container import DockerContainer

    broker, database = ports.free(2)
    kept = Secrets(where)
    password = kept.get("postgres")
    kafka = (
        DockerContainer(f"apache/kafka:{kafka_version()}")
        .with_bind_ports("9092/tcp", (ports.HOST, broker))  # type: ignore[arg-type] # docker takes (address, port)
        .with_env("KAFKA_NODE_ID", "1")
        .with_env("KAFKA_PROCESS_ROLES", "broker,controller")
        .with_env("KAFKA_LISTENERS", "PLAINTEXT://:9092,CONTROLLER://:9093")
        .with_env("KAFKA_ADVERTISED_LISTENERS", f"PLAINTEXT://{ports.HOST}:{broker}")
        .with_env("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER")
        .with_env("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@localhost:9093")
        .with_env("KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT")
        .with_env("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "1")
        .with_env("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "1")
        .with_env("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "1")
        .with_env("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0")
        .with_env("KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS", "1000")
        .with_env("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
        .with_env("KAFKA_LOG_RETENTION_MS", "-1")
    )
    postgres = (
        DockerContainer(f"postgres:{MAJOR}")
        .with_bind_ports("5432/tcp", (ports.HOST, database))  # type: ignore[arg-type] # docker takes (address, port)
        .with_env("POSTGRES_PASSWORD", password)
        .with_env("POSTGRES_INITDB_ARGS", "--locale=C --locale-provider=builtin --builtin-locale=C.UTF-8")
        .with_command("postgres -c max_connections=200 -c jit=off")
    )
    url = f"postgresql://{SUPERUSER}:{password}@{ports.HOST}:{database}/postgres"
    return DockerServers("containers", why, f"{ports.HOST}:{broker}", url, kept, containers=[kafka, postgres])
