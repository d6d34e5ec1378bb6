"""The agreement as data: every number and choice that the protocol leaves open, and the limits that the law sets.

Both are versioned and dated, adopted in governance, and read by every service from its own view (decision 14 of the
architecture; domain.md 4.3; standards.md 2.2, 2.5, 2.6). Nothing here has a default: a number stands in a version.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from insieme_events.contracts.base import Code
from insieme_events.contracts.vocabulary import (
    AtecoSection,
    AtecoVersion,
    Cents,
    FragilityBand,
    InterventionKind,
    PartyRole,
    ProjectKind,
)

Days = Annotated[int, Field(ge=0, le=3660)]
Months = Annotated[int, Field(ge=0, le=120)]
BasisPoints = Annotated[int, Field(ge=0, le=10_000)]
"""Hundredths of a per cent: 10,000 is the whole."""


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ConsentOf(StrEnum):
    """Whose consent a renewal needs («con il consenso delle parti», P80)."""

    ALL_IN_FORCE = "all_in_force"
    PROMOTERS = "promoters"


class ResourcesBasis(StrEnum):
    """What «risorse disponibili» are (P52)."""

    COMMITTED = "committed"
    CASHED = "cashed"


class PositionSource(StrEnum):
    """What counts as an identified position (P39)."""

    SIGNED_NEED = "signed_need"
    OPEN_VACANCY = "open_vacancy"


class SpendingRule(StrEnum):
    """How the choices on the use of resources are shared (P69)."""

    UNANIMOUS = "unanimous"
    MAJORITY = "majority"


class RoleRights(Part):
    """What parties of a role do in the bodies: one row of the matrix of the parties (domain.md 4.3)."""

    role: PartyRole
    invited: bool
    may_request: bool
    consents: bool
    pays: bool


class CostShare(Part):
    """The share of the costs that a promoter bears (P67). Italian: ripartizione degli oneri finanziari."""

    party: Code
    basis_points: BasisPoints


class SameKind(Part):
    """Two kinds of interventions that count as the same initiative (P25, P48)."""

    one: InterventionKind
    other: InterventionKind


class HitSector(Part):
    """A section of that version of ATECO that the pandemic hit: tourism, catering, entertainment, culture (P07).

    Italian: comparto colpito dalla pandemia.
    """

    ateco_version: AtecoVersion
    section: AtecoSection


class GrantCeiling(Part):
    """The most that a project of a kind may be granted (P64)."""

    kind: ProjectKind
    investment: Cents
    consultancy: Cents
    total: Cents


class Parameters(Part):
    """What one version of the implementing agreement says. Days are calendar days; money is in euro cents."""

    # Of the case: P07, P10, P11, P15, P18, P24, P25, P27 to P29, P74.
    interview_due_days: Days
    plan_due_days: Days
    eligibility_valid_days: Days
    referral_reply_days: Days
    fragility_threshold: FragilityBand
    other_measure_refuses: bool
    hit_sectors: tuple[HitSector, ...]
    same_kinds: tuple[SameKind, ...]
    override_roles: tuple[Code, ...]
    sensitive_count_least: Annotated[int, Field(ge=3, le=1000)]
    """The least number of persons that is told where what is counted may tell a belief or an illness (P74)."""
    retention_months: Months
    erasure_due_days: Days
    # Of matching and training: P32, P39 to P42.
    candidate_reply_days: Days
    seats_per_position_percent: Annotated[int, Field(ge=1, le=1000)]
    position_sources: tuple[PositionSource, ...]
    experimental_max_hours: Annotated[int, Field(ge=1, le=2000)]
    pandemic_exclusive: bool
    # Of projects and money: P43, P63, P64, P66, P69.
    accompaniment_first: bool
    conflicted_abstain: bool
    evaluation_pass_score: Annotated[int, Field(ge=0, le=100)]
    grant_ceilings: tuple[GrantCeiling, ...]
    microcredit_max: Cents
    seat_in_territory: bool
    sustainability_years: Annotated[int, Field(ge=0, le=20)]
    spending_rule: SpendingRule
    provisional_twelfths: bool
    # Of the bodies, the plan and the term: P50 to P57, P59, P67, P68, P72, P79 to P82.
    matrix: tuple[RoleRights, ...]
    cost_shares: tuple[CostShare, ...]
    shares_practised: tuple[CostShare, ...]
    meeting_cadence_months: Months
    meeting_warning_days: Days
    meeting_longest_gap_days: Days
    meeting_request_days: Days
    resources_basis: ResourcesBasis
    commitment_due_month: Annotated[int, Field(ge=1, le=12)]
    commitment_due_day: Annotated[int, Field(ge=1, le=31)]
    consent_of: ConsentOf
    notice_days: Days
    expiry_warning_months: tuple[Months, ...]
    transitional_months: Months
    study_start_month: Annotated[int, Field(ge=1, le=12)]
    board_needs_adhesion: bool


class HostQuota(Part):
    """How many interns a host may have at once: up to `places`, or `percent` of its permanent staff.

    Italian: quota di tirocinanti per soggetto ospitante.
    """

    staff_to: Annotated[int, Field(ge=0)] | None
    places: Annotated[int, Field(ge=0)] | None
    percent: Annotated[int, Field(ge=0, le=100)] | None

    @model_validator(mode="after")
    def one_of_both(self) -> HostQuota:
        if (self.places is None) == (self.percent is None):
            raise ValueError("give places or percent, not both")
        return self


class BonusPlaces(Part):
    """Places above the quota for a host that hired at least so many per cent of its earlier interns."""

    hired_percent: Annotated[int, Field(ge=1, le=100)]
    places: Annotated[int, Field(ge=1)]


class LegalLimits(Part):
    """Limits that the law sets, as they stand from a day on; money is in euro cents, gross.

    Internships by LR Emilia-Romagna 17/2005 art. 24-26-novies; unemployment by d.lgs. 150/2015 art. 19-21;
    mandatory communications by the Ministry's rules (standards.md 2.2, 2.5, 2.6).
    """

    internship_max_months: Annotated[int, Field(ge=1)]
    internship_max_months_disadvantaged: Annotated[int, Field(ge=1)]
    internship_max_months_disabled: Annotated[int, Field(ge=1)]
    internship_min_months: Annotated[int, Field(ge=0)]
    internship_min_months_seasonal: Annotated[int, Field(ge=0)]
    internship_min_allowance: Cents
    internship_attendance_percent: Annotated[int, Field(ge=0, le=100)]
    internship_host_quotas: tuple[HostQuota, ...]
    internship_quota_rounds_up: bool
    """Whether a part of a place that a per cent gives is a whole one."""
    internship_bonus_places: tuple[BonusPlaces, ...]
    internship_bonus_months: Months
    """How far back interns count who were hired, and not."""
    internship_bonus_contract_months: Months
    """How long a subordinate contract is at least that counts as hiring."""
    internship_dismissal_months: Months
    """How long a host that dismissed somebody has no intern in the same role."""
    income_threshold_employee: Cents
    income_threshold_self_employed: Cents
    follow_up_exit_days: Days
    follow_up_months: Months
    status_suspension_days: Days
    start_notice_days: Days
    change_notice_days: Days
    subject_access_months: Months
