"""Events of the registers of governance: what parties bring in, do and share (P19, P23, P26, P46-P48, P71-P78).

An entry is recorded by the event of its kind. The same event with `corrects` says the whole entry again: it takes the
place of the event that it names, so a reader keeps the last one per `entry_id`. EntryVoided takes an entry away.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from insieme_events.contracts.base import Code
from insieme_events.contracts.governance import GovernanceEvent
from insieme_events.contracts.vocabulary import Cents, Comune, InterventionKind, Strand

Hundredths = Annotated[int, Field(ge=1, le=100_000)]
"""Hundredths of a whole: 150 are one and a half full-time persons."""

Hours = Annotated[int, Field(ge=1, le=100_000)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]

ENTRY = ("entry_id", "corrects", "occurred_on")


class EntryEvent(GovernanceEvent):
    entry_id: UUID


class RecordedEntry(EntryEvent):
    """`corrects` is the event that this one takes the place of; None for the first."""

    corrects: UUID | None = None


class EntryVoided(EntryEvent):
    """The entry should never have been made."""

    voids: UUID
    party_fields = ("entry_id", "voids", "occurred_on")


class InstrumentStatus(StrEnum):
    """«già attivati – o in fase di attivazione» (P19)."""

    ACTIVATING = "activating"
    ACTIVE = "active"
    CLOSED = "closed"


class InstrumentRegistered(RecordedEntry):
    """An instrument or path (strumento, percorso) with the party that owns it (P19). Italian: strumenti e percorsi."""

    owner: Code
    instrument: Code
    strand: Strand
    status: InstrumentStatus
    party_fields = (*ENTRY, "owner", "instrument", "strand", "status")


class InstrumentStatusChanged(EntryEvent):
    """Whether an instrument is being activated, active or closed (P19)."""

    status: InstrumentStatus
    party_fields = ("entry_id", "status", "occurred_on")


class PracticeProposed(RecordedEntry):
    """A good practice (buona prassi) that a party proposes (P23). Italian: buona prassi."""

    proposed_by: Code
    practice: Code
    strand: Strand
    party_fields = (*ENTRY, "proposed_by", "practice", "strand")


class PracticeAdopted(EntryEvent):
    """A party works by the practice (P23)."""

    adopted_by: Code
    party_fields = ("entry_id", "adopted_by", "occurred_on")


class PracticeShared(EntryEvent):
    """The practice was shared with a party, or with somebody outside (P23, P47)."""

    shared_with: Code
    party_fields = ("entry_id", "shared_with", "occurred_on")


class ContributionKind(StrEnum):
    """What a party makes available (P26)."""

    COMPETENCE = "competence"
    ACTION = "action"
    SPACES = "spaces"
    EQUIPMENT = "equipment"
    COMMUNICATION = "communication"


class ContributionRecorded(RecordedEntry):
    """What a party made available, in hours or in money's worth; `action_id` is the action it served (P26).

    Italian: competenze e azioni messe a disposizione.
    """

    party: Code
    kind: ContributionKind
    strand: Strand
    hours: Hours | None
    value: Cents | None
    action_id: UUID | None
    party_fields = (*ENTRY, "party", "kind", "strand", "hours", "value", "action_id")


class IntegrationDirection(StrEnum):
    CONSUMER = "consumer"
    PRODUCER = "producer"


class IntegrationStatus(StrEnum):
    PLANNED = "planned"
    TESTING = "testing"
    LIVE = "live"
    ENDED = "ended"


class IntegrationRegistered(RecordedEntry):
    """A party reads or writes a topic of ours, such as the Regione (P46)."""

    party: Code
    direction: IntegrationDirection
    topic: Code
    status: IntegrationStatus
    party_fields = (*ENTRY, "party", "direction", "topic", "status")


class IntegrationStatusChanged(EntryEvent):
    """How far the integration is (P46)."""

    status: IntegrationStatus
    party_fields = ("entry_id", "status", "occurred_on")


class ExchangeLevel(StrEnum):
    AGGREGATE = "aggregate"
    PERSON = "person"


class LegalBasis(StrEnum):
    """GDPR art. 6(1) (a) to (f), as far as parties may use them."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    PUBLIC_INTEREST = "public_interest"


