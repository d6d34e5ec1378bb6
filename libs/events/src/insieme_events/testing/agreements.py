"""Versions of the agreement and of the legal limits for tests, with the values that domain.md 4.3 proposes."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from insieme_events.agreement import Agreement, Limits
from insieme_events.contracts.agreement import (
    BonusPlaces,
    ConsentOf,
    CostShare,
    GrantCeiling,
    HitSector,
    HostQuota,
    LegalLimits,
    Parameters,
    PositionSource,
    ResourcesBasis,
    RoleRights,
    SameKind,
    SpendingRule,
)
from insieme_events.contracts.vocabulary import AtecoVersion, FragilityBand, InterventionKind, PartyRole, ProjectKind

SAME = tuple(SameKind(one=kind, other=kind) for kind in InterventionKind if kind is not InterventionKind.OTHER)
SHARES = (
    CostShare(party="comune_bologna", basis_points=4000),
    CostShare(party="citta_metropolitana", basis_points=4000),
    CostShare(party="fondazione_san_petronio", basis_points=2000),
)
MATRIX = tuple(
    RoleRights(role=role, invited=True, may_request=True, consents=True, pays=role is PartyRole.PROMOTER)
    for role in PartyRole
)
VALUES: dict[str, Any] = {
    "interview_due_days": 35,
    "plan_due_days": 30,
    "eligibility_valid_days": 60,
    "referral_reply_days": 15,
    "fragility_threshold": FragilityBand.MEDIUM,
    "other_measure_refuses": True,
    "hit_sectors": (
        HitSector(ateco_version=AtecoVersion.ATECO_2007, section="I"),
        HitSector(ateco_version=AtecoVersion.ATECO_2007, section="R"),
        HitSector(ateco_version=AtecoVersion.ATECO_2025, section="S"),
    ),
    "same_kinds": SAME,
    "override_roles": ("coordinator",),
    "sensitive_count_least": 10,
    "retention_months": 24,
    "erasure_due_days": 30,
    "candidate_reply_days": 15,
    "seats_per_position_percent": 150,
    "position_sources": (PositionSource.SIGNED_NEED, PositionSource.OPEN_VACANCY),
    "experimental_max_hours": 80,
    "pandemic_exclusive": False,
    "accompaniment_first": True,
    "conflicted_abstain": True,
    "evaluation_pass_score": 60,
    "grant_ceilings": (
        GrantCeiling(kind=ProjectKind.SELF_ENTERPRISE, investment=800_000, consultancy=200_000, total=800_000),
        GrantCeiling(kind=ProjectKind.SOCIAL_INNOVATION, investment=600_000, consultancy=200_000, total=800_000),
    ),
    "microcredit_max": 2_500_000,
    "seat_in_territory": True,
    "sustainability_years": 3,
    "spending_rule": SpendingRule.UNANIMOUS,
    "provisional_twelfths": False,
    "matrix": MATRIX,
    "cost_shares": SHARES,
    "shares_practised": SHARES,
    "meeting_cadence_months": 6,
    "meeting_warning_days": 30,
    "meeting_longest_gap_days": 184,
    "meeting_request_days": 30,
    "resources_basis": ResourcesBasis.COMMITTED,
    "commitment_due_month": 1,
    "commitment_due_day": 31,
    "consent_of": ConsentOf.ALL_IN_FORCE,
    "notice_days": 90,
    "expiry_warning_months": (12, 6, 3),
    "transitional_months": 0,
    "study_start_month": 9,
    "board_needs_adhesion": True,
}
LEGAL: dict[str, Any] = {
    "internship_max_months": 6,
    "internship_max_months_disadvantaged": 12,
    "internship_max_months_disabled": 24,
    "internship_min_months": 2,
    "internship_min_months_seasonal": 1,
    "internship_min_allowance": 45_000,
    "internship_attendance_percent": 70,
    "internship_host_quotas": (
        HostQuota(staff_to=5, places=1, percent=None),
        HostQuota(staff_to=20, places=2, percent=None),
        HostQuota(staff_to=None, places=None, percent=10),
    ),
    "internship_quota_rounds_up": False,
    "internship_bonus_places": (
        BonusPlaces(hired_percent=20, places=1),
        BonusPlaces(hired_percent=50, places=2),
        BonusPlaces(hired_percent=75, places=3),
        BonusPlaces(hired_percent=100, places=4),
    ),
    "internship_bonus_months": 24,
    "internship_bonus_contract_months": 6,
    "internship_dismissal_months": 12,
    "income_threshold_employee": 850_000,
    "income_threshold_self_employed": 550_000,
    "follow_up_exit_days": 28,
    "follow_up_months": 6,
    "status_suspension_days": 180,
    "start_notice_days": 1,
    "change_notice_days": 5,
    "subject_access_months": 1,
}


def parameters(**changes: Any) -> Parameters:
    return Parameters(**{**VALUES, **changes})


def limits(**changes: Any) -> LegalLimits:
    return LegalLimits(**{**LEGAL, **changes})


def agreement(
    version: str = "2021.1",
    valid_from: date = date(2021, 3, 3),
    valid_to: date = date(2026, 3, 3),
    **changes: Any,
) -> Agreement:
    return Agreement(version=version, valid_from=valid_from, valid_to=valid_to, **{**VALUES, **changes})


@cache
def published() -> tuple[Agreement, ...]:
    """Three versions without a gap, from the first protocol on."""
    return (
        agreement("2017.1", date(2017, 5, 22), date(2021, 3, 2)),
        agreement(),
        agreement("2026.1", date(2026, 3, 4), date(2031, 3, 3)),
    )


@cache
def published_limits() -> tuple[Limits, ...]:
    """One version, from before everything."""
    return (Limits(version="2010.1", valid_from=date(2010, 1, 1), **LEGAL),)
