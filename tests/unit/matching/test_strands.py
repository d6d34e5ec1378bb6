"""Every event of matching that speaks of a service to a person or of money names its strand (I10, P30)."""

from __future__ import annotations

import pytest

from insieme_events.catalogue import CONTRACTS
from insieme_events.contracts.base import ErasureCompleted, SealedFieldsErased
from insieme_events.contracts.matching import CandidacyEvent, VacancyEvent

MATCHING = [contract.event for contract in CONTRACTS if contract.event.context == "matching"]


@pytest.mark.clause("P30")
@pytest.mark.invariant("I10", "property")
def test_events_of_persons_money_and_positions_name_their_strand() -> None:
    """A candidacy's strand is that of the vacancy that it names: those events were released without one."""
    assert "strand" in VacancyEvent.model_fields
    for event in MATCHING:
        fields = event.model_fields.keys()
        if issubclass(event, ErasureCompleted | SealedFieldsErased):
            continue
        if issubclass(event, CandidacyEvent):
            assert "vacancy_id" in fields
            continue
        if fields & {"person_id", "monthly_allowance", "reservation_id", "vacancy_id"} - {"vacancy_id"}:
            assert "strand" in fields, event.__name__


def test_the_rule_looks_at_many() -> None:
    assert sum("strand" in event.model_fields for event in MATCHING) > 25
