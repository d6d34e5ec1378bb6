"""JobProfile (domanda di lavoro): what a person looks for and can do; the latest one of a person counts (P31)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, assert_never
from uuid import UUID

from pydantic import Field

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.matching import (
    HoursClass,
    JobProfileRegistered,
    JobProfileWithdrawn,
    LanguageSkill,
    LicenceClass,
    ProfileWithdrawalReason,
    SealedFieldsErased,
)
from insieme_events.contracts.vocabulary import Comune, ProfileCode, Strand
from insieme_events.days import Day
from insieme_events.decider import Circumstances, Command, Decider, Decision, RefusalKind, Refused
from insieme_events.gates import Interval
from insieme_matching.gates import not_after, profile_in_charge_on

PROFILE_UNKNOWN = Refused(
    code="matching.profile_unknown",
    sentence="This person has no job profile: register it first.",
    clause="P31",
    kind=RefusalKind.NOT_FOUND,
)
PROFILE_WITHDRAWN = Refused(
    code="matching.profile_withdrawn",
    sentence="This job profile was withdrawn: register a new one.",
    clause="P31",
)
PERSON_ERASED = Refused(
    code="matching.person_erased",
    sentence="This person's data are erased: nothing can be recorded about them any more.",
)
BEFORE_PROFILE = Refused(
    code="matching.before_profile",
    sentence="The profile that counts is of {registered_on}: nothing of it can be dated earlier.",
    clause="P31",
)


class RegisterJobProfile(Command):
    """The whole profile, each time; what it held before counts no more (P31)."""

    person_id: UUID
    profiles: Annotated[tuple[ProfileCode, ...], Field(min_length=1, max_length=10)]
    comuni: Annotated[tuple[Comune, ...], Field(min_length=1, max_length=60)]
    hours: Annotated[tuple[HoursClass, ...], Field(min_length=1, max_length=2)]
    licences: Annotated[tuple[LicenceClass, ...], Field(max_length=8)] = ()
    languages: Annotated[tuple[LanguageSkill, ...], Field(max_length=20)] = ()
    on: Day


class WithdrawJobProfile(Command):
    reason: ProfileWithdrawalReason
    on: Day


class EraseProfile(Command):
    """The person is erased: part of the same unit as matching's answer, also where there never was a profile."""

    person_id: UUID
    on: Day


ProfileCommand = RegisterJobProfile | WithdrawJobProfile | EraseProfile


@dataclass(frozen=True, slots=True)
class ProfileCircumstances(Circumstances):
    """When the person was in charge; None: not heard of yet."""

    in_charge: tuple[Interval, ...] | None


@dataclass(frozen=True, slots=True)
class NotRegistered:
    pass


@dataclass(frozen=True, slots=True)
class Current:
    person_id: UUID
    registered_on: date


@dataclass(frozen=True, slots=True)
class Withdrawn:
    person_id: UUID
    withdrawn_on: date


@dataclass(frozen=True, slots=True)
class ProfileErased:
    person_id: UUID


JobProfile = NotRegistered | Current | Withdrawn | ProfileErased


def decide(command: ProfileCommand, state: JobProfile, circumstances: ProfileCircumstances) -> Decision:
    match command:
        case EraseProfile():
            return erase(command, state)
        case _ if future := not_after(circumstances.today, command.on):
            return future
        case RegisterJobProfile():
            return register(command, state, circumstances)
        case WithdrawJobProfile():
            return withdraw(command, state)
        case _:
            assert_never(command)


def register(command: RegisterJobProfile, profile: JobProfile, circumstances: ProfileCircumstances) -> Decision:
    match profile:
        case ProfileErased():
            return PERSON_ERASED
        case Current(registered_on=last) | Withdrawn(withdrawn_on=last) if command.on < last:
            return BEFORE_PROFILE.about(registered_on=last)
        case NotRegistered() | Current() | Withdrawn():
            pass
        case _:
            assert_never(profile)
    if closed := profile_in_charge_on(circumstances.in_charge, command.on):
        return closed
    return [
        JobProfileRegistered(
            person_id=command.person_id,
            strand=Strand.MATCHING,
            profiles=tuple(dict.fromkeys(command.profiles)),
            comuni=tuple(dict.fromkeys(command.comuni)),
            hours=tuple(dict.fromkeys(command.hours)),
            licences=tuple(dict.fromkeys(command.licences)),
            languages=tuple({skill.language: skill for skill in command.languages}.values()),
            occurred_on=command.on,
        )
    ]


def withdraw(command: WithdrawJobProfile, profile: JobProfile) -> Decision:
    match profile:
        case NotRegistered():
            return PROFILE_UNKNOWN
        case Current(registered_on=registered_on) if command.on < registered_on:
            return BEFORE_PROFILE.about(registered_on=registered_on)
        case Current(person_id=person_id):
            return [JobProfileWithdrawn(person_id=person_id, reason=command.reason, occurred_on=command.on)]
        case Withdrawn():
            return []
        case ProfileErased():
            return PERSON_ERASED
        case _:
            assert_never(profile)


def erase(command: EraseProfile, profile: JobProfile) -> Decision:
    match profile:
        case ProfileErased():
            return []
        case NotRegistered() | Current() | Withdrawn():
            return [SealedFieldsErased(person_id=command.person_id, occurred_on=command.on)]
        case _:
            assert_never(profile)


def evolve(state: JobProfile, event: DomainEvent) -> JobProfile:
    match event:
        case JobProfileRegistered(person_id=person_id):
            return Current(person_id, event.occurred_on)
        case JobProfileWithdrawn(person_id=person_id):
            return Withdrawn(person_id, event.occurred_on)
        case SealedFieldsErased(person_id=person_id):
            return ProfileErased(person_id)
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__} on a job profile's stream")


JOB_PROFILE: Decider[JobProfile, ProfileCommand, ProfileCircumstances] = Decider(
    context="matching", name="job_profile", initial=NotRegistered(), decide=decide, evolve=evolve
)
