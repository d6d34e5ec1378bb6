"""Events of the ledger of interventions: who does what for a person and when (P25, P48)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from insieme_events.contracts.base import Code, Sealed
from insieme_events.contracts.intake import IntakeEvent
from insieme_events.contracts.vocabulary import InterventionKind


class InterventionEvent(IntakeEvent):
    """A line of the ledger of interventions of a person (P25, P48); `intervention_id` is its asker's own id."""

    person_id: UUID
    intervention_id: UUID


class RegionalMeasure(StrEnum):
    """Measures of the Regione that a party tells of: GOL, LR 14/2015, ESF+ (P48)."""

    GOL = "gol"
    LR_14_2015 = "lr_14_2015"
    ESF_PLUS = "esf_plus"


class InterventionLine(InterventionEvent):
    """`ends_on` None means until it ends; `measure` is set where the intervention is a regional measure (P48)."""

    kind: Sealed[InterventionKind]
    party: Code
    starts_on: date
    ends_on: date | None
    measure: Sealed[RegionalMeasure | None] = None
    agreement_version: Code | None = None


class InterventionRegistered(InterventionLine):
    """Confirmed: no other party does the same for the person in those days (P25)."""


class InterventionOverlapDetected(InterventionLine):
    """Blocked: another party does the same at the same time; it does not start unless somebody overrides (P25).

    Italian: duplicazione di interventi.
    """

    overlaps: UUID


class OverrideReason(StrEnum):
    DIFFERENT_GOAL = "different_goal"
    AGREED_BY_BOTH = "agreed_by_both"
    OTHER_ONE_ENDING = "other_one_ending"


class OverlapOverridden(InterventionEvent):
    """A named role let a doubled intervention go on, for a reason (P25)."""

    reason: OverrideReason


class InterventionExtended(InterventionEvent):
    """Its service goes on with it until `ends_on`; `overlaps` does the same for another party on one of the added days.

    What was extended goes on: such a line stands as doubled until a named role overrides it (P25).
    """

    ends_on: date
    overlaps: UUID | None
    agreement_version: Code


class InterventionEnded(InterventionEvent):
    """It is over, or it never began: its days are free again from the day after `occurred_on`."""
