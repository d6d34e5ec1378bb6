"""Candidacy (candidatura a una selezione): one person for one vacancy, from the shortlist to an answer (P32)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import assert_never
from uuid import UUID

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.matching import (
    CandidacyEvent,
    CandidateAccepted,
    CandidateInterviewed,
    CandidatePresented,
    CandidateRefused,
    CandidateShortlisted,
    CandidateWithdrawn,
    RefusalReason,
    RefusedBy,
    WithdrawalReason,
)
from insieme_events.days import Day
from insieme_events.decider import Circumstances, Command, Decider, Decision, RefusalKind, Refused
from insieme_events.gates import Interval
from insieme_matching.gates import in_charge_on, not_after

CANDIDACY_UNKNOWN = Refused(
    code="matching.candidacy_unknown",
    sentence="There is no candidacy with this id: shortlist the person first.",
    clause="P32",
    kind=RefusalKind.NOT_FOUND,
)
ALREADY_SHORTLISTED = Refused(
    code="matching.candidacy_already_shortlisted",
    sentence="This candidacy exists already: go on with it, or start another one under an id of its own.",
    clause="P32",
)
ONE_CANDIDACY = Refused(
    code="matching.one_candidacy",
    sentence="The person already has a live candidacy for this vacancy: go on with that one.",
    clause="P32",
)
VACANCY_NOT_OPEN = Refused(
    code="matching.vacancy_not_open",
    sentence="Nobody can be shortlisted for a vacancy that is not open: check its id, or open a new one.",
    clause="P32",
)
PRESENT_FIRST = Refused(
    code="matching.present_first",
    sentence="The candidate has not been presented to the company yet: record that first.",
    clause="P32",
)
INTERVIEW_FIRST = Refused(
    code="matching.interview_first",
    sentence="The company has not interviewed the candidate yet: record the interview first.",
    clause="P32",
)
STEP_TAKEN = Refused(
    code="matching.step_taken",
    sentence="The candidacy is past this step already: look at it again.",
    clause="P32",
)
CANDIDACY_OVER = Refused(
    code="matching.candidacy_over",
    sentence="This candidacy was refused or withdrawn: shortlist the person again to start a new one.",
    clause="P32",
)
BEFORE_LAST_STEP = Refused(
    code="matching.before_last_step",
    sentence="The step before was on {last_on}: this one cannot be dated earlier.",
    clause="P32",
)


class NewCandidacy(Command):
    """Whom to shortlist for which vacancy."""

    vacancy_id: UUID
    person_id: UUID
    on: Day


class ShortlistCandidate(NewCandidacy):
    candidacy_id: UUID


class PresentCandidate(Command):
    on: Day


class RecordInterview(Command):
    on: Day


class AcceptCandidate(Command):
    on: Day


class RefuseCandidate(Command):
    """The company does not want the person, or the person not the work."""

    refused_by: RefusedBy
    reason: RefusalReason
    on: Day


class WithdrawCandidate(Command):
    """Nobody refused: the reason for the candidacy fell away."""

    reason: WithdrawalReason
    on: Day


CandidacyCommand = (
    ShortlistCandidate | PresentCandidate | RecordInterview | AcceptCandidate | RefuseCandidate | WithdrawCandidate
)


@dataclass(frozen=True, slots=True)
class CandidacyCircumstances(Circumstances):
    """For a ShortlistCandidate: when the person was in charge (None: not heard of yet), and whether the vacancy is
    open or in selection."""

    in_charge: tuple[Interval, ...] | None
    vacancy_open: bool


@dataclass(frozen=True, slots=True)
class Match:
    """Whom, to what; `last_on` is the day of the last step."""

    candidacy_id: UUID
    vacancy_id: UUID
    person_id: UUID
    last_on: date


@dataclass(frozen=True, slots=True)
class NotShortlisted:
    pass


@dataclass(frozen=True, slots=True)
class Shortlisted:
    match: Match


@dataclass(frozen=True, slots=True)
class Presented:
    match: Match


@dataclass(frozen=True, slots=True)
class Interviewed:
    match: Match


@dataclass(frozen=True, slots=True)
class Accepted:
    match: Match


@dataclass(frozen=True, slots=True)
class CandidacyRefused:
    match: Match


@dataclass(frozen=True, slots=True)
class Withdrawn:
    match: Match


Live = Shortlisted | Presented | Interviewed | Accepted
"""One of these at a time per vacancy and person."""

Known = Live | CandidacyRefused | Withdrawn

Candidacy = NotShortlisted | Known


def decide(command: CandidacyCommand, state: Candidacy, circumstances: CandidacyCircumstances) -> Decision:
    if future := not_after(circumstances.today, command.on):
        return future
    match command, state:
        case ShortlistCandidate(), _:
            return shortlist(command, state, circumstances)
        case _, NotShortlisted():
            return CANDIDACY_UNKNOWN
        case _, Shortlisted() | Presented() | Interviewed() | Accepted() if command.on < state.match.last_on:
            return BEFORE_LAST_STEP.about(last_on=state.match.last_on)
        case PresentCandidate(on=on), _:
            return present(state, on)
        case RecordInterview(on=on), _:
            return interview(state, on)
        case AcceptCandidate(on=on), _:
            return accept(state, on)
        case RefuseCandidate(), _:
            return refuse(command, state)
        case WithdrawCandidate(reason=reason, on=on), _:
            return withdraw(state, reason, on)
        case _:
            assert_never(command)


def shortlist(command: ShortlistCandidate, candidacy: Candidacy, circumstances: CandidacyCircumstances) -> Decision:
    match candidacy:
        case NotShortlisted() if not circumstances.vacancy_open:
            return VACANCY_NOT_OPEN
        case NotShortlisted() if closed := in_charge_on(circumstances.in_charge, command.on):
            return closed
        case NotShortlisted():
            return [
                CandidateShortlisted(
                    candidacy_id=command.candidacy_id,
                    vacancy_id=command.vacancy_id,
                    person_id=command.person_id,
                    occurred_on=command.on,
                )
            ]
        case Shortlisted() | Presented() | Interviewed() | Accepted() | CandidacyRefused() | Withdrawn():
            return ALREADY_SHORTLISTED
        case _:
            assert_never(candidacy)


def present(candidacy: Known, on: date) -> Decision:
    match candidacy:
        case Shortlisted(match=who):
            return [
                CandidatePresented(
                    candidacy_id=who.candidacy_id, vacancy_id=who.vacancy_id, person_id=who.person_id, occurred_on=on
                )
            ]
        case Presented() | Interviewed() | Accepted():
            return STEP_TAKEN
        case CandidacyRefused() | Withdrawn():
            return CANDIDACY_OVER
        case _:
            assert_never(candidacy)


def interview(candidacy: Known, on: date) -> Decision:
    match candidacy:
        case Shortlisted():
            return PRESENT_FIRST
        case Presented(match=who):
            return [
                CandidateInterviewed(
                    candidacy_id=who.candidacy_id, vacancy_id=who.vacancy_id, person_id=who.person_id, occurred_on=on
                )
            ]
        case Interviewed() | Accepted():
            return STEP_TAKEN
        case CandidacyRefused() | Withdrawn():
            return CANDIDACY_OVER
        case _:
            assert_never(candidacy)


def accept(candidacy: Known, on: date) -> Decision:
    match candidacy:
        case Shortlisted():
            return PRESENT_FIRST
        case Presented():
            return INTERVIEW_FIRST
        case Interviewed(match=who):
            return [
                CandidateAccepted(
                    candidacy_id=who.candidacy_id, vacancy_id=who.vacancy_id, person_id=who.person_id, occurred_on=on
                )
            ]
        case Accepted():
            return []
        case CandidacyRefused() | Withdrawn():
            return CANDIDACY_OVER
        case _:
            assert_never(candidacy)


def refuse(command: RefuseCandidate, candidacy: Known) -> Decision:
    match candidacy:
        case Shortlisted(match=who) | Presented(match=who) | Interviewed(match=who) | Accepted(match=who):
            return [
                CandidateRefused(
                    candidacy_id=who.candidacy_id,
                    vacancy_id=who.vacancy_id,
                    person_id=who.person_id,
                    refused_by=command.refused_by,
                    reason=command.reason,
                    occurred_on=command.on,
                )
            ]
        case CandidacyRefused() | Withdrawn():
            return CANDIDACY_OVER
        case _:
            assert_never(candidacy)


def withdraw(candidacy: Known, reason: WithdrawalReason, on: date) -> Decision:
    match candidacy:
        case Shortlisted(match=who) | Presented(match=who) | Interviewed(match=who) | Accepted(match=who):
            return [
                CandidateWithdrawn(
                    candidacy_id=who.candidacy_id,
                    vacancy_id=who.vacancy_id,
                    person_id=who.person_id,
                    reason=reason,
                    occurred_on=on,
                )
            ]
        case CandidacyRefused() | Withdrawn():
            return CANDIDACY_OVER
        case _:
            assert_never(candidacy)


def evolve(state: Candidacy, event: DomainEvent) -> Candidacy:
    match event:
        case CandidateShortlisted():
            return Shortlisted(at(event))
        case CandidatePresented():
            return Presented(at(event))
        case CandidateInterviewed():
            return Interviewed(at(event))
        case CandidateAccepted():
            return Accepted(at(event))
        case CandidateRefused():
            return CandidacyRefused(at(event))
        case CandidateWithdrawn():
            return Withdrawn(at(event))
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__} on a candidacy's stream")


def at(event: CandidacyEvent) -> Match:
    return Match(event.candidacy_id, event.vacancy_id, event.person_id, last_on=event.occurred_on)


CANDIDACY: Decider[Candidacy, CandidacyCommand, CandidacyCircumstances] = Decider(
    context="matching", name="candidacy", initial=NotShortlisted(), decide=decide, evolve=evolve
)
