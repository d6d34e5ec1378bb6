"""Every figure can be explained: what its listing names adds up to it; and an erasure leaves every total as it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from tests.integration.reporting.story_of_every_stream import story

from insieme_events.contracts import intake, training
from insieme_events.envelope import Stored
from insieme_events.projection import fold
from insieme_reporting import measuring
from insieme_reporting.measure import Value
from insieme_reporting.measuring import Question
from insieme_reporting.testing import History
from insieme_reporting.versions import NEWEST

MEASURES = NEWEST.measures
SINCE, TO = date(2017, 1, 1), date(2021, 12, 31)
BY_SEALED_VALUES = {"working_at_six_months_rate", "language_gain_rate", "course_priority_rate", "combined_paths"}
"""Figures that stand on a sealed value itself: whose value is erased is in neither number."""


async def answered(facts: Any, batch: int = 12) -> dict[str, list[dict[str, Any]]]:
    """The figure of every measure over the whole period, a few measures to a statement."""
    found: dict[str, list[dict[str, Any]]] = {}
    measures = MEASURES.measures
    for start in range(0, len(measures), batch):
        questions = [Question(one, SINCE, TO) for one in measures[start : start + batch]]
        answers = await measuring.answers(facts.connection, MEASURES, questions)
        found |= {question.measure.name: rows for question, rows in zip(questions, answers, strict=True)}
    return found


async def listed(facts: Any, measure: Any) -> Sequence[dict[str, Any]]:
    question = Question(measure, SINCE, TO)
    return await measuring.units(facts.connection, MEASURES, question, (date(1, 1, 1), ""), 10_000)


async def test_what_the_listing_of_a_figure_names_adds_up_to_it(facts: Any) -> None:
    await facts.fill(story())
    figures = await answered(facts)
    nothing = {name for name, (row,) in figures.items() if not (row.get("denominator") or row["value"])}
    assert len(nothing) < 35, sorted(nothing)
    for measure in MEASURES.measures:
        (row,), units = figures[measure.name], await listed(facts, measure)
        match measure.value:
            case Value.COUNT:
                assert len({unit["unit"] for unit in units}) == row["value"], measure.name
            case Value.SUM:
                assert sum(unit["amount"] for unit in units) == row["value"], measure.name
            case Value.DAYS:
                assert len(units) == row["count"], measure.name
            case Value.RATE:
                assert len({unit["unit"] for unit in units}) == row["denominator"], measure.name
            case Value.SHARE:
                assert sum(unit["numerator_amount"] for unit in units) == row["numerator"], measure.name
                assert sum(unit["denominator_amount"] for unit in units) == row["denominator"], measure.name
            case Value.COST:
                spent = [unit for unit in units if unit["amount"]]
                assert sum(unit["amount"] for unit in spent) == row["numerator"], measure.name
                assert len({unit["unit"] for unit in units if not unit["amount"]}) == row["denominator"], measure.name


def erasing_everybody(history: History) -> History:
    """The same history, with every stream that seals anything erased at its end."""
    persons = {(s.stream, p) for s in history.events if (p := getattr(s.event, "person_id", None)) is not None}
    for stream, person in sorted(persons, key=str):
        of = intake if stream.startswith(("case-", "ledger-")) else training
        if stream.startswith(("case-", "ledger-", "participation-")):
            history.record(stream, of.SealedFieldsErased(person_id=person, occurred_on=date(2021, 12, 1)))
    return history


@pytest.mark.invariant("I15", "replay")
async def test_an_erasure_of_everybody_leaves_every_total_as_it_was(facts: Any) -> None:
    history = story()
    await facts.fill(history)
    before = await answered(facts)
    known = len(history.events)
    erasing_everybody(history)
    await facts.fill(history.events[known:])
    after = await answered(facts)
    assert {name for name in before if before[name] != after[name]} <= BY_SEALED_VALUES
    assert set(await facts.by("placements", "gender")) <= {"not_yet_known", "unknown"}
    assert await facts.by("enrolled", "gender") == {"unknown": 2}
    assert set(await facts.by("family_support_offered", "support_kind")) == {"unknown"}


def test_the_events_that_a_fact_names_are_all_that_change_it() -> None:
    """An event that a fact wants and does not name would be lost on the way to it."""
    streams: dict[str, list[Stored]] = {}
    for stored in story():
        streams.setdefault(stored.stream, []).append(stored)
    compared = 0
    for fact in NEWEST.definition.facts:
        for stream, events in streams.items():
            of_fact = (fact.row.context, fact.row.stream_name)
            if (events[0].event.context, stream.rsplit("-", 5)[0]) != of_fact or not fact.events:
                continue
            rows, _ = fold(fact, {}, events)
            wanted, _ = fold(fact, {}, [stored for stored in events if fact.wants(stored.event)])
            assert rows == wanted, (fact.row.table, stream)
            compared += bool(rows)
    assert compared > 40
