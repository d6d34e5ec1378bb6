"""Eligibility follows from the recorded facts, suitability is a person's judgement (I7b; P15, P27-P29)."""

from __future__ import annotations

from datetime import date

import pytest

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.intake import (
    EligibilityAssessed,
    EmploymentStatus,
    StatusEvidence,
    SuitabilityAssessed,
    SuitabilityOutcome,
)
from insieme_events.contracts.vocabulary import FragilityBand
from insieme_events.testing import scenario
from insieme_intake.case import CASE
from insieme_intake.case.commands import AssessEligibility, AssessSuitability
from insieme_intake.testing import (
    ASSESSED,
    HELD,
    MODENA,
    OFFICER,
    applied,
    assessable,
    circumstances,
    closed,
    eligibility,
    enrolled,
    fragility,
    in_charge,
    interviewed,
    lives,
    of_case,
    status,
    suspended,
)

given = scenario(CASE, circumstances())
ASSESS = AssessEligibility(on=ASSESSED)
PROVED = status(evidence=StatusEvidence.DID, on=HELD)


def judge(
    outcome: SuitabilityOutcome = SuitabilityOutcome.IN_TARGET, handed_to: str | None = None, on: date = ASSESSED
) -> AssessSuitability:
    return AssessSuitability(on=on, outcome=outcome, assessor_id=OFFICER, handed_to=handed_to)


@pytest.mark.parametrize(
    "history", [assessable(), in_charge(), suspended()], ids=["interviewed", "in charge", "suspended"]
)
@pytest.mark.clause("P27", "P28", "P29")
@pytest.mark.invariant("I7", "command")
def test_who_meets_every_condition_is_eligible_for_sixty_days(history: tuple[DomainEvent, ...]) -> None:
    given(*history).when(ASSESS).then(eligibility())
    assert eligibility().valid_until == date(2021, 6, 14)


@pytest.mark.parametrize(
    ("facts", "unmet"),
    [
        ((fragility(),), ("P27",)),
        ((status(EmploymentStatus.EMPLOYED, StatusEvidence.CPI_CERTIFICATE, HELD), fragility()), ("P27",)),
        ((PROVED,), ("P28",)),
        ((PROVED, fragility(FragilityBand.LOW)), ("P28",)),
        ((PROVED, fragility(), lives(MODENA, HELD)), ("P29",)),
        ((lives(MODENA, HELD),), ("P27", "P28", "P29")),
    ],
)
@pytest.mark.clause("P27", "P28", "P29")
@pytest.mark.invariant("I7", "command")
def test_each_clause_that_is_not_met_is_named(facts: tuple[DomainEvent, ...], unmet: tuple[str, ...]) -> None:
    given(*interviewed(), *facts).when(ASSESS).then(eligibility(unmet=unmet))


@pytest.mark.parametrize("band", [FragilityBand.MEDIUM, FragilityBand.HIGH])
@pytest.mark.clause("P28")
@pytest.mark.invariant("I7", "command")
def test_the_band_must_reach_the_threshold(band: FragilityBand) -> None:
    given(*interviewed(), PROVED, fragility(band)).when(ASSESS).then(eligibility())


@pytest.mark.clause("P28")
def test_the_threshold_is_that_of_the_agreement_of_the_day() -> None:
    strict = tuple(a.model_copy(update={"fragility_threshold": FragilityBand.HIGH}) for a in circumstances().agreements)
    given(*assessable()).under(circumstances(agreements=strict)).when(ASSESS).then(eligibility(unmet=("P28",)))


def test_facts_count_as_of_the_day_of_the_assessment() -> None:
    found_work = status(EmploymentStatus.EMPLOYED, StatusEvidence.CPI_CERTIFICATE, date(2021, 4, 16))
    given(*assessable(), found_work).when(ASSESS).then(eligibility())
    later = date(2021, 4, 16)
    given(*assessable(), found_work).when(AssessEligibility(on=later)).then(eligibility(later, unmet=("P27",)))
    corrected = fragility(FragilityBand.LOW)
    given(*assessable(), corrected).when(ASSESS).then(eligibility(unmet=("P28",)))


@pytest.mark.parametrize("outcome", [o for o in SuitabilityOutcome if o is not SuitabilityOutcome.OUT_OF_TARGET])
@pytest.mark.clause("P15")
def test_suitability_is_what_a_person_judges(outcome: SuitabilityOutcome) -> None:
    """Also of somebody who was not found eligible: the two do not contain one another."""
    expected = of_case(SuitabilityAssessed, ASSESSED, outcome=outcome, assessor_id=OFFICER, handed_to=None)
    given(*interviewed()).when(judge(outcome)).then(expected)


@pytest.mark.clause("P15")
def test_who_is_out_of_target_is_handed_to_somebody() -> None:
    out = SuitabilityOutcome.OUT_OF_TARGET
    given(*interviewed()).when(judge(out)).then_refused("intake.handed_to_missing", clause="P15")
    (event,) = given(*interviewed()).when(judge(out, "associations")).then_types(SuitabilityAssessed)
    assert isinstance(event, SuitabilityAssessed)
    assert event.handed_to == "associations"


def test_nobody_is_judged_before_the_access_interview() -> None:
    for command in (ASSESS, judge()):
        given(*enrolled()).when(command).then_refused("intake.not_interviewed", clause="P24")
        early = command.model_copy(update={"on": date(2021, 4, 11)})
        given(*assessable()).when(early).then_refused("intake.date_too_early")


def test_eligibility_is_assessed_within_a_term_of_the_protocol() -> None:
    without = circumstances(agreements=())
    given(*assessable()).under(without).when(ASSESS).then_refused("intake.out_of_term", clause="P79")
    given(*assessable()).under(without).when(judge()).then_types(SuitabilityAssessed)


@pytest.mark.parametrize("command", [ASSESS, judge()], ids=["eligibility", "suitability"])
def test_only_a_running_case_is_assessed(command: AssessEligibility | AssessSuitability) -> None:
    given().when(command).then_refused("intake.case_unknown")
    given(*applied()).when(command).then_refused("intake.not_enrolled")
    given(*closed()).when(command).then_refused("intake.case_closed")


def test_an_assessment_may_be_made_again() -> None:
    given(*assessable(), eligibility()).when(ASSESS).then_types(EligibilityAssessed)
