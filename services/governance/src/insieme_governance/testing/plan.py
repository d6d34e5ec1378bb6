"""Builders for tests of the plan, the Board, the presentation, the study and the registers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from insieme_events.agreement import in_force
from insieme_events.contracts import Actor
from insieme_events.contracts.governance_plan import (
    Ceiling,
    PlannedAction,
    ResourcesCommitted,
    WorkPlanApproved,
    WorkPlanDrafted,
)
from insieme_events.contracts.vocabulary import PartyRole, Strand
from insieme_events.testing.agreements import published
from insieme_governance.board_membership import BoardCircumstances
from insieme_governance.plan_year import PlanYearCircumstances
from insieme_governance.plan_year.facts import HELD, TAVOLO, WORK_PLAN, WORK_PLAN_AMENDMENT, Meeting
from insieme_governance.presentation import PresentationCircumstances
from insieme_governance.registers import RegisterCircumstances
from insieme_governance.study import StudyCircumstances

YEAR = 2022
TODAY = date(2022, 12, 31)
JANUARY, FEBRUARY, MARCH, JUNE = (date(YEAR, month, 10) for month in (1, 2, 3, 6))
MEETING_ID, OTHER_MEETING, AMENDMENT_ID, MEASURE_ID, COMPANY_ID, OTHER_COMPANY = (UUID(int=n) for n in range(201, 207))
ACTION_1, ACTION_2 = UUID(int=221), UUID(int=222)
PROTOCOL_ID, ENTRY_ID, SNAPSHOT_ID, DOCUMENT_ID, FIRST_EVENT = (UUID(int=n) for n in range(231, 236))
HASH = "ab" * 32
AGREEMENT = in_force(published(), MARCH)
COMUNE, CITY, FONDAZIONE = "comune_bologna", "citta_metropolitana", "fondazione_san_petronio"
PARTIES: Mapping[str, PartyRole] = {
    COMUNE: PartyRole.PROMOTER,
    CITY: PartyRole.PROMOTER,
    "arcidiocesi": PartyRole.PROMOTER,
    FONDAZIONE: PartyRole.PROMOTER,
    "regione_emilia_romagna": PartyRole.PARTICIPANT,
    "alleanza_cooperative": PartyRole.EMPLOYER_ASSOCIATION,
    "cna": PartyRole.EMPLOYER_ASSOCIATION,
    "confartigianato": PartyRole.EMPLOYER_ASSOCIATION,
    "confcommercio_ascom": PartyRole.EMPLOYER_ASSOCIATION,
    "confesercenti": PartyRole.EMPLOYER_ASSOCIATION,
    "confindustria_emilia": PartyRole.EMPLOYER_ASSOCIATION,
    "cgil": PartyRole.TRADE_UNION,
    "cisl": PartyRole.TRADE_UNION,
    "uil": PartyRole.TRADE_UNION,
}
HELD_IN_FEBRUARY = Meeting(TAVOLO, HELD, FEBRUARY, WORK_PLAN)
HELD_IN_JUNE = Meeting(TAVOLO, HELD, JUNE, WORK_PLAN_AMENDMENT)


def actor(party: str = COMUNE) -> Actor:
    return Actor(party=party, role="operator", purpose="plan")


def plan_circumstances(party: str = COMUNE, **changes: Any) -> PlanYearCircumstances:
    """The Comune acts; every party is in force; the Tavolo met in February and decided."""
    values: dict[str, Any] = {
        "actor": actor(party),
        "today": TODAY,
        "agreement": AGREEMENT,
        "parties": PARTIES,
        "coordinator": CITY,
        "meeting": HELD_IN_FEBRUARY,
        "measures": frozenset({MEASURE_ID}),
    }
    return PlanYearCircumstances(**{**values, **changes})


def board_circumstances(**changes: Any) -> BoardCircumstances:
    values: dict[str, Any] = {
        "actor": actor(),
        "today": TODAY,
        "agreement": AGREEMENT,
        "stands_for": COMPANY_ID,
        "last_known": AGREEMENT,
    }
    return BoardCircumstances(**{**values, **changes})


def presentation_circumstances(**changes: Any) -> PresentationCircumstances:
    values: dict[str, Any] = {
        "actor": actor(),
        "today": date(YEAR + 1, 12, 31),
        "agreement": AGREEMENT,
        "snapshot_hash": HASH,
        "in_force": True,
    }
    return PresentationCircumstances(**{**values, **changes})


def study_circumstances(**changes: Any) -> StudyCircumstances:
    values: dict[str, Any] = {
        "actor": actor(),
        "today": TODAY,
        "agreement": AGREEMENT,
        "signed_on": date(2021, 3, 3),
        "of_signature": AGREEMENT,
    }
    return StudyCircumstances(**{**values, **changes})


def register_circumstances(**changes: Any) -> RegisterCircumstances:
    values: dict[str, Any] = {
        "actor": actor(),
        "today": TODAY,
        "agreement": AGREEMENT,
        "parties": PARTIES,
        "actions": frozenset({ACTION_1}),
        "last_event": FIRST_EVENT,
    }
    return RegisterCircumstances(**{**values, **changes})


def ceiling(amount: int = 600, source: str = COMUNE, strand: Strand = Strand.TRAINING_TARGETED) -> Ceiling:
    return Ceiling(source=source, strand=strand, amount=amount)


def action(**changes: Any) -> PlannedAction:
    values: dict[str, Any] = {
        "action_id": ACTION_1,
        "strand": Strand.TRAINING_TARGETED,
        "source": COMUNE,
        "planned_cost": 500,
    }
    return PlannedAction(**{**values, **changes})


def committed(amount: int = 1000, **changes: Any) -> ResourcesCommitted:
    values: dict[str, Any] = {
        "year": YEAR,
        "party": COMUNE,
        "source": COMUNE,
        "amount": amount,
        "agreement_version": "2021.1",
        "occurred_on": JANUARY,
    }
    return ResourcesCommitted(**{**values, **changes})


def drafted(**changes: Any) -> WorkPlanDrafted:
    """600 from the Comune for 2.b, of which an action costs 500."""
    values: dict[str, Any] = {
        "year": YEAR,
        "ceilings": (ceiling(),),
        "actions": (action(),),
        "occurred_on": JANUARY,
    }
    return WorkPlanDrafted(**{**values, **changes})


def approved(**changes: Any) -> WorkPlanApproved:
    values: dict[str, Any] = {
        "year": YEAR,
        "meeting_id": MEETING_ID,
        "decision_no": 1,
        "ceilings": (ceiling(),),
        "agreement_version": "2021.1",
        "occurred_on": FEBRUARY,
    }
    return WorkPlanApproved(**{**values, **changes})
