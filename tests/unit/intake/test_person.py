"""A person is known under one id until the data are erased (P25; GDPR art. 13, 17)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from insieme_events.contracts.intake import ErasureCompleted, ErasureGround, IdentityKind, NoticeGiven, PersonErased
from insieme_events.decider import RefusalKind
from insieme_events.testing import scenario
from insieme_intake.person import PERSON as PERSON_AGGREGATE
from insieme_intake.person import CompleteErasure, ErasePerson, GiveNotice, PersonCommand, RegisterPerson
from insieme_intake.testing import PERSON, RECEIVED, TODAY, TOMORROW, circumstances, registered

given = scenario(PERSON_AGGREGATE, circumstances())
ERASED_ON = date(2021, 10, 1)
REGISTER = RegisterPerson(person_id=PERSON, identity_kind=IdentityKind.CODICE_FISCALE, on=RECEIVED)
NOTICE = GiveNotice(notice_version="2021.1", on=RECEIVED)
ERASE = ErasePerson(ground=ErasureGround.REQUEST, on=ERASED_ON)
COMPLETE = CompleteErasure(service="intake", on=ERASED_ON)
GIVEN = NoticeGiven(person_id=PERSON, notice_version="2021.1", occurred_on=RECEIVED)
ERASED = PersonErased(person_id=PERSON, ground=ErasureGround.REQUEST, occurred_on=ERASED_ON)
COMPLETED = ErasureCompleted(person_id=PERSON, service="intake", occurred_on=ERASED_ON)


@pytest.mark.clause("P25")
def test_a_person_is_registered_once() -> None:
    given().when(REGISTER).then(registered())
    given(registered()).when(REGISTER).then_nothing()
    given(registered()).when(REGISTER.model_copy(update={"on": TODAY})).then_nothing()


@pytest.mark.clause("P25")
def test_an_id_is_never_given_to_somebody_else() -> None:
    other = REGISTER.model_copy(update={"person_id": UUID(int=99)})
    provisional = REGISTER.model_copy(update={"identity_kind": IdentityKind.PROVISIONAL})
    for command in (other, provisional):
        given(registered()).when(command).then_refused("intake.person_exists", clause="P25")


def test_a_notice_is_noted_once_per_version() -> None:
    given(registered()).when(NOTICE).then(GIVEN)
    given(registered(), GIVEN).when(NOTICE).then_nothing()
    later = GiveNotice(notice_version="2021.2", on=TODAY)
    given(registered(), GIVEN).when(later).then(
        NoticeGiven(person_id=PERSON, notice_version="2021.2", occurred_on=TODAY)
    )


def test_an_erasure_is_asked_for_once_and_answered_once_per_service() -> None:
    given(registered(), GIVEN).when(ERASE).then(ERASED)
    given(registered(), ERASED).when(ERASE).then_nothing()
    given(registered(), ERASED).when(COMPLETE).then(COMPLETED)
    given(registered(), ERASED, COMPLETED).when(COMPLETE).then_nothing()
    matching = COMPLETE.model_copy(update={"service": "matching"})
    given(registered(), ERASED, COMPLETED).when(matching).then_types(ErasureCompleted)


def test_after_the_erasure_nothing_is_noted_of_the_person() -> None:
    for command in (REGISTER, NOTICE):
        given(registered(), ERASED).when(command).then_refused("intake.erased")


def test_no_service_completes_an_erasure_that_nobody_asked_for() -> None:
    given(registered()).when(COMPLETE).then_refused("intake.not_erased")


def test_an_answer_about_somebody_unknown_is_tried_again() -> None:
    assert given().when(COMPLETE).then_refused("intake.not_erased").kind is RefusalKind.RETRY


@pytest.mark.parametrize("command", [NOTICE, ERASE], ids=lambda command: type(command).__name__)
def test_somebody_unknown_is_not_found(command: PersonCommand) -> None:
    assert given().when(command).then_refused("intake.person_unknown").kind is RefusalKind.NOT_FOUND


@pytest.mark.parametrize("command", [REGISTER, NOTICE, ERASE, COMPLETE], ids=lambda command: type(command).__name__)
def test_nothing_happens_in_the_future(command: PersonCommand) -> None:
    tomorrow = command.model_copy(update={"on": TOMORROW})
    for history in ((), (registered(),), (registered(), ERASED)):
        given(*history).when(tomorrow).then_refused("intake.date_in_future")


def test_an_erasure_follows_the_registration_and_its_completion_the_erasure() -> None:
    early = ERASE.model_copy(update={"on": date(2021, 3, 31)})
    given(registered()).when(early).then_refused("intake.date_too_early")
    too_soon = COMPLETE.model_copy(update={"on": date(2021, 9, 30)})
    given(registered(), ERASED).when(too_soon).then_refused("intake.date_too_early")
