"""Decisions about an internship (tirocinio): asked for, confirmed by the ledger, approved, run, ended, evaluated.

It is no placement and never becomes one (P34); nothing of it starts before intake's ledger and the law allow it.
"""

from __future__ import annotations

from datetime import date
from typing import Any, assert_never

from insieme_events.contracts.matching import (
    InternshipApproved,
    InternshipBlocked,
    InternshipConfirmed,
    InternshipEnded,
    InternshipEvaluated,
    InternshipExtended,
    InternshipOutcome,
    InternshipProjectRecorded,
    InternshipRequested,
    InternshipResumed,
    InternshipStarted,
    InternshipSuspended,
    InternshipWithdrawn,
)
from insieme_events.contracts.vocabulary import InterventionKind, Strand
from insieme_events.decider import Decider, Decision, Refused
from insieme_events.legal_terms import change_communicated_by, start_communicated_by
from insieme_matching.communications import Term, judged
from insieme_matching.gates import COMPANY_UNKNOWN, intern_in_charge_on, not_after
from insieme_matching.internship import attending, legal
from insieme_matching.internship.commands import (
    ApproveInternship,
    BlockInternship,
    ConfirmInternship,
    EndInternship,
    ExtendInternship,
    InternshipCircumstances,
    InternshipCommand,
    RecordInternshipEvaluation,
    RecordInternshipMonth,
    RequestInternship,
    ResumeInternship,
    StartInternship,
    SuspendInternship,
    WithdrawInternship,
)
from insieme_matching.internship.refusals import (
    ALREADY_EXTENDED,
    ALREADY_REQUESTED,
    BEFORE_LAST_STEP,
    DAYS_REVERSED,
    DOUBLED,
    END_FIRST,
    END_OUTSIDE,
    FUNDING_UNDECIDED,
    INTERN_RESTRICTED,
    INTERNSHIP_OVER,
    INTERNSHIP_UNKNOWN,
    NOT_APPROVED,
    NOT_CONFIRMED,
    NOT_RUNNING,
    PURPOSE_MISSING,
    START_OUTSIDE,
    STARTED_ALREADY,
    STRAND_TRANSVERSAL,
    TERM_AHEAD,
    TOO_LATE_TO_EXTEND,
)
from insieme_matching.internship.state import (
    ONE_DAY,
    Approved,
    Blocked,
    Confirmed,
    Ended,
    Internship,
    Known,
    NotRequested,
    Requested,
    Running,
    Suspended,
    Withdrawn,
    evolve,
    of,
)


def decide(command: InternshipCommand, state: Internship, circumstances: InternshipCircumstances) -> Decision:
    if future := not_after(circumstances.today, command.on):
        return future
    match command, state:
        case RequestInternship(), _:
            return request(command, state, circumstances)
        case _, NotRequested():
            return INTERNSHIP_UNKNOWN
        case ConfirmInternship(on=on), _:
            return confirm(state, on)
        case BlockInternship(on=on), _:
            return block(state, on)
        case RecordInternshipMonth(), _:
            # A month is no step of the way: it may be recorded behind a step of a later day.
            return attending.record_month(command, state, circumstances)
        case _, Requested() | Confirmed() | Blocked() | Approved() | Running() | Suspended() if (
            command.on < state.plan.last_on
        ):
            return BEFORE_LAST_STEP.about(last_on=state.plan.last_on)
        case ApproveInternship(), _:
            return approve(command, state, circumstances)
        case ExtendInternship(), _:
            return extend(command, state, circumstances)
        case StartInternship(), _:
            return start(command, state, circumstances)
        case SuspendInternship(), _:
            return suspend(command, state)
        case ResumeInternship(on=on), _:
            return resume(state, on)
        case EndInternship(), _:
            return end(command, state, circumstances)
        case WithdrawInternship(), _:
            return withdraw(command, state)
        case RecordInternshipEvaluation(), _:
            return evaluate(command, state)
        case _:
            assert_never(command)


