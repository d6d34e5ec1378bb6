"""Named points of the road at which a process under test ends or halts itself; nothing happens unless told.

`INSIEME_CRASH_POINT` names one, `INSIEME_CRASH_ON_PASSING` says at which passing of it (1 is the first), and
`INSIEME_CRASH_SIGNAL` what comes then: `KILL`, or `STOP`, after which the process sleeps until somebody sends SIGCONT.
A point stands next to the step that it cuts from the one before it; every step that commits has one on each side.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Point = Literal[
    "keys.before_commit",
    "keys.after_commit",
    "keys.before_destroying",
    "keys.after_destroying",
    "command.before_append",
    "command.after_append",
    "command.before_commit",
    "command.after_commit",
    "command.before_commit_again",
    "command.after_commit_again",
    "relay.after_lock",
    "relay.after_fencing",
    "relay.after_read",
    "relay.after_begin",
    "relay.before_position",
    "relay.before_commit",
    "relay.after_commit",
    "claim.before_commit",
    "claim.after_commit",
    "batch.before_fence",
    "batch.after_fence",
    "batch.after_effect",
    "batch.after_letters",
    "batch.before_commit",
    "batch.after_commit",
    "effect.before",
    "effect.after",
    "reaction.before_command",
    "reaction.before_cursor",
    "reaction.after_cursor",
    "reaction.after_commit",
    "reaction.nothing_before_commit",
    "reaction.nothing_after_commit",
    "reaction.parking_before_commit",
    "reaction.parking_after_commit",
    "reaction.passing_before_commit",
    "reaction.passing_after_commit",
    "letters.before_filing",
    "letters.after_filing",
    "release.before_commit",
    "release.after_commit",
    "release.void_before_commit",
    "release.void_after_commit",
    "projection.before_rows",
    "projection.after_rows",
    "projection.after_blanking",
    "versions.before_commit",
    "versions.after_commit",
    "rebuild.after_begin",
    "rebuild.after_clearing",
    "rebuild.before_rows",
    "rebuild.after_rows",
    "rebuild.before_sequences",
    "rebuild.after_sequences",
    "rebuild.after_indexes",
    "rebuild.after_blanking",
    "rebuild.before_leaving",
    "rebuild.before_cursors",
    "rebuild.after_cursors",
    "version_claim.before_commit",
    "version_claim.after_commit",
    "caught_up.before_commit",
    "verify.before_commit",
    "verify.after_commit",
    "flip.before_commit",
    "flip.after_commit",
    "retire.before_commit",
    "retire.after_commit",
    "retire.after_dropping",
    "refusal.before_commit",
    "answers.before_forgetting",
    "answers.after_forgetting",
]
"""All of them. tests/unit/events/test_crash_points.py counts them, and the steps that need one."""

SIGNALS = {"KILL": signal.SIGKILL, "STOP": signal.SIGSTOP}


@dataclass
class Armed:
    """The one point at which this process is to be cut short, and the passings that are left until then."""

    point: str
    passings: int
    signal: signal.Signals

    @classmethod
    def told(cls, environment: Mapping[str, str]) -> Armed | None:
        """What the environment says; None where it says nothing. Raises ValueError for a point that is not there."""
        point = environment.get("INSIEME_CRASH_POINT")
        if not point:
            return None
        if point not in get_args(Point):
            raise ValueError(
                f"crash_points.unknown: {point} is no crash point; name one of {', '.join(get_args(Point))}"
            )
        number = SIGNALS[environment.get("INSIEME_CRASH_SIGNAL", "KILL")]
        return cls(point, int(environment.get("INSIEME_CRASH_ON_PASSING", "1")), number)

    def passed(self, point: str) -> None:
        if point != self.point:
            return
        self.passings -= 1
        if self.passings == 0:
            os.kill(os.getpid(), self.signal)


_armed = Armed.told(os.environ)


def reached(point: Point) -> None:
    """Passes a point: one comparison, and nothing else, in every process that was not told of one."""
    if _armed is not None:
        _armed.passed(point)
