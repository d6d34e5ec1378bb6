"""What can be asked of an internship, and what its decisions are told of the world (P34, P35; standards 2.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from insieme_events.agreement import Limits
from insieme_events.contracts import Code, YearMonth
from insieme_events.contracts.matching import (
    EvaluatedBy,
    EvaluationResult,
    InternshipOutcome,
    InternshipPurpose,
    InternshipWithdrawalReason,
    PauseReason,
    TargetClass,
)
from insieme_events.contracts.matching_internships import Minutes
from insieme_events.contracts.vocabulary import Cents, Strand
from insieme_events.days import Day
from insieme_events.decider import Circumstances, Command
from insieme_events.gates import Interval


class Paper(StrEnum):
    """What has to be on the table before an internship (standards 2.6); the documents themselves stay with whoever
    keeps them."""

    HOST_CONVENTION = "host_convention"
    INDIVIDUAL_PROJECT = "individual_project"
    PROMOTER_TUTOR = "promoter_tutor"
    HOST_TUTOR = "host_tutor"
    ACCIDENT_INSURANCE = "accident_insurance"
    LIABILITY_INSURANCE = "liability_insurance"


class NewInternship(Command):
    """What the individual project says. `funded_by_programme`: the Comitato di gestione must fund the allowance."""

    person_id: UUID
    company_id: UUID
    strand: Strand = Strand.MATCHING
    starts_on: Day
    ends_on: Day
    target: TargetClass
    purposes: tuple[InternshipPurpose, ...]
    monthly_allowance: Cents
    seasonal: bool = False
    funded_by_programme: bool = True
    on: Day


class RequestInternship(NewInternship):
    internship_id: UUID


class ConfirmInternship(Command):
    """Intake's ledger has the intervention, or somebody let a doubled one go on (P25)."""

    on: Day


class BlockInternship(Command):
    """Intake's ledger found the intervention doubled (P25)."""

    on: Day


class Grounds(Command):
    """What the law asks for, at the approval and at each extension.

    `authorisation` is the reference of the regional agency's act, `authorised_on` its day; `host_staff` the permanent
    staff. The host declares on a day whom it dismissed and suspended in the same role, and that it replaces nobody;
    `host_dismissed_on` is the latest dismissal where there was one, `host_hired_percent` the part of its earlier
    interns that it hired, of the time and for the time that the law names.
    """

    authorisation: Code
    authorised_on: Day
    papers: tuple[Paper, ...]
    host_staff: Annotated[int, Field(ge=0, le=1_000_000)]
    host_declared_on: Day
    host_dismissed_nobody: bool
    host_dismissed_on: Day | None = None
    host_suspends_staff: bool = False
    host_replaces_nobody: bool
    host_hired_percent: Annotated[int, Field(ge=0, le=100)] = 0
    on: Day


class ApproveInternship(Grounds):
    """Every legal check, for the days that were asked for (I13)."""


class ExtendInternship(Grounds):
    """Proroga: every legal check again (I13); `monthly_allowance` where it changes.

    `communicated_on` is the day of the mandatory communication, where somebody knows it.
    """

    ends_on: Day
    monthly_allowance: Cents | None = None
    communicated_on: Day | None = None


class StartInternship(Command):
    """`communicated_on` is the day of the mandatory communication."""

    communicated_on: Day
    on: Day


class SuspendInternship(Command):
    reason: PauseReason
    on: Day


class ResumeInternship(Command):
    on: Day


class RecordInternshipMonth(Command):
    """A month, or the part of it that lies in the internship, once it is over; again for the same month to correct it.

    `minutes_due` is what the individual project asks for, `minutes_present` what the register of attendance says.
    """

    month: YearMonth
    minutes_due: Annotated[int, Field(ge=1, le=45_000)]
    minutes_present: Minutes
    on: Day


class EndInternship(Command):
    """`on` is the last day; `communicated_on` the day of the mandatory communication, where somebody knows it."""

    outcome: InternshipOutcome
    on: Day
    communicated_on: Day | None = None


class WithdrawInternship(Command):
    """Before it started."""

    reason: InternshipWithdrawalReason
    on: Day


class RecordInternshipEvaluation(Command):
    """One by the person and one by the company, after the end (P35)."""

    evaluated_by: EvaluatedBy
    result: EvaluationResult
    would_again: bool
    on: Day


InternshipCommand = (
    RequestInternship
    | ConfirmInternship
    | BlockInternship
    | ApproveInternship
    | ExtendInternship
    | StartInternship
    | SuspendInternship
    | ResumeInternship
    | RecordInternshipMonth
    | EndInternship
    | WithdrawInternship
    | RecordInternshipEvaluation
)


@dataclass(frozen=True, slots=True)
class Stay:
    """Another internship that was approved and not withdrawn, both days included; `same_host`: at the same company."""

    internship_id: UUID
    same_host: bool
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class InternshipCircumstances(Circumstances):
    """`in_charge`: when the person was in charge (None: not heard of yet); `limits`: every version of the legal limits.

    `of_person` and `of_host` are the other internships of the person and at the host, read under their locks;
    `funding_known`: the Comitato di gestione's decision on this one has arrived; `restricted`: the person's data may
    not be used now.
    """

    in_charge: tuple[Interval, ...] | None
    company_known: bool
    limits: tuple[Limits, ...]
    of_person: tuple[Stay, ...]
    of_host: tuple[Stay, ...]
    funding_known: bool
    restricted: bool = False


def locks(person_id: UUID, company_id: UUID) -> tuple[str, ...]:
    """Taken by every approval and every extension: what they count must not change before they are stored (I13)."""
    return (f"matching.host/{company_id}", f"matching.intern/{person_id}")