def request(command: RequestInternship, internship: Internship, circumstances: InternshipCircumstances) -> Decision:
    if not isinstance(internship, NotRequested):
        return ALREADY_REQUESTED
    if command.ends_on < command.starts_on:
        return DAYS_REVERSED
    if not command.purposes:
        return PURPOSE_MISSING
    if command.strand is Strand.TRANSVERSAL:
        return STRAND_TRANSVERSAL
    if not circumstances.company_known:
        return COMPANY_UNKNOWN
    if circumstances.restricted:
        return INTERN_RESTRICTED
    if closed := intern_in_charge_on(circumstances.in_charge, command.starts_on):
        return closed
    who: dict[str, Any] = {
        "internship_id": command.internship_id,
        "person_id": command.person_id,
        "company_id": command.company_id,
        "strand": command.strand,
        "occurred_on": command.on,
    }
    return [
        InternshipRequested(
            **who, kind=InterventionKind.INTERNSHIP, starts_on=command.starts_on, ends_on=command.ends_on
        ),
        InternshipProjectRecorded(
            **who,
            target=command.target,
            purposes=tuple(dict.fromkeys(command.purposes)),
            monthly_allowance=command.monthly_allowance,
            seasonal=command.seasonal,
            funded_by_programme=command.funded_by_programme,
        ),
    ]


def confirm(internship: Known, on: date) -> Decision:
    """The ledger may answer late: what happened meanwhile stays."""
    match internship:
        case Requested(plan=plan) | Blocked(plan=plan):
            return [of(plan, InternshipConfirmed, max(on, plan.last_on))]
        case Confirmed() | Approved() | Running() | Suspended() | Ended() | Withdrawn():
            return []
        case _:
            assert_never(internship)


def block(internship: Known, on: date) -> Decision:
    match internship:
        case Requested(plan=plan):
            return [of(plan, InternshipBlocked, max(on, plan.last_on))]
        case Confirmed() | Blocked() | Approved() | Running() | Suspended() | Ended() | Withdrawn():
            return []
        case _:
            assert_never(internship)


def approve(command: ApproveInternship, internship: Known, circumstances: InternshipCircumstances) -> Decision:
    match internship:
        case Requested():
            return NOT_CONFIRMED
        case Blocked():
            return DOUBLED
        case Confirmed(plan=plan):
            pass
        case Approved() | Running() | Suspended():
            return []
        case Ended() | Withdrawn():
            return INTERNSHIP_OVER
        case _:
            assert_never(internship)
    if closed := intern_in_charge_on(circumstances.in_charge, plan.starts_on):
        return closed
    asked = legal.Asked(plan.project, plan.starts_on, plan.starts_on, plan.ends_on, plan.project.monthly_allowance)
    limits = legal.judged(asked, command, circumstances)
    if isinstance(limits, Refused):
        return limits
    return [
        of(
            plan,
            InternshipApproved,
            command.on,
            starts_on=plan.starts_on,
            ends_on=plan.ends_on,
            monthly_allowance=asked.monthly_allowance,
            **legal.noted(command, limits),
        )
    ]


def extend(command: ExtendInternship, internship: Known, circumstances: InternshipCircumstances) -> Decision:
    """Only while it runs: an internship that is over cannot be taken up again at the same host."""
    match internship:
        case Requested() | Confirmed() | Blocked() | Approved():
            return NOT_RUNNING
        case Ended() | Withdrawn():
            return INTERNSHIP_OVER
        case Running(plan=plan, paused=paused) | Suspended(plan=plan, paused=paused):
            pass
        case _:
            assert_never(internship)
    if command.ends_on <= plan.ends_on:
        return [] if command.ends_on == plan.ends_on else ALREADY_EXTENDED.about(ends_on=plan.ends_on)
    if command.on > plan.ends_on:
        return TOO_LATE_TO_EXTEND.about(ends_on=plan.ends_on)
    monthly = plan.project.monthly_allowance if command.monthly_allowance is None else command.monthly_allowance
    asked = legal.Asked(plan.project, plan.starts_on, plan.ends_on + ONE_DAY, command.ends_on, monthly, paused)
    limits = legal.judged(asked, command, circumstances)
    if isinstance(limits, Refused):
        return limits
    told = communicated(command.communicated_on, asked.from_day, change_communicated_by, circumstances)
    if isinstance(told, Refused):
        return told
    return [
        of(
            plan,
            InternshipExtended,
            command.on,
            from_day=asked.from_day,
            ends_on=command.ends_on,
            monthly_allowance=monthly,
            **legal.noted(command, limits) | told,
        )
    ]


def start(command: StartInternship, internship: Known, circumstances: InternshipCircumstances) -> Decision:
    match internship:
        case Requested() | Confirmed():
            return NOT_APPROVED
        case Blocked():
            return DOUBLED
        case Running(began_on=began_on) | Suspended(began_on=began_on):
            return [] if began_on == command.on else STARTED_ALREADY.about(on=began_on)
        case Ended() | Withdrawn():
            return INTERNSHIP_OVER
        case Approved(plan=plan):
            pass
        case _:
            assert_never(internship)
    if not plan.starts_on <= command.on <= plan.ends_on:
        return START_OUTSIDE.about(starts_on=plan.starts_on, ends_on=plan.ends_on)
    if closed := intern_in_charge_on(circumstances.in_charge, command.on):
        return closed
    if plan.project.funded_by_programme and not circumstances.funding_known:
        return FUNDING_UNDECIDED
    told = communicated(command.communicated_on, command.on, start_communicated_by, circumstances)
    if isinstance(told, Refused):
        return told
    return [of(plan, InternshipStarted, command.on, **told)]


