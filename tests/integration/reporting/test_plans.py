"""What the figures cost, in what the database does rather than in time."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from insieme_events.store import Connection
from insieme_reporting import coordination, measuring
from insieme_reporting.measuring import Question
from insieme_reporting.testing import History
from insieme_reporting.versions import NEWEST

MEASURES = NEWEST.measures
SINCE, TO = date(2017, 6, 1), date(2021, 12, 31)


async def plan(connection: Connection, questions: list[Question]) -> str:
    explain = f"explain (costs off) {MEASURES.statement(questions)}".encode()
    rows = await (await connection.execute(explain, measuring.parameters(questions[0]))).fetchall()
    return "\n".join(line for (line,) in rows)


async def test_the_whole_table_reads_the_cases_and_the_links_once(facts: Any) -> None:
    await facts.fill(History())
    by_year = [Question(MEASURES.by_name[name], SINCE, TO, ("year",)) for name in coordination.BY_YEAR]
    parts = [Question(MEASURES.by_name[name], SINCE, TO, (by,)) for name, by in coordination.BROKEN_DOWN]
    found = await plan(facts.connection, [*by_year, *parts])
    for table in ("case_versions", "placement_link_versions", "vacancy_versions"):
        assert len(re.findall(rf" on {table}\b", found)) == 1, found


async def test_persons_are_joined_to_placements_without_a_nested_loop(facts: Any) -> None:
    """The planner takes thousands of latest versions for one row; with nested loops the figure takes seconds."""
    await facts.fill(History())
    question = Question(MEASURES.by_name["placements"], SINCE, TO, ("gender", "company_size", "distretto"))
    assert "Nested Loop" not in await plan(facts.connection, [question])
    await facts.connection.execute("set local enable_nestloop = on")
    assert "Nested Loop" in await plan(facts.connection, [question])
