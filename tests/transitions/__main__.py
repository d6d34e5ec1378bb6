"""`python -m tests.transitions [service ...]`: runs the aggregates' own tests and puts on record what they show."""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.transitions.watching import Transition

UNIT = Path("tests/unit")
OF_SERVICES = ("intake", "matching", "training", "funding", "governance")
OF_THEM_ALL = "demo"
"""The history of the demonstration goes through the aggregates of several services."""


class Recorder:
    """Stands in for the comparison with the record while the record is written."""

    def __init__(self) -> None:
        self.shown: dict[Transition, set[str]] = defaultdict(set)

    def note(self, test: str, seen: set[Transition]) -> None:
        for one in seen:
            self.shown[one].add(test)


def main(asked: list[str]) -> int:
    services = asked or list(OF_SERVICES)
    if unknown := sorted(set(services) - set(OF_SERVICES)):
        print(
            f"transitions: no aggregates in {', '.join(unknown)}; there are {', '.join(OF_SERVICES)}", file=sys.stderr
        )
        return 2
    recorder = Recorder()
    folders = [str(UNIT / one) for one in (*services, OF_THEM_ALL)]
    failed = pytest.main(["-q", "-p", "no:cacheprovider", *folders], [recorder])
    if failed:
        print("transitions: not written, because a test failed", file=sys.stderr)
        return int(failed)
    # Imported late: pytest has to see modules before they are, to rewrite what they assert.
    from tests.transitions.record import chosen, recorded, write

    others = {one: test for one, test in recorded().items() if one.service not in services}
    shown = {one: tests for one, tests in recorder.shown.items() if one.service in services}
    record = {**others, **chosen(shown, recorded())}
    changed = record != recorded()
    write(record)
    print(f"transitions: {len(record)} on record, {'written' if changed else 'nothing changed'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
