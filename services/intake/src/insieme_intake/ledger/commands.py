"""The commands of a ledger of interventions; `on` is the business date, never after today (P25, P48)."""

from __future__ import annotations

from uuid import UUID

from insieme_events.contracts import Code
from insieme_events.contracts.intake_interventions import OverrideReason, RegionalMeasure
from insieme_events.contracts.vocabulary import InterventionKind
from insieme_events.days import Day
from insieme_events.decider import Command


class RegisterIntervention(Command):
    """A party does something for the person, or asks to (P25, P48). `ends_on` None: until it ends."""

    person_id: UUID
    intervention_id: UUID
    kind: InterventionKind
    party: Code
    starts_on: Day
    ends_on: Day | None
    measure: RegionalMeasure | None = None
    on: Day


class OverrideOverlap(Command):
    """A blocked intervention may go on all the same; only a role that the agreement names may say so (P25)."""

    intervention_id: UUID
    reason: OverrideReason
    on: Day


class EndIntervention(Command):
    """It is over, or never began: from the day after `on` its days are free (P25)."""

    intervention_id: UUID
    on: Day


class FollowEnd(EndIntervention):
    """As EndIntervention, told by the event of the service that the intervention belongs to (P25)."""


class FollowExtension(Command):
    """It goes on until `ends_on`, told by the event of the service that the intervention belongs to (P25)."""

    intervention_id: UUID
    ends_on: Day
    on: Day


class EraseInterventions(Command):
    """This ledger takes and shows no sealed value of its person any more (GDPR art. 17)."""

    on: Day


LedgerCommand = (
    RegisterIntervention | OverrideOverlap | EndIntervention | FollowEnd | FollowExtension | EraseInterventions
)