class InformationExchanged(RecordedEntry):
    """A party gave information to another: what, to which purpose, on which legal basis (P47).

    Italian: scambio di informazioni.
    """

    from_party: Code
    to_party: Code
    what: Code
    purpose: Code
    level: ExchangeLevel
    legal_basis: LegalBasis | None
    party_fields = (*ENTRY, "from_party", "to_party", "what", "purpose", "level", "legal_basis")


class RegionalMeasureRegistered(RecordedEntry):
    """A regional measure (GOL, LR 14/2015, FSE+ …) and the kind of intervention that it offers (P48).

    Italian: intervento regionale.
    """

    measure: Code
    kind: InterventionKind
    valid_from: date
    valid_to: date | None
    party_fields = (*ENTRY, "measure", "kind", "valid_from", "valid_to")


class StaffProfile(StrEnum):
    """Le professionalità utili alla realizzazione (P71)."""

    COORDINATOR = "coordinator"
    CAREER_ADVISER = "career_adviser"
    COMPANY_ADVISER = "company_adviser"
    TUTOR = "tutor"
    TRAINER = "trainer"
    ADMINISTRATION = "administration"


class StaffCommitted(RecordedEntry):
    """So many full-time equivalents of a profile that a party gives in a year; nobody is named (P71).

    Italian: professionalità messe a disposizione.
    """

    party: Code
    year: int
    profile: StaffProfile
    fte_hundredths: Hundredths
    party_fields = (*ENTRY, "party", "year", "profile", "fte_hundredths")


class DeskRegistered(RecordedEntry):
    """A desk (servizio-sportello) that a party runs in a comune, from `occurred_on` on (P71).

    Italian: servizio-sportello.
    """

    party: Code
    desk: Code
    comune: Comune
    party_fields = (*ENTRY, "party", "desk", "comune")


class DeskClosed(EntryEvent):
    """From this day on the desk is closed (P71)."""

    party_fields = ("entry_id", "occurred_on")


class TerritoryKind(StrEnum):
    """Where the programme is made known (P73); a comune, since three of them are in no unione."""

    QUARTIERE = "quartiere"
    UNIONE = "unione"
    """Italian: Unione di Comuni."""
    DISTRETTO = "distretto"
    """Italian: Distretto socio sanitario."""
    COMUNE = "comune"


class OutreachKind(StrEnum):
    MEETING = "meeting"
    INFORMATION_POINT = "information_point"
    TRAINING = "training"
    MATERIAL = "material"


class OutreachHeld(RecordedEntry):
    """A party made the programme known and shared it in a territory (P73).

    Italian: diffusione e condivisione delle attività.
    """

    party: Code
    territory_kind: TerritoryKind
    territory: Code
    kind: OutreachKind
    party_fields = (*ENTRY, "party", "territory_kind", "territory", "kind")


class AssociationOutreachHeld(RecordedEntry):
    """A trade association or a union made the programme known among the companies of its members (P76).

    Italian: diffusione presso le imprese associate.
    """

    party: Code
    kind: OutreachKind
    companies_reached: Count
    party_fields = (*ENTRY, "party", "kind", "companies_reached")


class Theme(StrEnum):
    """«i temi di fondo del lavoro povero e della fragilità delle persone» (P78)."""

    WORKING_POVERTY = "lavoro_povero"
    """Work that does not pay for a living (P78). Italian: lavoro povero."""
    FRAGILITY = "fragilita"
    """What makes persons fragile (P78). Italian: fragilità delle persone."""
    PROGRAMME = "insieme_per_il_lavoro"
    OTHER = "other"


class Scope(StrEnum):
    """How far beyond the territory an event goes (P78)."""

    TERRITORY = "territory"
    REGIONAL = "regional"
    NATIONAL = "national"
    INTERNATIONAL = "international"


class VisibilityEventHeld(RecordedEntry):
    """A public discussion that parties promoted (P77, P78). Italian: momento allargato di discussione."""

    promoters: Annotated[tuple[Code, ...], Field(min_length=1, max_length=20)]
    themes: Annotated[tuple[Theme, ...], Field(min_length=1, max_length=10)]
    scope: Scope
    party_fields = (*ENTRY, "promoters", "themes", "scope")
