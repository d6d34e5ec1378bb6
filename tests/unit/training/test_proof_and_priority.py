"""Certificates and levels (P38), the priority of 2.c (P42), and what an erasure leaves of them (GDPR art. 17)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from insieme_events.contracts import ERASED
from insieme_events.contracts.matching import AtecoVersion
from insieme_events.contracts.training import SealedFieldsErased
from insieme_events.contracts.training_courses import ModuleKind
from insieme_events.contracts.training_participations import (
    CertificateIssued,
    CertificateKind,
    CoursePriorityApplied,
    LanguageLevelAssessed,
    ParticipantWaitlisted,
    SectorChangeDeclared,
    SectorChangeRevoked,
)
from insieme_events.contracts.vocabulary import ChannelClass, Strand
from insieme_events.testing import scenario
from insieme_training.participation import PARTICIPATION
from insieme_training.participation.circumstances import PriorityFacts
from insieme_training.participation.commands import ApplyPriority, AssessLanguage, EraseFields, IssueCertificate
from insieme_training.participation.state import Waitlisted
from insieme_training.sector_change import SECTOR_CHANGE, DeclareSectorChange, EraseDeclaration, RevokeSectorChange
from insieme_training.testing import (
    ENDED_ON,
    PERSON,
    STARTED_ON,
    asked,
    began,
    completed,
    course_found,
    enrolled,
    of_participation,
    participation_circumstances,
    referred,
    sector_change_circumstances,
)

BASIC = Strand.TRAINING_BASIC
ITALIAN = participation_circumstances(course=course_found(strand=BASIC, module_kind=ModuleKind.ITALIAN))
SAFETY = participation_circumstances(course=course_found(strand=BASIC, module_kind=ModuleKind.SAFETY))
given = scenario(PARTICIPATION, participation_circumstances())
ASKED = (asked(), referred())
TAKING_PART = (*ASKED, enrolled(), began())
DONE = (*TAKING_PART, completed())
RANKED_ON = date(2021, 3, 25)
WAITING = (*ASKED, ParticipantWaitlisted(**of_participation(), occurred_on=date(2021, 3, 22)))
ERASURE = SealedFieldsErased(person_id=PERSON, occurred_on=date(2021, 8, 1))


def certificate(kind: CertificateKind, on: date = ENDED_ON) -> CertificateIssued:
    return CertificateIssued(**of_participation(), kind=kind, occurred_on=on)


def assess(**changes: Any) -> AssessLanguage:
    told = {"skill": "speaking", "assessed_at": "entry", "method": "test", "level": "pre_a1", "on": STARTED_ON}
    return AssessLanguage(**{**told, **changes})


def assessed(**changes: Any) -> LanguageLevelAssessed:
    command = assess(**changes)
    return LanguageLevelAssessed(**of_participation(), **command.model_dump(exclude={"on"}), occurred_on=command.on)


def applied(score: int, pandemic: bool, sector_change_on: date | None) -> CoursePriorityApplied:
    return CoursePriorityApplied(
        **of_participation(),
        score=score,
        pandemic=pandemic,
        sector_change_on=sector_change_on,
        agreement_version="2021.1",
        occurred_on=RANKED_ON,
    )


@pytest.mark.clause("P38")
def test_a_certificate_of_a_closed_list_is_issued_once_to_who_completed() -> None:
    issue = IssueCertificate(kind=CertificateKind.QUALIFICATION, on=ENDED_ON)
    given(*TAKING_PART).when(issue).then_refused("training.complete_first", clause="P38")
    given(*DONE).when(issue).then(certificate(CertificateKind.QUALIFICATION))
    given(*DONE, certificate(CertificateKind.QUALIFICATION)).when(issue).then_nothing()
    later = issue.model_copy(update={"on": date(2021, 9, 1)})
    given(*DONE, certificate(CertificateKind.QUALIFICATION)).when(later).then_refused("training.certificate_issued")
    given(*DONE).when(issue.model_copy(update={"on": STARTED_ON})).then_refused("training.participant_before_last_step")


@pytest.mark.clause("P38")
def test_a_safety_certificate_carries_its_date_and_belongs_to_the_module_of_safety() -> None:
    issue = IssueCertificate(kind=CertificateKind.SAFETY, on=date(2021, 7, 5))
    given(*DONE).under(SAFETY).when(issue).then(certificate(CertificateKind.SAFETY, date(2021, 7, 5)))
    given(*DONE).under(ITALIAN).when(issue).then_refused("training.safety_elsewhere", clause="P38")


@pytest.mark.clause("P38")
def test_italian_carries_levels_entering_and_leaving_the_course() -> None:
    course = given(*TAKING_PART).under(ITALIAN)
    course.when(assess()).then(assessed())
    course.given(assessed()).when(assess()).then_nothing()
    course.given(assessed()).when(assess(level="a1")).then(assessed(level="a1"))
    leaving = {"assessed_at": "exit", "level": "a2", "on": ENDED_ON}
    course.when(assess(**leaving)).then(assessed(**leaving))
    given(*ASKED, enrolled()).under(ITALIAN).when(assess(**leaving)).then_refused("training.participant_not_started")
    given(*ASKED).under(ITALIAN).when(assess()).then_refused("training.not_enrolled", clause="P38")
    given(*TAKING_PART).under(SAFETY).when(assess()).then_refused("training.not_italian", clause="P38")
    course.when(assess(on=date(2021, 3, 1))).then_refused("training.participant_before_last_step")


@pytest.mark.clause("P42")
@pytest.mark.parametrize(
    ("pandemic", "changes_on", "score"),
    [(True, date(2021, 3, 1), 1), (True, None, 0), (False, date(2021, 3, 1), 0), (False, None, 0)],
)
def test_the_priority_needs_both_facts_and_keeps_them_as_they_stood(
    pandemic: bool, changes_on: date | None, score: int
) -> None:
    world = participation_circumstances(priority=PriorityFacts(pandemic, changes_on))
    apply = ApplyPriority(on=RANKED_ON)
    given(*WAITING).under(world).when(apply).then(applied(score, pandemic, changes_on))
    # Whatever is told later changes nothing any more.
    for later in (PriorityFacts(True, date(2021, 3, 2)), PriorityFacts(False, None)):
        again = participation_circumstances(priority=later)
        given(*WAITING, applied(score, pandemic, changes_on)).under(again).when(apply).then_nothing()
    given(*ASKED).under(world).when(apply).then_nothing()
    unknown = participation_circumstances(agreement=None, last_known=None)
    given(*WAITING).under(unknown).when(apply).then_refused("training.agreement_unknown")


def test_nothing_is_sealed_of_an_erased_person() -> None:
    erase = EraseFields(on=date(2021, 8, 1))
    given(*DONE).when(erase).then(ERASURE)
    given(*DONE, ERASURE).when(erase).then_nothing()
    given().when(erase).then_refused("training.participation_unknown")
    given(*TAKING_PART, ERASURE).under(ITALIAN).when(assess()).then_refused("training.erased")
    heard = participation_circumstances(erased=True, course=ITALIAN.course)
    given(*TAKING_PART).under(heard).when(assess()).then_refused("training.erased")
    given(*WAITING, ERASURE).when(ApplyPriority(on=RANKED_ON)).then_nothing()
    given(*WAITING).under(heard).when(ApplyPriority(on=RANKED_ON)).then_nothing()
    # What holds nothing of them goes on.
    given(*TAKING_PART, ERASURE, completed()).when(IssueCertificate(kind=CertificateKind.ATTENDANCE, on=ENDED_ON)).then(
        certificate(CertificateKind.ATTENDANCE)
    )


def test_the_mark_leaves_what_a_replay_without_the_key_reads() -> None:
    sent = {"channel_class": ChannelClass.ASSOCIATION, "association": "cna_bologna"}
    live = (asked(), referred(**sent), WAITING[-1], applied(1, True, date(2021, 3, 1)), ERASURE)
    without_key = (
        asked(),
        referred(**{**sent, "association": ERASED}),
        WAITING[-1],
        applied(1, True, None).model_copy(update={"score": ERASED, "pandemic": ERASED, "sector_change_on": ERASED}),
        ERASURE,
    )
    state = PARTICIPATION.fold(live)
    assert isinstance(state, Waitlisted)
    assert state == PARTICIPATION.fold(without_key)
    levels = (*TAKING_PART, assessed(), ERASURE)
    sealed = (*TAKING_PART, assessed().model_copy(update={"level": ERASED}), ERASURE)
    assert PARTICIPATION.fold(levels) == PARTICIPATION.fold(sealed)


changing = scenario(SECTOR_CHANGE, sector_change_circumstances())
DECLARE = DeclareSectorChange(
    person_id=PERSON, ateco_version=AtecoVersion.ATECO_2007, from_section="I", to_section="H", on=date(2021, 3, 1)
)
DECLARED = SectorChangeDeclared(
    person_id=PERSON,
    ateco_version=AtecoVersion.ATECO_2007,
    from_section="I",
    to_section="H",
    occurred_on=date(2021, 3, 1),
)
REVOKED = SectorChangeRevoked(person_id=PERSON, occurred_on=date(2021, 5, 1))
REVOKE = RevokeSectorChange(on=date(2021, 5, 1))


@pytest.mark.clause("P42")
def test_a_change_of_sector_is_declared_with_its_day_changed_and_revoked() -> None:
    changing().when(DECLARE).then(DECLARED)
    changing(DECLARED).when(DECLARE).then_nothing()
    anywhere = DECLARE.model_copy(update={"to_section": None, "on": date(2021, 4, 1)})
    changing(DECLARED).when(anywhere).then_types(SectorChangeDeclared)
    changing(DECLARED).when(REVOKE).then(REVOKED)
    changing(DECLARED, REVOKED).when(REVOKE).then_nothing()
    changing(DECLARED, REVOKED).when(DECLARE.model_copy(update={"on": date(2021, 6, 1)})).then_types(
        SectorChangeDeclared
    )


@pytest.mark.clause("P42")
def test_what_is_no_declaration() -> None:
    same = DECLARE.model_copy(update={"to_section": "I"})
    changing().when(same).then_refused("training.same_sector", clause="P42")
    changing().when(REVOKE).then_refused("training.sector_change_unknown", clause="P42")
    early = DECLARE.model_copy(update={"on": date(2021, 2, 1), "to_section": "G"})
    changing(DECLARED).when(early).then_refused("training.before_sector_change")
    changing(DECLARED).when(RevokeSectorChange(on=date(2021, 2, 1))).then_refused("training.before_sector_change")
    unheard = sector_change_circumstances(person_known=False)
    changing().under(unheard).when(DECLARE).then_refused("training.person_unknown", clause="P42")
    changing().when(DECLARE.model_copy(update={"on": date(2022, 1, 1)})).then_refused("training.date_in_future")


def test_an_erased_declaration_takes_nothing_any_more() -> None:
    erase = EraseDeclaration(on=date(2021, 8, 1))
    changing(DECLARED).when(erase).then(ERASURE)
    changing(DECLARED, REVOKED).when(erase).then(ERASURE)
    changing(DECLARED, ERASURE).when(erase).then_nothing()
    changing().when(erase).then_refused("training.sector_change_unknown")
    changing(DECLARED, ERASURE).when(DECLARE).then_refused("training.erased")
    changing(DECLARED, ERASURE).when(REVOKE).then_refused("training.erased")
    changing().under(sector_change_circumstances(erased=True)).when(DECLARE).then_refused("training.erased")
    without_key = DECLARED.model_copy(update={"from_section": ERASED, "to_section": ERASED})
    assert SECTOR_CHANGE.fold([DECLARED, ERASURE]) == SECTOR_CHANGE.fold([without_key, ERASURE])
