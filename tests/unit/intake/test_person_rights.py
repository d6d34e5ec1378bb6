"""What a person may ask for: restriction, access, erasure, and what an erasure waits for (GDPR art. 15, 17, 18)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from insieme_events.contracts.intake import ErasureCompleted, ErasureGround, PersonErased
from insieme_events.contracts.intake_persons import (
    ErasureOverdue,
    ErasureRefused,
    ProcessingRestricted,
    RefusalGround,
    RestrictionGround,
    RestrictionLifted,
    SubjectAccessAnswered,
    SubjectAccessRequested,
)
from insieme_events.decider import RefusalKind
from insieme_events.testing import scenario
from insieme_intake.person import PERSON as PERSON_AGGREGATE
from insieme_intake.person import (
    AnswerAccess,
    ErasePerson,
    LiftRestriction,
    NoteErasureOverdue,
    RefuseErasure,
    RegisterPerson,
    RequestAccess,
    RestrictProcessing,
)
from insieme_intake.testing import PERSON, RECEIVED, circumstances, registered

given = scenario(PERSON_AGGREGATE, circumstances())
DAY, LATER = date(2021, 6, 1), date(2021, 7, 1)
REQUEST = UUID(int=300)
RESTRICT = RestrictProcessing(ground=RestrictionGround.ACCURACY_CONTESTED, on=DAY)
RESTRICTED = ProcessingRestricted(person_id=PERSON, ground=RestrictionGround.ACCURACY_CONTESTED, occurred_on=DAY)
ERASED = PersonErased(person_id=PERSON, ground=ErasureGround.REQUEST, occurred_on=DAY)


def test_a_restriction_stops_the_use_until_it_is_lifted() -> None:
    given(registered()).when(RESTRICT).then(RESTRICTED)
    given(registered(), RESTRICTED).when(RESTRICT).then_nothing()
    again = RegisterPerson(person_id=PERSON, identity_kind=registered().identity_kind, on=LATER)
    given(registered(), RESTRICTED).when(again).then_refused("intake.restricted")
    lifted = RestrictionLifted(person_id=PERSON, occurred_on=LATER)
    given(registered(), RESTRICTED).when(LiftRestriction(on=LATER)).then(lifted)
    given(registered(), RESTRICTED, lifted).when(again).then_nothing()
    given(registered()).when(LiftRestriction(on=LATER)).then_refused("intake.not_restricted")
    given(registered(), RESTRICTED).when(LiftRestriction(on=RECEIVED)).then_refused("intake.date_too_early")


def test_a_restriction_does_not_stop_an_erasure_and_nobody_restricts_what_is_erased() -> None:
    erase = ErasePerson(ground=ErasureGround.REQUEST, on=LATER)
    given(registered(), RESTRICTED).when(erase).then_types(PersonErased)
    given(registered(), ERASED).when(RESTRICT).then_refused("intake.erased")


def test_a_request_for_access_has_a_deadline_of_the_law_and_one_answer() -> None:
    ask = RequestAccess(request_id=REQUEST, on=DAY)
    asked = SubjectAccessRequested(person_id=PERSON, request_id=REQUEST, due_on=LATER, occurred_on=DAY)
    given(registered()).when(ask).then(asked)
    given(registered(), asked).when(ask).then_nothing()
    no_limits = given(registered()).under(circumstances(limits=None)).when(ask)
    assert no_limits.then_refused("intake.limits_unknown").kind is RefusalKind.RETRY
    answer = AnswerAccess(request_id=REQUEST, on=LATER)
    answered = SubjectAccessAnswered(person_id=PERSON, request_id=REQUEST, occurred_on=LATER)
    given(registered()).when(answer).then_refused("intake.access_not_asked")
    given(registered(), RESTRICTED, asked).when(answer).then(answered)
    given(registered(), asked, answered).when(answer).then_nothing()


def test_an_erasure_is_refused_for_a_ground_of_the_law() -> None:
    refuse = RefuseErasure(ground=RefusalGround.PUBLIC_TASK, on=DAY)
    refused = ErasureRefused(person_id=PERSON, ground=RefusalGround.PUBLIC_TASK, occurred_on=DAY)
    given(registered()).when(refuse).then(refused)
    given(registered(), refused).when(refuse).then_nothing()
    given(registered(), ERASED).when(refuse).then_refused("intake.erased")


def test_a_late_answer_is_noted_once_with_the_services_that_are_missing() -> None:
    note = NoteErasureOverdue(due_on=LATER, services=("intake", "matching", "training"), on=date(2021, 7, 2))
    done = ErasureCompleted(person_id=PERSON, service="intake", occurred_on=DAY)
    late = ErasureOverdue(
        person_id=PERSON, due_on=LATER, missing=("matching", "training"), occurred_on=date(2021, 7, 2)
    )
    given(registered(), ERASED, done).when(note).then(late)
    given(registered(), ERASED, done, late).when(note).then_nothing()
    early = note.model_copy(update={"on": LATER})
    given(registered(), ERASED).when(early).then_refused("intake.erasure_not_due")
    others = [done.model_copy(update={"service": each}) for each in ("matching", "training")]
    given(registered(), ERASED, done, *others).when(note).then_nothing()
    given(registered()).when(note).then_refused("intake.not_erased")
