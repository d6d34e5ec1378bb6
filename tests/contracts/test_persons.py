"""Which contexts tell of persons whom the programme serves, and whose answers to an erasure intake awaits."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from pydantic import BaseModel

from insieme_events.catalogue import BY_TYPE, CONTRACTS, PARTITIONS
from insieme_events.cli_subject_access import PORTS
from insieme_events.contracts.base import ErasureCompleted
from insieme_events.subject_access import Part
from insieme_funding.api.rights import EXAMPLE as FUNDING
from insieme_intake.api import examples as intake
from insieme_intake.erasure import AWAITED, ErasureAnswers
from insieme_matching.api.rights import EXAMPLE as MATCHING
from insieme_reporting import examples as reporting
from insieme_training.api.rights import EXAMPLE as TRAINING

EXAMPLES = (intake.PERSON_DATA, MATCHING, TRAINING, FUNDING, reporting.PERSON_DATA)

PERSONS = {contract.event.context for contract in CONTRACTS if "person_id" in contract.event.model_fields}
OF_IDS_OF_THEIR_OWN = {"participation"}
"""Heads that two services use: intake names the stream by person and operation, training by an id it makes."""


def test_governance_alone_holds_nobody_of_the_programme() -> None:
    """Its office holders are ids that the parties gave (decision 24)."""
    assert PARTITIONS.keys() - PERSONS == {"governance"}
    assert PORTS.keys() == PERSONS


def test_intake_awaits_and_hears_whoever_holds_persons() -> None:
    assert set(AWAITED) == PERSONS
    answers = {each.event for each in CONTRACTS if issubclass(each.event, ErasureCompleted)}
    assert {event.context for event in ErasureAnswers.types} == PERSONS - {"intake"}
    assert ErasureAnswers.types == {event for event in answers if event.context != "intake"}


@pytest.mark.parametrize("part", EXAMPLES, ids=lambda part: part["service"])
def test_the_events_of_a_documented_part_are_events(part: dict[str, Any]) -> None:
    """Every field of the contract stands there, and no other; beside the four that say where the event stands."""
    for shown in part["events"]:
        told = {name: value for name, value in shown.items() if name not in Record.model_fields}
        contract = BY_TYPE[f"it.insiemeperillavoro.{part['service']}.{shown['type']}.v1"].event
        assert contract.model_validate(told).model_dump(mode="json").keys() == told.keys()
    assert part.keys() >= Part.model_fields.keys()


class Record(BaseModel):
    stream: str
    sequence: int
    type: str
    recorded_at: str


def test_no_two_services_name_a_stream_alike() -> None:
    """Who reads several services knows a stream by its name: a second one of that name would be a fork of the first."""
    heads: list[str] = []
    for context in PARTITIONS:
        aggregates = import_module(f"insieme_{context}.service").SERVICE.aggregates
        heads += {aggregate.decider.name for aggregate in aggregates}
    assert {head for head in heads if heads.count(head) > 1} == OF_IDS_OF_THEIR_OWN
