"""The states of a candidacy and how its events lead from one to the next (P32)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.matching import (
    CandidacyEvent,
    CandidateAccepted,
    CandidateInterviewed,
    CandidatePresented,
    CandidateRefused,
    CandidateReplyOverdue,
    CandidateShortlisted,
    CandidateWithdrawn,
    SelectionReasonsRecorded,
)


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
    """`overdue`: the company's answer is."""

    match: Match
    overdue: bool = False


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


def evolve(state: Candidacy, event: DomainEvent) -> Candidacy:
    match event:
        case SelectionReasonsRecorded():
            return state
        case CandidateReplyOverdue() if isinstance(state, Presented):
            return replace(state, overdue=True)
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
