"""Ports on 127.0.0.1: fixed and movable for `make run`, free ones for tests."""

from __future__ import annotations

import os
import socket

from insieme_local.errors import Code, LocalError

HOST = "127.0.0.1"
HIGHEST = 65534
"""Kafka's controller listens one above Kafka's own port."""


def from_environment(variable: str, default: int) -> int:
    """The port that `variable` names, or the default. Raises `LocalError` when it is no port."""
    said = os.environ.get(variable, "").strip()
    if not said:
        return default
    if not said.isdecimal() or not 1 <= int(said) <= HIGHEST:
        raise LocalError(
            Code.PORT_INVALID, f"{variable} is `{said}`: give it a number from 1 to {HIGHEST}, or unset it."
        )
    return int(said)


def taken(port: int) -> bool:
    """Whether somebody listens there (a port in TIME_WAIT is free)."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def check_free(port: int, variable: str, what: str) -> None:
    """Raises `LocalError` naming the variable that moves the port, when it is taken."""
    if taken(port):
        raise LocalError(
            Code.PORT_TAKEN,
            f"Port {port} of {HOST}, which {what} needs, is taken: stop the program that listens there, "
            f"or choose another port with {variable}=NUMBER.",
        )


def free(count: int) -> list[int]:
    """Different ports that nobody listens on now."""
    probes = [socket.socket(socket.AF_INET, socket.SOCK_STREAM) for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
