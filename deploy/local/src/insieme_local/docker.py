"""Rung 2: the same versions as containers, for tests, when asked for and when an engine answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

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
            for make in (_kafka, _postgres):
                container = make(self)
                self.containers.append(container)
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
        while self.containers:
            self.containers.pop().stop()

    def discard(self) -> None:
        self.stop()


def in_containers(where: Folders, why: str) -> DockerServers:
    """Servers in containers, on free ports of 127.0.0.1. Nothing is started yet."""
    broker, database = ports.free(2)
    kept = Secrets(where)
    url = f"postgresql://{SUPERUSER}:{kept.get('postgres')}@{ports.HOST}:{database}/postgres"
    return DockerServers("containers", why, f"{ports.HOST}:{broker}", url, kept)


def _kafka(servers: Servers) -> DockerContainer:
    from testcontainers.core.container import DockerContainer

    address = (ports.HOST, int(servers.bootstrap.rpartition(":")[2]))
    settings = {
        "NODE_ID": "1",
        "PROCESS_ROLES": "broker,controller",
        "LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093",
        "ADVERTISED_LISTENERS": f"PLAINTEXT://{servers.bootstrap}",
        "CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "LISTENER_SECURITY_PROTOCOL_MAP": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
        "GROUP_MIN_SESSION_TIMEOUT_MS": "1000",
        "AUTO_CREATE_TOPICS_ENABLE": "false",
        "LOG_RETENTION_MS": "-1",
    }
    container = DockerContainer(f"apache/kafka:{kafka_version()}")
    container.with_bind_ports("9092/tcp", address)  # type: ignore[arg-type] # docker takes (address, port)
    for name, value in settings.items():
        container.with_env(f"KAFKA_{name}", value)
    return container


def _postgres(servers: Servers) -> DockerContainer:
    from testcontainers.core.container import DockerContainer

    where = urlsplit(servers.admin_url)
    container = DockerContainer(f"postgres:{MAJOR}").with_command("postgres -c max_connections=200 -c jit=off")
    address = (ports.HOST, where.port)
    container.with_bind_ports("5432/tcp", address)  # type: ignore[arg-type] # docker takes (address, port)
    container.with_env("POSTGRES_PASSWORD", where.password or "")
    container.with_env("POSTGRES_INITDB_ARGS", "--locale=C --locale-provider=builtin --builtin-locale=C.UTF-8")
    return container
