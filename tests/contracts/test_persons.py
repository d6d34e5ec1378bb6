"""Which contexts tell of persons whom the programme serves, and whose answers to an erasure intake awaits."""

from __future__ import annotations

from importlib import import_module

from insieme_events.catalogue import CONTRACTS, PARTITIONS
from insieme_events.cli_subject_access import PORTS
from insieme_events.contracts.base import ErasureCompleted
from insieme_intake.erasure import AWAITED, ErasureAnswers

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


def test_no_two_services_name_a_stream_alike() -> None:
    """Who reads several services knows a stream by its name: a second one of that name would be a fork of the first."""
    heads: list[str] = []
    for context in PARTITIONS:
        aggregates = import_module(f"insieme_{context}.service").SERVICE.aggregates
        heads += {aggregate.decider.name for aggregate in aggregates}
    assert {head for head in heads if heads.count(head) > 1} == OF_IDS_OF_THEIR_OWN
