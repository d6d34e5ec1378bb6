"""Candidacy (candidatura a una selezione): one person for one vacancy, from the shortlist to an answer (P32)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import assert_never

from insieme_events.agreement import in_force, last_known
from insieme_events.contracts.matching import (
    CandidateAccepted,
    CandidateInterviewed,
    CandidatePresented,
    CandidateRefused,
    CandidateReplyOverdue,
    CandidateShortlisted,
    CandidateWithdrawn,
    ChoiceReason,
    SelectionReasonsRecorded,
    WithdrawalReason,
)
from insieme_events.decider import Decider, Decision, Refused
from insieme_matching.candidacy.commands import (
    ALREADY_SHORTLISTED,
    BEFORE_LAST_STEP,
    CANDIDACY_OVER,
    CANDIDACY_UNKNOWN,
    INTERVIEW_FIRST,
    PERSON_RESTRICTED,
    PRESENT_FIRST,
    REASONS_MISSING,
    REPLY_NOT_AWAITED,
    REPLY_NOT_DUE,
    STEP_TAKEN,
    VACANCY_NOT_OPEN,
    AcceptCandidate,
    CandidacyCircumstances,
    CandidacyCommand,
    EndWithVacancy,
    MarkReplyOverdue,
    PresentCandidate,
    RankedAs,
    RecordInterview,
    RecordSelectionReasons,
    RefuseCandidate,
    ShortlistCandidate,
    WithdrawCandidate,
)
from insieme_matching.candidacy.state import (
    Accepted,
    Candidacy,
    CandidacyRefused,
    Interviewed,
    Known,
    Match,
    NotShortlisted,
    Presented,
    Shortlisted,
    Withdrawn,
    evolve,
)
from insieme_matching.gates import in_charge_on, not_after
from insieme_matching.reservations import NO_AGREEMENT


def decide(command: CandidacyCommand, state: Candidacy, circumstances: CandidacyCircumstances) -> Decision:
    if future := not_after(circumstances.today, command.on):
        return future
    match command, state:
        case ShortlistCandidate(), _:
            return shortlist(command, state, circumstances)
        case _, NotShortlisted():
            return CANDIDACY_UNKNOWN
        case MarkReplyOverdue(on=on), _:
            return mark_overdue(state, on, circumstances)
        case EndWithVacancy(on=on), _:
            return end_with_vacancy(state, on, circumstances)
        case _, Shortlisted() | Presented() | Interviewed() | Accepted() if command.on < state.match.last_on:
            return BEFORE_LAST_STEP.about(last_on=state.match.last_on)
        case RecordSelectionReasons(), _:
            return record_reasons(command, state)
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
        case NotShortlisted() if circumstances.restricted:
            return PERSON_RESTRICTED
        case NotShortlisted() if command.ranked is not None and not command.chosen_for:
            return REASONS_MISSING
        case NotShortlisted():
            shortlisted = CandidateShortlisted(
                candidacy_id=command.candidacy_id,
                vacancy_id=command.vacancy_id,
                person_id=command.person_id,
                occurred_on=command.on,
            )
            if not command.chosen_for:
                return [shortlisted]
            who = Match(command.candidacy_id, command.vacancy_id, command.person_id, last_on=command.on)
            return [shortlisted, reasons(who, command.chosen_for, command.ranked, command.on)]
        case Shortlisted() | Presented() | Interviewed() | Accepted() | CandidacyRefused() | Withdrawn():
            return ALREADY_SHORTLISTED
        case _:
            assert_never(candidacy)


def record_reasons(command: RecordSelectionReasons, candidacy: Known) -> Decision:
    match candidacy:
        case Shortlisted() | Presented() | Interviewed() | Accepted() if not command.chosen_for:
            return REASONS_MISSING
        case Shortlisted(match=who) | Presented(match=who) | Interviewed(match=who) | Accepted(match=who):
            return [reasons(who, command.chosen_for, command.ranked, command.on)]
        case CandidacyRefused() | Withdrawn():
            return CANDIDACY_OVER
        case _:
            assert_never(candidacy)


def reasons(
    who: Match, chosen_for: tuple[ChoiceReason, ...], ranked: RankedAs | None, on: date
) -> SelectionReasonsRecorded:
    return SelectionReasonsRecorded(
        candidacy_id=who.candidacy_id,
        vacancy_id=who.vacancy_id,
        person_id=who.person_id,
        chosen_for=chosen_for,
        rules=None if ranked is None else ranked.rules,
        place=None if ranked is None else ranked.place,
        points=None if ranked is None else ranked.points,
        ranked_for=() if ranked is None else ranked.reasons,
        occurred_on=on,
    )


def mark_overdue(candidacy: Known, on: date, circumstances: CandidacyCircumstances) -> Decision:
    """By the agreement of the day of the presentation; a later one does not judge it again.

    Dated by the first day on which it was. Where an answer or an end came first, there is nothing to say any more, and
    nothing while the data may not be used.
    """
    match candidacy:
        case Presented(overdue=True) | Interviewed() | Accepted() | CandidacyRefused() | Withdrawn():
            return []
        case Presented() if circumstances.restricted:
            return []
        case Presented(match=who):
            presented_on = who.last_on
            agreement = in_force(circumstances.agreements, presented_on) or last_known(
                circumstances.agreements, presented_on
            )
            if agreement is None:
                return NO_AGREEMENT.about(on=presented_on)
            due_on = presented_on + timedelta(days=agreement.candidate_reply_days)
            if on <= due_on:
                return REPLY_NOT_DUE.about(due_on=due_on)
            return [
                CandidateReplyOverdue(
                    candidacy_id=who.candidacy_id,
                    vacancy_id=who.vacancy_id,
                    person_id=who.person_id,
                    due_on=due_on,
                    agreement_version=agreement.version,
                    occurred_on=due_on + timedelta(days=1),
                )
            ]
        case Shortlisted():
            return REPLY_NOT_AWAITED
        case _:
            assert_never(candidacy)


def end_with_vacancy(candidacy: Known, on: date, circumstances: CandidacyCircumstances) -> Decision:
    """On the day on which the vacancy ended, or on that of the last step where it came later.

    An answer that was overdue by then is noted with it, whichever of the two was looked for first. Nothing where the
    vacancy is open (again), the candidate has the place or was accepted, or the data may not be used.
    """
    end = circumstances.vacancy_end
    match candidacy:
        case Accepted() | CandidacyRefused() | Withdrawn():
            return []
        case Shortlisted(match=who) | Presented(match=who) | Interviewed(match=who):
            if end is None or end.placed or circumstances.restricted or on < (day := max(who.last_on, end.on)):
                return []
            reason = WithdrawalReason.POSITION_TAKEN if end.filled else WithdrawalReason.VACANCY_GONE
            late = mark_overdue(candidacy, day, circumstances) if isinstance(candidacy, Presented) else []
            withdrawn = withdraw(candidacy, reason, day)
            assert not isinstance(withdrawn, Refused), "whoever waits can be withdrawn"
            return withdrawn if isinstance(late, Refused) else [*late, *withdrawn]
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


CANDIDACY: Decider[Candidacy, CandidacyCommand, CandidacyCircumstances] = Decider(
    context="matching", name="candidacy", initial=NotShortlisted(), decide=decide, evolve=evolve
)
