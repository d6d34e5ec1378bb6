"""An intervention that its service extends goes on; that another party does the same by then is seen (P25, I8)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from insieme_events.contracts import Actor
from insieme_events.contracts.intake import SealedFieldsErased
from insieme_events.contracts.intake_interventions import (
    InterventionEnded,
    InterventionExtended,
    InterventionOverlapDetected,
    InterventionRegistered,
    OverlapOverridden,
    OverrideReason,
)
from insieme_events.contracts.vocabulary import InterventionKind
from insieme_events.decider import RefusalKind
from insieme_events.testing import scenario
from insieme_events.testing.agreements import agreement
from insieme_intake.circumstances import LineFound
from insieme_intake.ledger import (
    LEDGER,
    FollowEnd,
    FollowExtension,
    OverrideOverlap,
    RegisterIntervention,
)
from insieme_intake.testing import PERSON, circumstances

pytestmark = pytest.mark.clause("P25")
given = scenario(LEDGER, circumstances())
OURS, THEIRS = UUID(int=201), UUID(int=202)
APRIL, MAY, JUNE = (date(2021, month, 1) for month in (4, 5, 6))
LAST_OF_JULY, LAST_OF_AUGUST = date(2021, 7, 31), date(2021, 8, 31)
STAGE = InterventionKind.INTERNSHIP


def line(intervention_id: UUID, party: str, starts_on: date, ends_on: date | None) -> InterventionRegistered:
    return InterventionRegistered(
        person_id=PERSON,
        intervention_id=intervention_id,
        kind=STAGE,
        party=party,
        starts_on=starts_on,
        ends_on=ends_on,
        occurred_on=APRIL,
        agreement_version="2021.1",
    )


MINE = line(OURS, "fondazione_san_petronio", MAY, LAST_OF_JULY)
AFTERWARDS = line(THEIRS, "regione", date(2021, 8, 1), date(2021, 10, 31))
EXTEND = FollowExtension(intervention_id=OURS, ends_on=LAST_OF_AUGUST, on=JUNE)


def extended(overlaps: UUID | None = None, ends_on: date = LAST_OF_AUGUST) -> InterventionExtended:
    return InterventionExtended(
        person_id=PERSON,
        intervention_id=OURS,
        ends_on=ends_on,
        overlaps=overlaps,
        agreement_version="2021.1",
        occurred_on=JUNE,
    )


def of_regione(starts_on: date, **changes: Any) -> RegisterIntervention:
    values: dict[str, Any] = {
        "person_id": PERSON,
        "intervention_id": THEIRS,
        "kind": STAGE,
        "party": "regione",
        "starts_on": starts_on,
        "ends_on": date(2021, 12, 31),
        "on": JUNE,
    }
    return RegisterIntervention(**{**values, **changes})


@pytest.mark.invariant("I8", "command")
def test_the_added_days_are_taken_from_then_on() -> None:
    august = of_regione(LAST_OF_AUGUST)
    given(MINE).when(august).then_types(InterventionRegistered)
    given(MINE).when(EXTEND).then(extended())
    given(MINE, extended()).when(august).then_types(InterventionOverlapDetected)
    given(MINE, extended()).when(of_regione(date(2021, 9, 1))).then_types(InterventionRegistered)


@pytest.mark.invariant("I8", "command")
@pytest.mark.parametrize("elsewhere", [False, True], ids=["on this ledger", "on the ledger of another id"])
def test_an_extension_into_the_days_of_another_party_is_seen_and_goes_on(elsewhere: bool) -> None:
    history = (MINE,) if elsewhere else (MINE, AFTERWARDS)
    found = LineFound(THEIRS, STAGE, "regione", AFTERWARDS.starts_on, AFTERWARDS.ends_on)
    known = circumstances(lines=(found,) if elsewhere else ())
    given(*history).under(known).when(EXTEND).then(extended(overlaps=THEIRS))
    until_then = EXTEND.model_copy(update={"ends_on": LAST_OF_JULY})
    given(*history).under(known).when(until_then).then_nothing()


def test_what_overlapped_before_is_no_news_of_the_extension() -> None:
    """Only the added days are looked at: the rest was judged when it was asked for."""
    ended_by_then = line(THEIRS, "regione", MAY, LAST_OF_JULY)
    given(MINE, ended_by_then).when(EXTEND).then(extended())
    nothing_is_the_same = circumstances(agreements=(agreement(same_kinds=()),))
    given(MINE, AFTERWARDS).under(nothing_is_the_same).when(EXTEND).then(extended())


@pytest.mark.invariant("I8", "command")
def test_a_doubled_extension_is_open_until_a_named_role_overrides_it() -> None:
    override = OverrideOverlap(intervention_id=OURS, reason=OverrideReason.AGREED_BY_BOTH, on=date(2021, 6, 4))
    doubled = given(MINE, AFTERWARDS, extended(overlaps=THEIRS))
    doubled.when(override).then_refused("intake.override_role", clause="P25")
    role = Actor(party="comune_bologna", role=agreement().override_roles[0], purpose="case_work")
    (event,) = doubled.under(circumstances(actor=role)).when(override).then_types(OverlapOverridden)
    doubled.given(event).under(circumstances(actor=role)).when(override).then_nothing()
    longer = FollowExtension(intervention_id=OURS, ends_on=date(2021, 9, 30), on=JUNE)
    doubled.given(event).when(longer).then(extended(overlaps=THEIRS, ends_on=date(2021, 9, 30)))
    again = doubled.given(event, extended(overlaps=THEIRS, ends_on=date(2021, 9, 30)))
    again.when(override).then_refused("intake.override_role", clause="P25")


def test_told_twice_late_or_before_its_beginning() -> None:
    given(MINE, extended()).when(EXTEND).then_nothing()
    earlier = EXTEND.model_copy(update={"ends_on": date(2021, 8, 15)})
    given(MINE, extended()).when(earlier).then_nothing()
    ended = InterventionEnded(person_id=PERSON, intervention_id=OURS, occurred_on=date(2021, 6, 30))
    given(MINE, ended).when(EXTEND).then_nothing()
    for history in ((), (AFTERWARDS,)):
        refused = given(*history).when(EXTEND).then_refused("intake.intervention_not_yet_known", clause="P25")
        assert refused.kind is RefusalKind.RETRY
    no_agreement = given(MINE).under(circumstances(agreements=())).when(EXTEND)
    assert no_agreement.then_refused("intake.agreement_unknown").kind is RefusalKind.RETRY


def test_the_request_that_comes_again_after_the_extension_is_still_nothing() -> None:
    again = RegisterIntervention(
        person_id=PERSON,
        intervention_id=OURS,
        kind=STAGE,
        party="fondazione_san_petronio",
        starts_on=MAY,
        ends_on=LAST_OF_JULY,
        on=APRIL,
    )
    given(MINE, extended()).when(again).then_nothing()


def test_an_early_end_frees_the_days_after_it_also_those_that_were_added() -> None:
    early = FollowEnd(intervention_id=OURS, on=date(2021, 6, 30))
    (ended,) = given(MINE, extended()).when(early).then_types(InterventionEnded)
    given(MINE, extended(), ended).when(of_regione(date(2021, 7, 1))).then_types(InterventionRegistered)
    given(MINE, extended(), ended).when(of_regione(date(2021, 6, 30))).then_types(InterventionOverlapDetected)


def test_of_somebody_erased_the_days_are_kept_and_nothing_is_compared() -> None:
    erased = SealedFieldsErased(person_id=PERSON, occurred_on=JUNE)
    given(MINE, AFTERWARDS, erased).when(EXTEND).then(extended())
