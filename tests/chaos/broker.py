"""A broker of the rig's own that tells one half of its clients to come through a proxy."""

from __future__ import annotations

from dataclasses import dataclass, field

from insieme_local import ports
from insieme_local.kafka import Kafka
from insieme_local.servers import Servers


@dataclass
class ProxiedKafka(Kafka):
    """`door` is a second listener, whose clients are sent to `advertised`, the port of the proxy."""

    door: int = field(kw_only=True)
    advertised: int = field(kw_only=True)

    def _settings(self) -> str:
        """The last line of a name is the one that holds."""
        host = ports.HOST
        return super()._settings() + "".join(
            f"{name}={value}\n"
            for name, value in {
                "listeners": f"PLAINTEXT://{host}:{self.port},PROXIED://{host}:{self.door},"
                f"CONTROLLER://{host}:{self.controller_port}",
                "advertised.listeners": f"PLAINTEXT://{host}:{self.port},PROXIED://{host}:{self.advertised}",
                "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "inter.broker.listener.name": "PLAINTEXT",
            }.items()
        )


def proxied(servers: Servers) -> ProxiedKafka:
    """Gives the servers, not yet started, a broker with a door for the proxy."""
    kafka = servers.kafka
    assert kafka is not None
    door, advertised = ports.free(2)
    made = ProxiedKafka(
        kafka.folders,
        kafka.port,
        kafka.controller_port,
        heap=kafka.heap,
        session_timeout_ms=kafka.session_timeout_ms,
        door=door,
        advertised=advertised,
    )
    servers.kafka = made
    return made
