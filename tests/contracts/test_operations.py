"""Every service answers for its dead letters; the processes without HTTP do not."""

from __future__ import annotations

from typing import Any

import pytest

from insieme_events.service import Role, ServiceDefinition, create_app
from insieme_intake.service import SERVICE as INTAKE
from insieme_matching.service import SERVICE as MATCHING
from insieme_reporting.service import SERVICE as REPORTING

pytestmark = pytest.mark.unit

NOTHING: Any = None
"""Settings are read when the application starts, and here it does not."""


@pytest.mark.parametrize("service", [INTAKE, MATCHING, REPORTING], ids=lambda service: service.name)
def test_every_service_answers_for_its_dead_letters(service: ServiceDefinition) -> None:
    paths = create_app(service, NOTHING, Role.HTTP).openapi()["paths"]
    assert {path.removeprefix("/v1/operations/dead-letters") for path in paths if "dead-letters" in path} == {
        "",
        "/export",
        "/retry",
        "/actions/{action_id}",
        "/{letter_id}",
        "/{letter_id}/retry",
        "/{letter_id}/skip",
        "/{letter_id}/edit",
    }
    assert not any("dead-letters" in path for path in create_app(service, NOTHING, Role.RELAY).openapi()["paths"])


def test_only_reporting_has_no_edit() -> None:
    assert [service.name for service in (INTAKE, MATCHING, REPORTING) if not service.edits_letters] == ["reporting"]
