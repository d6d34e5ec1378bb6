"""What can be asked of a candidacy, the refusals, and what its decisions are told of the world (P32)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from insieme_events.agreement import Agreement
from insieme_events.contracts import Code
from insieme_events.contracts.agreement import Part
from insieme_events.contracts.matching import ChoiceReason, RankReason, RefusalReason, RefusedBy, WithdrawalReason
from insieme_events.days import Day
from insieme_events.decider import Circumstances, Command, RefusalKind, Refused
from insieme_events.gates import Interval

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


PERSON_RESTRICTED = Refused(
    code="matching.person_restricted",
    sentence="The person's data may not be used now: nobody can be put forward before the restriction is lifted.",
    clause="P32",
)
REPLY_NOT_AWAITED = Refused(
    code="matching.reply_not_awaited",
    sentence="Only a candidate who was presented and has had no answer waits for one: look at the candidacy again.",
    clause="P32",
)
REPLY_NOT_DUE = Refused(
    code="matching.reply_not_due",
    sentence="The company has until {due_on} to answer: wait for that day.",
    clause="P32",
)
REASONS_MISSING = Refused(
    code="matching.reasons_missing",
    sentence="Say why the person was chosen: a ranking alone decides nothing.",
    clause="P32",
    kind=RefusalKind.INVALID,
)


class RankedAs(Part):
    """What the ranking that somebody looked at said of the person: place, points and reasons, by which rules."""

    rules: Code
    place: Annotated[int, Field(ge=1)]
    points: int
    reasons: tuple[RankReason, ...]


class NewCandidacy(Command):
    """Whom to shortlist for which vacancy, and why: `chosen_for` is what a person says, `ranked` what they had seen."""

    vacancy_id: UUID
    person_id: UUID
    chosen_for: tuple[ChoiceReason, ...] = ()
    ranked: RankedAs | None = None
    on: Day


class ShortlistCandidate(NewCandidacy):
    candidacy_id: UUID


class RecordSelectionReasons(Command):
    """Why the person was chosen, where it was not said at the shortlisting (P32; GDPR art. 22)."""

    chosen_for: tuple[ChoiceReason, ...]
    ranked: RankedAs | None = None
    on: Day


class MarkReplyOverdue(Command):
    """The company did not answer in the days that the agreement gives it: asked for by a timer (P32)."""

    on: Day


class EndWithVacancy(Command):
    """The vacancy is over, and the person still waits for it: asked for by a timer (P32)."""

    on: Day


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
    ShortlistCandidate
    | RecordSelectionReasons
    | PresentCandidate
    | MarkReplyOverdue
    | EndWithVacancy
    | RecordInterview
    | AcceptCandidate
    | RefuseCandidate
    | WithdrawCandidate
)


@dataclass(frozen=True, slots=True)
class VacancyEnd:
    """Since when a vacancy is over, and whether every position was taken. `placed`: the candidate has one of them."""

    on: date
    filled: bool
    placed: bool


@dataclass(frozen=True, slots=True)
class CandidacyCircumstances(Circumstances):
    """For a ShortlistCandidate: when the person was in charge (None: not heard of yet), whether the vacancy is open or
    in selection. For it and for what a timer asks: whether the person's data may not be used now. For an
    EndWithVacancy: the end of the vacancy, if it is over. `agreements`: every version."""

    in_charge: tuple[Interval, ...] | None
    vacancy_open: bool
    restricted: bool = False
    agreements: tuple[Agreement, ...] = ()
    vacancy_end: VacancyEnd | None = None
