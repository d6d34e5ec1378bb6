"""What `make run` runs, in this order, in one list: nothing else names the programs of the services."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from insieme_local import provision


@dataclass(frozen=True)
class Command:
    """A program that runs to its end. Without a service it is told everything (see `Provisioned.environment`)."""

    name: str
    line: tuple[str, ...]
    service: str | None = None
    owner: bool = False
    """Whether it connects as the owner of the database, to migrate it."""


@dataclass(frozen=True)
class Plan:
    """The programs of one run. `services` maps a service's name to the command line that serves it."""

    migrations: tuple[Command, ...]
    topics: Command
    services: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    attached: tuple[Command, ...] = ()
    """Run in the foreground of the terminal, one after the other, when everything serves."""


PLAN = Plan(
    migrations=tuple(
        Command(f"migrations of {name}", (f"insieme-{name}", "migrate"), service=name, owner=True)
        for name in provision.SERVICES
    ),
    topics=Command("topics", ("insieme", "topics", "apply")),
    services={name: (f"insieme-{name}", "serve") for name in provision.SERVICES},
    attached=(
        Command("demonstration", ("insieme-demo", "load")),
        Command("coordination table", ("insieme", "figures", "table")),
    ),
)


def program(line: tuple[str, ...]) -> list[str]:
    """The command line with its program's full path: beside this Python, unless it is a path already."""
    first = line[0] if Path(line[0]).is_absolute() else str(Path(sys.executable).parent / line[0])
    return [first, *line[1:]]
