"""Which service passes which crash point, and which ones no fault of the rig reaches."""

from __future__ import annotations

from random import Random
from typing import get_args

from insieme_events.crash_points import Point

PUBLISHERS = ("intake", "matching")
HANDLERS = ("matching", "reporting")
ALL = ("intake", "matching", "reporting")

PASSED_BY: dict[str, tuple[str, ...]] = {
    "keys.": ("intake",),
    "command.": PUBLISHERS,
    "relay.": PUBLISHERS,
    "claim.": PUBLISHERS,
    "batch.": ALL,
    "effect.": HANDLERS,
    "projection.": ("reporting",),
    "reaction.": ("intake",),
    "versions.": ("reporting",),
    "version_claim.": ("reporting",),
    "answers.": ALL,
}
"""By the beginning of the point's name."""

ELSEWHERE: dict[str, str] = {
    "command.before_commit_again": "passed only behind a commit without an answer: the fault `commit_again`",
    "command.after_commit_again": "passed only behind a commit without an answer: the fault `commit_again`",
    "reaction.nothing_before_commit": "no reaction of the platform answers that there is nothing to do",
    "reaction.nothing_after_commit": "no reaction of the platform answers that there is nothing to do",
    "reaction.parking_before_commit": "no erasure is refused",
    "reaction.parking_after_commit": "no erasure is refused",
    "reaction.passing_before_commit": "passed only where records come before those that they follow",
    "reaction.passing_after_commit": "passed only where records come before those that they follow",
    "letters.before_filing": "passed only where an operator asks for something",
    "letters.after_filing": "passed only where an operator asks for something",
    "release.before_commit": "passed only where an operator lets a parked stream go on",
    "release.after_commit": "passed only where an operator lets a parked stream go on",
    "release.void_before_commit": "passed only where an operator asks for a letter that is gone",
    "release.void_after_commit": "passed only where an operator asks for a letter that is gone",
    "rebuild.after_begin": "passed only by a rebuild, which is a program of its own",
    "rebuild.after_clearing": "passed only by a rebuild, which is a program of its own",
    "rebuild.before_rows": "passed only by a rebuild, which is a program of its own",
    "rebuild.after_rows": "passed only by a rebuild, which is a program of its own",
    "rebuild.before_sequences": "passed only by a rebuild, which is a program of its own",
    "rebuild.after_sequences": "passed only by a rebuild, which is a program of its own",
    "rebuild.after_indexes": "passed only by a rebuild, which is a program of its own",
    "rebuild.after_blanking": "passed only by a rebuild, which is a program of its own",
    "rebuild.before_leaving": "passed only by a rebuild, which is a program of its own",
    "rebuild.before_cursors": "passed only by a rebuild, which is a program of its own",
    "rebuild.after_cursors": "passed only by a rebuild, which is a program of its own",
    "caught_up.before_commit": "passed only behind a rebuild",
    "verify.before_commit": "passed only where an operator verifies a version",
    "verify.after_commit": "passed only where an operator verifies a version",
    "flip.before_commit": "passed only where an operator promotes a version, or rolls it back",
    "flip.after_commit": "passed only where an operator promotes a version, or rolls it back",
    "retire.before_commit": "passed only where an operator retires a version",
    "retire.after_commit": "passed only where an operator retires a version",
    "retire.after_dropping": "passed only where an operator retires a version",
    "refusal.before_commit": "passed only where an operation on a version is refused",
}
AT_START = ("claim.", "versions.", "version_claim.", "answers.", "relay.after_lock", "relay.after_fencing")
"""Passed when a process starts: once, or once per partition."""


def passed_by(point: str) -> tuple[str, ...]:
    """The services that pass the point in their everyday work; none, where it is told elsewhere."""
    if point in ELSEWHERE:
        return ()
    return next((names for beginning, names in PASSED_BY.items() if point.startswith(beginning)), ())


def of_service(name: str) -> list[str]:
    return [point for point in get_args(Point) if name in passed_by(point)]


def passing(point: str, rng: Random) -> int:
    """Which passing of it: what is passed at a start, is passed once or a few times."""
    if point.startswith("claim."):
        return rng.randint(1, 5)
    if point.startswith(AT_START) or "destroying" in point or point.startswith("reaction."):
        return 1
    return rng.randint(1, 6)


def unknown() -> list[str]:
    """Declared points of which this module knows nothing."""
    return [point for point in get_args(Point) if not passed_by(point) and point not in ELSEWHERE]
