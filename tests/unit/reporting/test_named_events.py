"""What a fact costs in a batch without any event that it names: nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from psycopg import sql

from insieme_events.contracts import intake
from insieme_events.projection import ProjectionDefinition, ProjectionHandler
from insieme_events.testing.projections import history
from insieme_reporting.v2.facts import DEFINITION

CASE = UUID(int=7)
UNNAMED = replace(DEFINITION, facts=tuple(replace(fact, events=()) for fact in DEFINITION.facts))
OF_VERSION_1 = {"case_versions", "reopening_versions", "interview_versions"}


class Asked:
    """A connection that answers nothing and keeps which tables were asked for their latest rows."""

    def __init__(self) -> None:
        self.tables: set[str] = set()

    async def execute(self, query: sql.Composed, parameters: Any) -> Asked:
        self.tables.update(re.findall(r'"(\w+_versions)"', query.as_string(None)))
        return self

    async def fetchall(self) -> list[Any]:
        return []


@pytest.mark.parametrize(
    ("definition", "more"),
    [
        (DEFINITION, set()),
        (UNNAMED, {"case_merge_versions", "follow_up_versions", "family_support_versions"}),
    ],
    ids=["as it is", "control: nothing named"],
)
async def test_a_batch_asks_only_for_facts_that_its_events_may_change(
    definition: ProjectionDefinition, more: set[str]
) -> None:
    event = intake.ReferentAssigned(case_id=CASE, person_id=CASE, referent_id=CASE, occurred_on=date(2019, 3, 4))
    connection: Any = Asked()
    await ProjectionHandler(definition).apply(connection, history(f"case-{CASE}", event, first=2))
    assert connection.tables == OF_VERSION_1 | more
