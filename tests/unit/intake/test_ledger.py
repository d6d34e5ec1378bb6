"""The ledger confirms one intervention of a kind at a time, and blocks what another party does as well (P25, P48)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from insieme_events.contracts import Actor
from insieme_events.contracts.intake import SealedFieldsErased
from insieme_events.contracts.intake_interventions import (
    InterventionEnded,
    InterventionOverlapDetected,
    InterventionRegistered,
    OverlapOverridden,
    OverrideReason,
    RegionalMeasure,
)
from insieme_events.contracts.vocabulary import InterventionKind
from insieme_events.decider import RefusalKind
from insieme_events.testing import scenario
from insieme_events.testing.agreements import agreement
from insieme_intake.circumstances import IntakeCircumstances, LineFound, PersonFound
from insieme_intake.ledger import (
    LEDGER,
    EndIntervention,
    EraseInterventions,
    FollowEnd,
    OverrideOverlap,
    RegisterIntervention,
)
from insieme_intake.testing import PERSON, TODAY, circumstances

given = scenario(LEDGER, circumstances())
FIRST, SECOND = UUID(int=201), UUID(int=202)
APRIL, MAY, JUNE, JULY = (date(2021, month, 1) for month in (4, 5, 6, 7))
COURSE = InterventionKind.VOCATIONAL_TRAINING


def register(intervention_id: UUID = SECOND, party: str = "fondazione_san_petronio", **changes: Any) -> Any:
    values: dict[str, Any] = {
        "person_id": PERSON,
        "intervention_id": intervention_id,
        "kind": COURSE,
        "party": party,
        "starts_on": MAY,
        "ends_on": JULY,
        "on": APRIL,
    }
    return RegisterIntervention(**{**values, **changes})


def registered(intervention_id: UUID = FIRST, party: str = "regione", **changes: Any) -> InterventionRegistered:
    values: dict[str, Any] = {
        "person_id": PERSON,
        "intervention_id": intervention_id,
        "kind": COURSE,
        "party": party,
        "starts_on": MAY,
        "ends_on": JULY,
        "occurred_on": APRIL,
        "agreement_version": "2021.1",
    }
    return InterventionRegistered(**{**values, **changes})


BLOCKED = InterventionOverlapDetected(
    **registered(SECOND, "fondazione_san_petronio").model_dump(exclude={"by"}), overlaps=FIRST
)
ENDED = InterventionEnded(person_id=PERSON, intervention_id=FIRST, occurred_on=date(2021, 5, 20))


def as_role(role: str) -> IntakeCircumstances:
    return circumstances(actor=Actor(party="comune_bologna", role=role, purpose="case_work"))


@pytest.mark.clause("P25")
@pytest.mark.invariant("I8", "command")
def test_the_same_kind_by_another_party_on_one_of_the_same_days_is_blocked() -> None:
    given(registered()).when(register()).then(BLOCKED)
    last_day = register(starts_on=JULY, ends_on=date(2021, 9, 1))
    given(registered()).when(last_day).then_types(InterventionOverlapDetected)
    until_it_ends = register(starts_on=APRIL, ends_on=None)
    given(registered()).when(until_it_ends).then_types(InterventionOverlapDetected)


@pytest.mark.clause("P25", "P48")
@pytest.mark.invariant("I8", "command")
@pytest.mark.parametrize(
    "changes",
    [
        {"starts_on": date(2021, 7, 2), "ends_on": None},
        {"starts_on": date(2021, 3, 1), "ends_on": date(2021, 4, 30)},
        {"party": "regione"},
        {"kind": InterventionKind.INTERNSHIP},
        {"kind": InterventionKind.OTHER},
    ],
    ids=["after", "before", "same party", "complements", "no kind of the matrix"],
)
def test_other_days_the_same_party_and_another_kind_are_no_duplicate(changes: dict[str, Any]) -> None:
    given(registered()).when(register(**changes)).then_types(InterventionRegistered)


@pytest.mark.clause("P48")
def test_a_regional_measure_that_a_party_tells_of_is_on_the_ledger() -> None:
    told = register(party="regione", measure=RegionalMeasure.GOL)
    (event,) = given().when(told).then_types(InterventionRegistered)
    assert isinstance(event, InterventionRegistered)
    assert event.measure is RegionalMeasure.GOL
    given(event).when(register(FIRST)).then_types(InterventionOverlapDetected)


@pytest.mark.clause("P25")
def test_what_counts_as_the_same_stands_in_the_agreement() -> None:
    nothing_is_the_same = circumstances(agreements=(agreement(same_kinds=()),))
    given(registered()).under(nothing_is_the_same).when(register()).then_types(InterventionRegistered)


@pytest.mark.clause("P25")
def test_a_blocked_line_takes_no_days_and_an_ended_one_only_those_until_its_end() -> None:
    other = register(UUID(int=203), "comune_bologna")
    (event,) = given(registered(), BLOCKED, ENDED).when(other).then_types(InterventionOverlapDetected)
    assert isinstance(event, InterventionOverlapDetected)
    assert event.overlaps == FIRST
    later = other.model_copy(update={"starts_on": date(2021, 5, 21)})
    given(registered(), BLOCKED, ENDED).when(later).then_types(InterventionRegistered)
    never_began = InterventionEnded(person_id=PERSON, intervention_id=FIRST, occurred_on=date(2021, 4, 15))
    given(registered(), never_began).when(other).then_types(InterventionRegistered)


@pytest.mark.clause("P25")
def test_a_line_on_the_ledger_of_another_id_of_the_person_counts_too() -> None:
    elsewhere = circumstances(lines=(LineFound(FIRST, COURSE, "regione", MAY, JULY),))
    given().under(elsewhere).when(register()).then_types(InterventionOverlapDetected)


@pytest.mark.clause("P25")
@pytest.mark.invariant("I8", "command")
def test_only_a_named_role_lets_a_doubled_intervention_through_and_says_why() -> None:
    override = OverrideOverlap(intervention_id=SECOND, reason=OverrideReason.DIFFERENT_GOAL, on=MAY)
    doubled = given(registered(), BLOCKED)
    refused = doubled.under(as_role("operator")).when(override).then_refused("intake.override_role", clause="P25")
    assert refused.kind is RefusalKind.FORBIDDEN
    role = agreement().override_roles[0]
    event = OverlapOverridden(
        person_id=PERSON, intervention_id=SECOND, reason=OverrideReason.DIFFERENT_GOAL, occurred_on=MAY
    )
    doubled.under(as_role(role)).when(override).then(event)
    doubled.given(event).under(as_role(role)).when(override).then_nothing()
    third = register(UUID(int=203), "comune_bologna")
    doubled.given(event, ENDED).when(third).then_types(InterventionOverlapDetected)


@pytest.mark.clause("P25")
def test_a_confirmed_an_ended_and_an_unknown_line_cannot_be_overridden() -> None:
    override = OverrideOverlap(intervention_id=FIRST, reason=OverrideReason.AGREED_BY_BOTH, on=JUNE)
    given(registered()).when(override).then_refused("intake.intervention_not_blocked")
    given().when(override).then_refused("intake.intervention_unknown")
    gone = InterventionEnded(person_id=PERSON, intervention_id=SECOND, occurred_on=MAY)
    blocked = override.model_copy(update={"intervention_id": SECOND})
    given(registered(), BLOCKED, gone).when(blocked).then_refused("intake.intervention_over")


@pytest.mark.clause("P25")
def test_a_repeated_request_is_nothing_and_another_one_under_its_id_is_refused() -> None:
    given(registered()).when(register(FIRST, "regione")).then_nothing()
    given(registered()).when(register(FIRST, "regione", ends_on=None)).then_refused("intake.intervention_exists")


@pytest.mark.clause("P25")
def test_an_end_comes_once_and_waits_for_its_beginning_where_an_event_tells_it() -> None:
    day = ENDED.occurred_on
    given(registered()).when(EndIntervention(intervention_id=FIRST, on=day)).then(ENDED)
    given(registered(), ENDED).when(EndIntervention(intervention_id=FIRST, on=day)).then_nothing()
    given(registered(), ENDED).when(FollowEnd(intervention_id=FIRST, on=JUNE)).then_nothing()
    given(registered(), ENDED).when(EndIntervention(intervention_id=FIRST, on=JUNE)).then_refused(
        "intake.intervention_over"
    )
    assert (
        given().when(FollowEnd(intervention_id=FIRST, on=day)).then_refused("intake.intervention_not_yet_known").kind
        is RefusalKind.RETRY
    )
    given().when(EndIntervention(intervention_id=FIRST, on=day)).then_refused("intake.intervention_unknown")


@pytest.mark.clause("P25")
def test_who_is_not_known_yet_is_waited_for_and_whose_data_may_not_be_used_is_refused() -> None:
    unknown = given().under(circumstances(person=None)).when(register())
    assert unknown.then_refused("intake.person_not_yet_known").kind is RefusalKind.RETRY
    restricted = circumstances(person=PersonFound(restricted_on=APRIL))
    given().under(restricted).when(register()).then_refused("intake.restricted")
    given().under(circumstances(person=PersonFound(erased=True))).when(register()).then_refused("intake.erased")
    no_agreement = given().under(circumstances(agreements=())).when(register())
    assert no_agreement.then_refused("intake.agreement_unknown", clause="P62").kind is RefusalKind.RETRY


def test_the_dates_of_an_intervention_are_in_order() -> None:
    given().when(register(ends_on=APRIL)).then_refused("intake.intervention_dates", clause="P25")


def test_an_erased_ledger_says_nothing_of_the_person_and_takes_nothing() -> None:
    erased = SealedFieldsErased(person_id=PERSON, occurred_on=JULY)
    given(registered()).when(EraseInterventions(on=JULY)).then(erased)
    given(registered(), erased).when(EraseInterventions(on=TODAY)).then_nothing()
    given().when(EraseInterventions(on=JULY)).then_nothing()
    given(registered(), erased).when(register()).then_refused("intake.erased")
    given(registered(), erased).when(EndIntervention(intervention_id=FIRST, on=JULY)).then_types(InterventionEnded)