def suspend(command: SuspendInternship, internship: Known) -> Decision:
    match internship:
        case Running(plan=plan) if command.on > plan.ends_on:
            return END_OUTSIDE.about(starts_on=plan.last_on, ends_on=plan.ends_on)
        case Running(plan=plan):
            return [of(plan, InternshipSuspended, command.on, reason=command.reason)]
        case Suspended():
            return []
        case Requested() | Confirmed() | Blocked() | Approved():
            return NOT_RUNNING
        case Ended() | Withdrawn():
            return INTERNSHIP_OVER
        case _:
            assert_never(internship)


def resume(internship: Known, on: date) -> Decision:
    match internship:
        case Suspended(plan=plan):
            return [of(plan, InternshipResumed, on)]
        case Running():
            return []
        case Requested() | Confirmed() | Blocked() | Approved():
            return NOT_RUNNING
        case Ended() | Withdrawn():
            return INTERNSHIP_OVER
        case _:
            assert_never(internship)


def end(command: EndInternship, internship: Known, circumstances: InternshipCircumstances) -> Decision:
    match internship:
        case Running(plan=plan) | Suspended(plan=plan) if command.on > plan.ends_on:
            return END_OUTSIDE.about(starts_on=plan.last_on, ends_on=plan.ends_on)
        case Running(plan=plan) | Suspended(plan=plan) if (
            command.outcome is InternshipOutcome.COMPLETED and command.on != plan.ends_on
        ):
            return TERM_AHEAD.about(ends_on=plan.ends_on)
        case Running(plan=plan) | Suspended(plan=plan):
            # An end on the day that everybody was told of is not communicated again (L. 264/1949 art. 21).
            term = None if command.on == plan.ends_on else change_communicated_by
            told = communicated(command.communicated_on, command.on, term, circumstances)
            if isinstance(told, Refused):
                return told
            return [of(plan, InternshipEnded, command.on, outcome=command.outcome, **told)]
        case Ended(ended_on=ended_on, outcome=outcome):
            return [] if (ended_on, outcome) == (command.on, command.outcome) else INTERNSHIP_OVER
        case Requested() | Confirmed() | Blocked() | Approved():
            return NOT_RUNNING
        case Withdrawn():
            return INTERNSHIP_OVER
        case _:
            assert_never(internship)


def communicated(
    on: date | None, day: date, term: Term | None, circumstances: InternshipCircumstances
) -> dict[str, Any] | Refused:
    """What the movement of that day keeps of its communication of day `on`; every internship has the ordinary terms."""
    return judged(on, day, term, circumstances.limits, circumstances.today, legal.LIMITS_UNKNOWN)


def withdraw(command: WithdrawInternship, internship: Known) -> Decision:
    match internship:
        case Requested(plan=plan) | Confirmed(plan=plan) | Blocked(plan=plan) | Approved(plan=plan):
            return [of(plan, InternshipWithdrawn, command.on, reason=command.reason)]
        case Running(began_on=began_on) | Suspended(began_on=began_on):
            return STARTED_ALREADY.about(on=began_on)
        case Ended():
            return INTERNSHIP_OVER
        case Withdrawn():
            return []
        case _:
            assert_never(internship)


def evaluate(command: RecordInternshipEvaluation, internship: Known) -> Decision:
    match internship:
        case Ended(evaluated_by=evaluated_by) if command.evaluated_by in evaluated_by:
            return []
        case Ended(ended_on=ended_on) if command.on < ended_on:
            return BEFORE_LAST_STEP.about(last_on=ended_on)
        case Ended(plan=plan):
            return [
                of(
                    plan,
                    InternshipEvaluated,
                    command.on,
                    evaluated_by=command.evaluated_by,
                    result=command.result,
                    would_again=command.would_again,
                )
            ]
        case Requested() | Confirmed() | Blocked() | Approved() | Running() | Suspended():
            return END_FIRST
        case Withdrawn():
            return INTERNSHIP_OVER
        case _:
            assert_never(internship)


INTERNSHIP: Decider[Internship, InternshipCommand, InternshipCircumstances] = Decider(
    context="matching", name="internship", initial=NotRequested(), decide=decide, evolve=evolve
)
