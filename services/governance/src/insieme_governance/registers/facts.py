"""What can be recorded in the registers: one command per kind, whose fields are those of the kind's event."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from insieme_events.contracts import Code
from insieme_events.contracts.governance_plan import Year
from insieme_events.contracts.governance_registers import (
    ContributionKind,
    Count,
    ExchangeLevel,
    Hours,
    Hundredths,
    InstrumentStatus,
    IntegrationDirection,
    IntegrationStatus,
    LegalBasis,
    OutreachKind,
    Scope,
    StaffProfile,
    TerritoryKind,
    Theme,
)
from insieme_events.contracts.vocabulary import Cents, Comune, InterventionKind, Strand
from insieme_events.days import Day
from insieme_events.decider import Command


class Fact(Command):
    """`on` is the day of the fact: the parties that it names must be in force then (P81)."""

    on: Day


class RegisterInstrument(Fact):
    """An instrument or path with the party that owns it (P19)."""

    owner: Code
    instrument: Code
    strand: Strand
    status: InstrumentStatus


class ProposePractice(Fact):
    """A good practice (buona prassi) (P23)."""

    proposed_by: Code
    practice: Code
    strand: Strand


class RecordContribution(Fact):
    """What a party made available, in hours or in money's worth (P26)."""

    party: Code
    kind: ContributionKind
    strand: Strand
    hours: Hours | None = None
    value: Cents | None = None
    action_id: UUID | None = None


class RegisterIntegration(Fact):
    """A party reads or writes a topic of ours (P46)."""

    party: Code
    direction: IntegrationDirection
    topic: Code
    status: IntegrationStatus


class RecordExchange(Fact):
    """Information that a party gave to another (P47)."""

    from_party: Code
    to_party: Code
    what: Code
    purpose: Code
    level: ExchangeLevel
    legal_basis: LegalBasis | None = None


class RegisterRegionalMeasure(Fact):
    """A regional measure and the kind of intervention that it offers (P48)."""

    measure: Code
    kind: InterventionKind
    valid_from: Day
    valid_to: Day | None = None


class CommitStaff(Fact):
    """Full-time equivalents of a profile for a year; 150 hundredths are one and a half persons (P71)."""

    party: Code
    year: Year
    profile: StaffProfile
    fte_hundredths: Hundredths


class RegisterDesk(Fact):
    """A desk (servizio-sportello) that is open from `on` (P71)."""

    party: Code
    desk: Code
    comune: Comune


class RecordOutreach(Fact):
    """The programme was made known in a territory: a quartiere, an unione, a distretto or a comune (P73)."""

    party: Code
    territory_kind: TerritoryKind
    territory: Code
    kind: OutreachKind


class RecordAssociationOutreach(Fact):
    """The programme was made known among the companies of an association's or a union's members (P76)."""

    party: Code
    kind: OutreachKind
    companies_reached: Count


class RecordVisibilityEvent(Fact):
    """A public discussion that parties promoted (P77, P78)."""

    promoters: Annotated[tuple[Code, ...], Field(min_length=1, max_length=20)]
    themes: Annotated[tuple[Theme, ...], Field(min_length=1, max_length=10)]
    scope: Scope


AnyFact = (
    RegisterInstrument
    | ProposePractice
    | RecordContribution
    | RegisterIntegration
    | RecordExchange
    | RegisterRegionalMeasure
    | CommitStaff
    | RegisterDesk
    | RecordOutreach
    | RecordAssociationOutreach
    | RecordVisibilityEvent
)
