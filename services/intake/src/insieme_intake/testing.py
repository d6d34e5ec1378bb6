"""Builders for tests of intake: one of everything, each value replaceable by name, and the way of one case."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

from insieme_events.agreement import in_force, limits_on
from insieme_events.contracts import Actor, DomainEvent
from insieme_events.contracts.intake import (
    AddressBasis,
    ApplicationSubmitted,
    CaseClosed,
    CaseEvent,
    CaseReopened,
    CaseSuspended,
    EligibilityAssessed,
    EmploymentStatus,
    EmploymentStatusRecorded,
    EnrolmentVoided,
    EntryCharacteristicsRecorded,
    ExitState,
    FragilityAssessed,
    IdentityKind,
    InterviewHeld,
    InterviewKind,
    OtherMeasureDeclared,
    PersonEnrolled,
    PersonRegistered,
    PersonTakenInCharge,
    ReopeningReason,
    ResidenceRecorded,
    SealedFieldsErased,
    StatusEvidence,
    SuspensionReason,
    VoidReason,
)
from insieme_events.contracts.vocabulary import ChannelClass, CitizenshipClass, FragilityBand, Gender, Isced, Quartiere
from insieme_events.testing.agreements import published, published_limits
from insieme_intake.case.commands import OtherMeasureAnswer, SubmitApplication
from insieme_intake.circumstances import IntakeCircumstances, PersonFound, ReferralFound

ACTOR = Actor(party="citta_metropolitana", role="operator", purpose="case_work")
PERSON, CASE_ID, REFERRAL_ID, INTERVIEW, OFFICER, REFERENT = (UUID(int=n) for n in range(1, 7))
OTHER_INTERVIEW, OTHER_REFERENT = UUID(int=7), UUID(int=8)
ENROLMENT, CHARACTERISTICS = UUID(int=101), UUID(int=102)
"""The event ids of the case's PersonEnrolled and of its last EntryCharacteristicsRecorded."""

RECEIVED, HELD, ASSESSED, TAKEN = date(2021, 4, 1), date(2021, 4, 12), date(2021, 4, 15), date(2021, 4, 20)
VALID_UNTIL = ASSESSED + timedelta(days=60)
PLAN_DUE = TAKEN + timedelta(days=30)
TODAY = date(2021, 12, 31)
TOMORROW = TODAY + timedelta(days=1)
BEFORE_ANY_TERM = date(2017, 5, 21)
VERSION = "2021.1"
BOLOGNA, IMOLA, BAZZANO, VALSAMOGGIA, MODENA = "037006", "037032", "037004", "037061", "036023"
"""Bazzano ceased on 31 December 2013 and is Valsamoggia since; Modena lies outside of the Città metropolitana."""

E = TypeVar("E", bound=CaseEvent)


def circumstances(on: date = RECEIVED, today: date = TODAY, **changes: Any) -> IntakeCircumstances:
    """What a decision is told: every published agreement, the one of the day of receipt, a referral received."""
    agreements = published()
    values: dict[str, Any] = {
        "actor": ACTOR,
        "today": today,
        "agreement": in_force(agreements, on),
        "agreements": agreements,
        "event_ids": {"PersonEnrolled": ENROLMENT, "EntryCharacteristicsRecorded": CHARACTERISTICS},
        "person_known": True,
        "referral": received_referral(),
        "person": PersonFound(),
        "person_of_case": PERSON,
        "limits": limits_on(published_limits(), on),
        "every_limits": published_limits(),
    }
    return IntakeCircumstances(**{**values, **changes})


def received_referral(**changes: Any) -> ReferralFound:
    """The referral that an application of the person may name."""
    values: dict[str, Any] = {
        "person_id": PERSON,
        "received": True,
        "status": "pending",
        "sent_on": RECEIVED - timedelta(days=3),
        "reply_due_on": RECEIVED + timedelta(days=12),
    }
    return ReferralFound(**{**values, **changes})


def of_case(event: type[E], on: date, **values: Any) -> E:
    """An event of the case on that day."""
    return event(case_id=CASE_ID, person_id=PERSON, occurred_on=on, **values)


def registered(kind: IdentityKind = IdentityKind.CODICE_FISCALE, on: date = RECEIVED) -> PersonRegistered:
    return PersonRegistered(person_id=PERSON, identity_kind=kind, occurred_on=on)


def submit(**changes: Any) -> SubmitApplication:
    """An application that is admissible on its day of receipt."""
    values: dict[str, Any] = {
        "on": RECEIVED,
        "case_id": CASE_ID,
        "person_id": PERSON,
        "channel_class": ChannelClass.SELF,
        "notice_version": "2021.1",
        "status": EmploymentStatus.DISOCCUPATO,
        "other_measure": OtherMeasureAnswer(kind=None),
        "comune": BOLOGNA,
        "quartiere": Quartiere.NAVILE,
        "basis": AddressBasis.RESIDENCE,
        "gender": Gender.FEMALE,
        "birth_month": "1980-01",
        "citizenship": CitizenshipClass.ITALIAN,
        "isced": Isced.UPPER_SECONDARY,
    }
    return SubmitApplication(**{**values, **changes})


