"""Ports on 127.0.0.1: fixed and movable for `make run`, free ones for tests."""

from __future__ import annotations

import os
import secrets
import socket

from insieme_local.errors import Code, LocalError

HOST = "127.0.0.1"
DRAWN_FROM = range(20_000, 32_000)
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
    """Different ports that nobody listens on now.

    Drawn by chance from below the range from which systems give ports to outgoing connections: between the look and
    the use nobody's client takes one, and two sessions at once hardly draw the same.
    """
    found: list[int] = []
    while len(found) < count:
        port = DRAWN_FROM.start + secrets.randbelow(len(DRAWN_FROM))
        if port not in found and not taken(port):
            found.append(port)
    return found
