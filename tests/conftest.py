"""What every test may ask for: real servers. A test that proves an invariant by a race is marked `race`."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

pytest_plugins = ["insieme_local.testing"]


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    for item in items:
        if any("race" in mark.args for mark in item.iter_markers("invariant")):
            item.add_marker(pytest.mark.race)
