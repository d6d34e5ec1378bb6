"""Which errors pass by themselves: of the surroundings always, of single moments perhaps, all others never."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from enum import Enum

import psycopg
from psycopg_pool import PoolTimeout

from insieme_events.store import GONE, StoreError, VersionConflict
from insieme_events.vault import KeysUnavailable

MAY_PASS = (*GONE, PoolTimeout, KeysUnavailable, VersionConflict, OSError)
"""Every error that a second try may not meet."""

TRIES = 6
"""How often what passes perhaps is tried, with a pause that doubles, before it counts as a failure."""

# SQLSTATE classes of a server that is away, full or restarting: connection, resources, intervention, system.
SURROUNDINGS = ("08", "53", "57P", "58")


class Passing(Enum):
    """SURELY: waited for, however long. PERHAPS: tried TRIES times. NEVER: parked at once."""

    SURELY = "surely"
    PERHAPS = "perhaps"
    NEVER = "never"


def passing(error: BaseException) -> Passing:
    """A lost connection or a full disk is nobody's fault; a lock that is never free, or a stream that changes under
    every decision, may be the event's own."""
    match error:
        case psycopg.OperationalError(sqlstate=str(state)) if not state.startswith(SURROUNDINGS):
            return Passing.PERHAPS
        case StoreError():
            return Passing.NEVER if error.code == "events.too_large" else Passing.SURELY
        case OSError() if not isinstance(error, ConnectionError):
            return Passing.PERHAPS
        case VersionConflict():
            return Passing.PERHAPS
        case _ if isinstance(error, MAY_PASS):
            return Passing.SURELY
        case _:
            return Passing.NEVER


@dataclass
class Patience:
    """How often each thing failed in a row with what passes perhaps. Kept in memory: a new process, and a new owner of
    the partition, count from the start. What that means to operators stands in docs/operations/dead-letters.md."""

    misses: dict[Hashable, int] = field(default_factory=dict)

    def left(self, thing: Hashable) -> bool:
        return self.misses.get(thing, 0) + 1 < TRIES

    def missed(self, thing: Hashable, error: BaseException) -> None:
        if passing(error) is Passing.PERHAPS:
            self.misses[thing] = self.misses.get(thing, 0) + 1

    def met(self, thing: Hashable) -> None:
        self.misses.pop(thing, None)
