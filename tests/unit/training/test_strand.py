"""Every event of training that speaks of a service names its strand (P30, I10), and what others may read of it."""

from __future__ import annotations

import pytest

from insieme_events.catalogue import CONTRACTS, Contract
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.training import CourseEvent, ErasureCompleted, ParticipationEvent, SealedFieldsErased
from insieme_events.contracts.training_participations import SectorChangeDeclared, SectorChangeRevoked
from insieme_events.contracts.vocabulary import Strand

OF_TRAINING = [contract for contract in CONTRACTS if contract.event.context == "training"]
NO_SERVICE: set[type[DomainEvent]] = {
    ErasureCompleted,
    SealedFieldsErased,
    SectorChangeDeclared,
    SectorChangeRevoked,
}
"""What a person declares, and an erasure, are no service to anybody."""


@pytest.mark.clause("P30")
@pytest.mark.invariant("I10", "property")
@pytest.mark.parametrize("contract", OF_TRAINING, ids=lambda contract: contract.name)
def test_every_event_of_a_service_names_its_strand(contract: Contract) -> None:
    fields = contract.event.model_fields
    if contract.event in NO_SERVICE:
        assert "strand" not in fields
        return
    assert fields["strand"].annotation is Strand
    assert fields["strand"].is_required()
    assert issubclass(contract.event, CourseEvent | ParticipationEvent)


@pytest.mark.parametrize("contract", OF_TRAINING, ids=lambda contract: contract.name)
def test_nothing_about_a_person_is_on_the_party_topic(contract: Contract) -> None:
    """Which course somebody attends may tell who somebody is (privacy.md 3.6)."""
    if contract.event.party_fields is not None:
        assert {"person_id", "participation_id", "company_id"}.isdisjoint(contract.event.party_fields)
        assert "strand" in contract.event.party_fields
