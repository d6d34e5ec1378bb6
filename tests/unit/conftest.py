"""Whatever a test of an aggregate brings about has to be on record, or the diagrams of docs/services were wrong."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from tests.transitions.record import complaint, recorded
from tests.transitions.watching import watched


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    with watched() as seen:
        result = yield
    recorders = [one for one in item.config.pluginmanager.get_plugins() if hasattr(one, "shown")]
    for recorder in recorders:
        recorder.note(item.nodeid, seen)
    if not recorders and (wrong := complaint(item.nodeid, seen, recorded())):
        pytest.fail(wrong, pytrace=False)
    return result
