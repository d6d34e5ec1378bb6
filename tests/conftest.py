"""What every test may ask for: real servers. And in which order files are run by several processes."""

from itertools import chain, zip_longest
from pathlib import Path

import pytest

from insieme_events.process import settle_collector

pytest_plugins = ["insieme_local.testing"]

HEAVY = ("chaos", "end_to_end")
LIGHT = ("contracts", "unit")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that start every service in turn with those of one server, and the light ones last: two that are heavy
    wait for one another, and what is long is no process's last one."""
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    kinds: dict[str, list[list[pytest.Item]]] = {"heavy": [], "middle": [], "light": []}
    for path, tests in files.items():
        above = {parent.name for parent in path.parents}
        kind = "heavy" if above & set(HEAVY) else "light" if above & set(LIGHT) else "middle"
        kinds[kind].append(tests)
    turns = chain.from_iterable(zip_longest(kinds["heavy"], kinds["middle"], fillvalue=[]))
    items[:] = chain.from_iterable([*turns, *kinds["light"]])


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """As a service does at its start: what was imported and collected is not walked through again and again."""
    settle_collector()
