"""A course is of exactly one strand, and each strand has its own rules (P36, P38, P40, P41)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from insieme_events.contracts.training_courses import (
    CourseCancelled,
    CourseCancelReason,
    CoursePlanned,
    CourseProposed,
    Delivery,
    ModuleKind,
)
from insieme_events.contracts.vocabulary import Strand
from insieme_events.testing import scenario
from insieme_events.testing.agreements import agreement
from insieme_training.course import COURSE
from insieme_training.course.commands import CancelCourse, ProposeCourse
from insieme_training.testing import COURSE_ID, course_circumstances, plan_course, planned

given = scenario(COURSE, course_circumstances())
BASIC, TARGETED, EXPERIMENTAL = Strand.TRAINING_BASIC, Strand.TRAINING_TARGETED, Strand.TRAINING_EXPERIMENTAL
PROPOSE = ProposeCourse(
    course_id=COURSE_ID, strand=EXPERIMENTAL, course_code="logistics", profile="8.1.4", on=date(2021, 2, 1)
)
PROPOSED = CourseProposed(
    course_id=COURSE_ID,
    strand=EXPERIMENTAL,
    by_party="cna_bologna",
    course_code="logistics",
    profile="8.1.4",
    occurred_on=date(2021, 2, 1),
)


@pytest.mark.clause("P36", "P30")
@pytest.mark.invariant("I10", "command")
@pytest.mark.parametrize("strand", [BASIC, TARGETED, EXPERIMENTAL])
def test_a_course_is_planned_for_one_of_the_three_strands(strand: Strand) -> None:
    (event,) = given().when(plan_course(strand)).then_types(CoursePlanned)
    assert event == planned(strand)
    given(planned(strand)).when(plan_course(strand)).then_refused("training.course_already_planned", clause="P36")


@pytest.mark.clause("P36")
@pytest.mark.parametrize("strand", [s for s in Strand if s not in (BASIC, TARGETED, EXPERIMENTAL)])
def test_no_other_strand_has_courses(strand: Strand) -> None:
    command = plan_course().model_copy(update={"strand": strand})
    given().when(command).then_refused("training.strand", clause="P36")
    given().when(PROPOSE.model_copy(update={"strand": strand})).then_refused("training.strand", clause="P36")


@pytest.mark.clause("P38")
def test_2a_names_one_of_five_modules_and_no_other_strand_has_any() -> None:
    assert len(ModuleKind) == 5
    given().when(plan_course(BASIC, module_kind=None)).then_refused("training.module_missing", clause="P38")
    for strand in (TARGETED, EXPERIMENTAL):
        elsewhere = plan_course(strand, module_kind="safety")
        given().when(elsewhere).then_refused("training.module_elsewhere", clause="P38")


@pytest.mark.clause("P38")
def test_an_individual_course_is_for_one_person() -> None:
    individual = {"module_kind": ModuleKind.SKILLS_ASSESSMENT, "delivery": Delivery.INDIVIDUAL}
    given().when(plan_course(BASIC, **individual, seats=1)).then(planned(BASIC, **individual, seats=1))
    given().when(plan_course(BASIC, **individual, seats=2)).then_refused("training.individual_seats", clause="P38")


@pytest.mark.clause("P36", "P40")
@pytest.mark.parametrize("strand", [TARGETED, EXPERIMENTAL])
def test_2b_and_2c_prepare_for_a_profile(strand: Strand) -> None:
    given().when(plan_course(strand, profile=None)).then_refused("training.profile_missing", clause="P36")


@pytest.mark.clause("P40")
def test_2c_is_experimental_short_and_asked_for_by_the_market() -> None:
    longest = plan_course(EXPERIMENTAL, hours=80)
    (event,) = given().when(longest).then_types(CoursePlanned)
    assert isinstance(event, CoursePlanned)
    assert event.experimental
    assert event.agreement_version == "2021.1"
    given().when(plan_course(EXPERIMENTAL, hours=81)).then_refused("training.too_long", clause="P40")
    given().when(plan_course(EXPERIMENTAL, demand_evidence=None)).then_refused("training.evidence_missing", "P40")
    # The limit is the agreement's, and the other strands have none.
    shorter = course_circumstances(last_known=agreement(experimental_max_hours=40))
    given().under(shorter).when(longest).then_refused("training.too_long", clause="P40")
    given().when(plan_course(TARGETED, hours=600)).then(planned(TARGETED, hours=600))
    given().under(course_circumstances(last_known=None)).when(longest).then_refused("training.agreement_unknown")


@pytest.mark.clause("P41")
def test_a_party_in_force_proposes_a_course_which_is_then_planned() -> None:
    given().when(PROPOSE).then(PROPOSED)
    outside = course_circumstances(party_in_force=False)
    given().under(outside).when(PROPOSE).then_refused("training.party_not_in_force", clause="P41")
    (event,) = given(PROPOSED).when(plan_course(EXPERIMENTAL)).then_types(CoursePlanned)
    assert isinstance(event, CoursePlanned)
    assert event.proposed_by == "cna_bologna"
    given(PROPOSED).when(plan_course(TARGETED)).then_refused("training.other_strand", clause="P36")
    early = plan_course(EXPERIMENTAL, on=date(2021, 1, 31))
    given(PROPOSED).when(early).then_refused("training.before_proposal", clause="P41")
    given(PROPOSED).when(PROPOSE).then_refused("training.course_already_planned")


@pytest.mark.clause("P41")
def test_a_proposal_may_be_declined() -> None:
    decline = CancelCourse(reason=CourseCancelReason.PROPOSAL_DECLINED, on=date(2021, 2, 15))
    declined = CourseCancelled(
        course_id=COURSE_ID, strand=EXPERIMENTAL, reason=decline.reason, occurred_on=date(2021, 2, 15)
    )
    given(PROPOSED).when(decline).then(declined)
    given(PROPOSED, declined).when(decline).then_nothing()
    given(PROPOSED, declined).when(plan_course(EXPERIMENTAL)).then_refused("training.course_already_planned")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"starts_on": date(2021, 7, 1)}, "training.dates_turned"),
        ({"on": date(2022, 1, 1)}, "training.date_in_future"),
    ],
)
def test_its_dates_make_sense(changes: dict[str, Any], code: str) -> None:
    given().when(plan_course(**changes)).then_refused(code)
