"""A job profile is the person's latest word, and is gone for good with the person (P31; GDPR art. 17)."""

from __future__ import annotations

from datetime import date

import pytest

from insieme_events.contracts.matching import (
    CefrLevel,
    HoursClass,
    JobProfileRegistered,
    JobProfileWithdrawn,
    LanguageSkill,
    ProfileWithdrawalReason,
    SealedFieldsErased,
)
from insieme_events.decider import RefusalKind
from insieme_events.testing import scenario
from insieme_matching.job_profile import JOB_PROFILE, EraseProfile, WithdrawJobProfile
from insieme_matching.testing import PERSON, profile_circumstances, register_profile

given = scenario(JOB_PROFILE, profile_circumstances())
REGISTERED = JobProfileRegistered(
    person_id=PERSON,
    profiles=("8.1.4.3.0",),
    comuni=("037006",),
    hours=(HoursClass.FULL_TIME,),
    licences=(),
    languages=(),
    occurred_on=date(2021, 2, 1),
)
WITHDRAW = WithdrawJobProfile(reason=ProfileWithdrawalReason.NOT_LOOKING, on=date(2021, 3, 1))
WITHDRAWN = JobProfileWithdrawn(
    person_id=PERSON, reason=ProfileWithdrawalReason.NOT_LOOKING, occurred_on=date(2021, 3, 1)
)
ERASE = EraseProfile(person_id=PERSON, on=date(2021, 4, 1))
GONE = SealedFieldsErased(person_id=PERSON, occurred_on=date(2021, 4, 1))


@pytest.mark.clause("P31")
def test_the_latest_profile_of_a_person_in_charge_counts() -> None:
    given().when(register_profile()).then(REGISTERED)
    twice = register_profile(
        profiles=("5.1.2", "5.1.2"),
        languages=(
            LanguageSkill(language="it", level=CefrLevel.A2),
            LanguageSkill(language="it", level=CefrLevel.B1),
        ),
        on=date(2021, 5, 1),
    )
    (event,) = given(REGISTERED).when(twice).then_types(JobProfileRegistered)
    assert isinstance(event, JobProfileRegistered)
    assert event.profiles == ("5.1.2",)
    assert event.languages == (LanguageSkill(language="it", level=CefrLevel.B1),)
    early = register_profile(on=date(2021, 1, 31))
    given(REGISTERED).when(early).then_refused("matching.before_profile", clause="P31")


@pytest.mark.clause("P31")
@pytest.mark.invariant("I7", "command")
def test_it_needs_a_person_in_charge() -> None:
    given().when(register_profile(on=date(2021, 1, 9))).then_refused("matching.not_in_charge", clause="P31")
    unheard = (
        given()
        .under(profile_circumstances(None))
        .when(register_profile())
        .then_refused("matching.person_unknown", clause="P31")
    )
    assert unheard.kind is RefusalKind.RETRY


@pytest.mark.clause("P31")
def test_it_is_withdrawn_and_may_come_back() -> None:
    given(REGISTERED).when(WITHDRAW).then(WITHDRAWN)
    given(REGISTERED, WITHDRAWN).when(WITHDRAW).then_nothing()
    given().when(WITHDRAW).then_refused("matching.profile_unknown")
    given(REGISTERED, WITHDRAWN).when(register_profile(on=date(2021, 3, 2))).then_types(JobProfileRegistered)


def test_of_an_erased_person_nothing_is_recorded_again() -> None:
    for history in ((), (REGISTERED,), (REGISTERED, WITHDRAWN)):
        given(*history).when(ERASE).then(GONE)
        given(*history, GONE).when(ERASE).then_nothing()
        given(*history, GONE).when(register_profile(on=date(2021, 5, 1))).then_refused("matching.person_erased")
        given(*history, GONE).when(WITHDRAW).then_refused("matching.person_erased")