def submitted(on: date = RECEIVED) -> ApplicationSubmitted:
    return of_case(ApplicationSubmitted, on, channel_class=ChannelClass.SELF, referral_id=None)


def status(
    status: EmploymentStatus = EmploymentStatus.DISOCCUPATO,
    evidence: StatusEvidence = StatusEvidence.DECLARED,
    on: date = RECEIVED,
) -> EmploymentStatusRecorded:
    return of_case(EmploymentStatusRecorded, on, status=status, evidence=evidence, evidence_on=on)


def lives(comune: str = BOLOGNA, on: date = RECEIVED) -> ResidenceRecorded:
    quartiere = Quartiere.NAVILE if comune == BOLOGNA else None
    return of_case(ResidenceRecorded, on, comune=comune, quartiere=quartiere, basis=AddressBasis.RESIDENCE)


def measure(kind: Any = None, on: date = RECEIVED) -> OtherMeasureDeclared:
    return of_case(OtherMeasureDeclared, on, kind=kind)


def characteristics(on: date = RECEIVED, **changes: Any) -> EntryCharacteristicsRecorded:
    values: dict[str, Any] = {
        "gender": Gender.FEMALE,
        "birth_month": "1980-01",
        "citizenship": CitizenshipClass.ITALIAN,
        "isced": Isced.UPPER_SECONDARY,
        "comune": BOLOGNA,
    }
    return of_case(EntryCharacteristicsRecorded, on, **{**values, **changes})


def enrolment(on: date = RECEIVED, version: str = VERSION) -> PersonEnrolled:
    return of_case(PersonEnrolled, on, channel_class=ChannelClass.SELF, agreement_version=version)


def access_held(on: date = HELD, interview_id: UUID = INTERVIEW) -> InterviewHeld:
    return of_case(InterviewHeld, on, interview_id=interview_id, kind=InterviewKind.ACCESS, interviewer_id=OFFICER)


def fragility(band: FragilityBand = FragilityBand.MEDIUM, on: date = HELD) -> FragilityAssessed:
    return of_case(FragilityAssessed, on, band=band, instrument_version="isf.2")


def eligibility(on: date = ASSESSED, unmet: tuple[str, ...] = ()) -> EligibilityAssessed:
    valid_until = on + timedelta(days=60)
    return of_case(
        EligibilityAssessed,
        on,
        eligible=not unmet,
        unmet=unmet,
        valid_until=valid_until,
        agreement_version=VERSION,
    )


def charge(on: date = TAKEN, referent_id: UUID = REFERENT) -> PersonTakenInCharge:
    return of_case(
        PersonTakenInCharge,
        on,
        referent_id=referent_id,
        eligible_on=ASSESSED,
        plan_due_on=on + timedelta(days=30),
        agreement_version=VERSION,
    )


def suspension(on: date = date(2021, 6, 1)) -> CaseSuspended:
    return of_case(CaseSuspended, on, reason=SuspensionReason.SHORT_CONTRACT)


def closing(on: date = date(2021, 9, 1)) -> CaseClosed:
    return of_case(CaseClosed, on, exit_state=ExitState.STABLE_WORK)


def reopening(on: date = date(2021, 10, 1)) -> CaseReopened:
    return of_case(CaseReopened, on, reason=ReopeningReason.LOST_WORK, agreement_version=VERSION)


def voiding(on: date = date(2021, 5, 3)) -> EnrolmentVoided:
    return of_case(EnrolmentVoided, on, voids=ENROLMENT, reason=VoidReason.KEYED_TWICE)


def erasure(on: date = date(2021, 10, 1)) -> SealedFieldsErased:
    return SealedFieldsErased(person_id=PERSON, occurred_on=on)


def applied(on: date = RECEIVED) -> tuple[DomainEvent, ...]:
    """What `submit` leads to."""
    return (submitted(on), status(on=on), lives(on=on), measure(on=on), characteristics(on=on))


def enrolled() -> tuple[DomainEvent, ...]:
    return (*applied(), enrolment())


def interviewed() -> tuple[DomainEvent, ...]:
    return (*enrolled(), access_held())


def assessable() -> tuple[DomainEvent, ...]:
    """Interviewed, with every fact that an eligible person needs."""
    return (*interviewed(), status(evidence=StatusEvidence.DID, on=HELD), fragility())


def eligible() -> tuple[DomainEvent, ...]:
    return (*assessable(), eligibility())


def in_charge() -> tuple[DomainEvent, ...]:
    return (*eligible(), charge())


def suspended() -> tuple[DomainEvent, ...]:
    return (*in_charge(), suspension())


def closed() -> tuple[DomainEvent, ...]:
    return (*in_charge(), closing())
