"""The study on a new legal form starts from September of the year of the signature (P82, P83)."""

from __future__ import annotations

from datetime import date

import pytest

from insieme_events.contracts.governance_plan import (
    LegalForm,
    LegalFormStudyStarted,
    StudyConcluded,
    StudyMilestone,
    StudyMilestoneReached,
    StudyOutcome,
    StudyStartOverdue,
)
from insieme_events.testing import scenario
from insieme_events.testing.agreements import agreement, published
from insieme_governance.study import (
    STUDY,
    ConcludeStudy,
    NoteStudyOverdue,
    RecordStudyMilestone,
    StartStudy,
    agreement_of,
)
from insieme_governance.testing.plan import DOCUMENT_ID, JUNE, MARCH, PROTOCOL_ID, study_circumstances

given = scenario(STUDY, study_circumstances())
LAST_DAY, NEXT_DAY = date(2021, 9, 30), date(2021, 10, 1)
MILESTONE = RecordStudyMilestone(milestone=StudyMilestone.LEGAL_OPINION, option=LegalForm.FOUNDATION, on=MARCH)
REACHED = StudyMilestoneReached(
    protocol_id=PROTOCOL_ID,
    milestone=StudyMilestone.LEGAL_OPINION,
    option=LegalForm.FOUNDATION,
    document_id=None,
    occurred_on=MARCH,
)
CONCLUDE = ConcludeStudy(
    outcome=StudyOutcome.FORM_PROPOSED, option=LegalForm.FOUNDATION, document_id=DOCUMENT_ID, on=JUNE
)
CONCLUDED = StudyConcluded(
    protocol_id=PROTOCOL_ID,
    outcome=StudyOutcome.FORM_PROPOSED,
    option=LegalForm.FOUNDATION,
    document_id=DOCUMENT_ID,
    occurred_on=JUNE,
)
OVERDUE = StudyStartOverdue(protocol_id=PROTOCOL_ID, due_on=LAST_DAY, agreement_version="2021.1", occurred_on=NEXT_DAY)


def start(on: date) -> StartStudy:
    return StartStudy(protocol_id=PROTOCOL_ID, on=on)


def started(on: date, late: bool = False) -> LegalFormStudyStarted:
    return LegalFormStudyStarted(protocol_id=PROTOCOL_ID, late=late, agreement_version="2021.1", occurred_on=on)


@pytest.mark.clause("P82")
@pytest.mark.parametrize(("on", "late"), [(date(2021, 5, 3), False), (LAST_DAY, False), (NEXT_DAY, True)])
def test_it_starts_by_the_end_of_september_and_earlier_is_no_breach(on: date, late: bool) -> None:
    given().when(start(on)).then(started(on, late))
    given(started(on, late)).when(start(on)).then_nothing()
    given(started(on, late)).when(start(JUNE)).then_refused("governance.study_started_already", clause="P82")


@pytest.mark.clause("P82")
def test_it_belongs_to_a_signed_protocol() -> None:
    given().when(start(date(2021, 3, 2))).then_refused("governance.study_before_signature", clause="P82")
    nobody = study_circumstances(signed_on=None, of_signature=None)
    given().under(nobody).when(start(MARCH)).then_refused("governance.study_protocol_unknown", clause="P82")


@pytest.mark.clause("P82")
def test_it_is_overdue_after_the_month_and_may_start_all_the_same() -> None:
    note = NoteStudyOverdue(protocol_id=PROTOCOL_ID, on=NEXT_DAY)
    given().when(note.model_copy(update={"on": LAST_DAY})).then_refused(
        "governance.study_start_not_overdue", clause="P82"
    )
    given().when(note).then(OVERDUE)
    given(OVERDUE).when(note).then_nothing()
    given(started(LAST_DAY)).when(note).then_nothing()
    given(OVERDUE).when(start(MARCH)).then(started(MARCH, late=True))


@pytest.mark.clause("P82")
def test_the_month_is_a_parameter_of_the_agreement() -> None:
    from_june = study_circumstances(of_signature=agreement(study_start_month=6))
    given().under(from_june).when(start(date(2021, 7, 1))).then(started(date(2021, 7, 1), late=True))
    assert agreement_of(published(), date(2021, 3, 3)) == published()[1]
    assert agreement_of(published(), date(2017, 1, 1)) == published()[0]
    assert agreement_of(published(), date(2040, 1, 1)) is None


@pytest.mark.clause("P83")
def test_it_reaches_milestones_and_comes_to_a_conclusion() -> None:
    under_way = given(started(LAST_DAY))
    under_way.when(MILESTONE).then(REACHED)
    under_way.given(REACHED).when(MILESTONE).then_nothing()
    under_way.given(REACHED).when(CONCLUDE).then(CONCLUDED)
    under_way.given(CONCLUDED).when(CONCLUDE).then_nothing()
    under_way.given(CONCLUDED).when(MILESTONE).then_refused("governance.study_concluded_already", clause="P83")
    under_way.given(CONCLUDED).when(start(JUNE)).then_refused("governance.study_concluded_already")


@pytest.mark.clause("P83")
def test_nothing_comes_of_a_study_that_has_not_started() -> None:
    given().when(MILESTONE).then_refused("governance.study_unknown", clause="P83")
    given(OVERDUE).when(CONCLUDE).then_refused("governance.study_not_started", clause="P83")
    given(started(JUNE)).when(MILESTONE).then_refused("governance.study_before_start", clause="P83")


@pytest.mark.clause("P83")
def test_a_conclusion_names_a_form_exactly_where_it_proposes_one() -> None:
    none = CONCLUDE.model_copy(update={"outcome": StudyOutcome.NO_NEW_FORM})
    given(started(LAST_DAY)).when(none).then_refused("governance.study_form_missing", clause="P83")
    without = CONCLUDE.model_copy(update={"option": None})
    given(started(LAST_DAY)).when(without).then_refused("governance.study_form_missing")
    given(started(LAST_DAY)).when(none.model_copy(update={"option": None})).then_types(StudyConcluded)
