"""The kinds of entries in one table: what each is called, which event records it, which parties it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from insieme_events.contracts.governance_registers import (
    AssociationOutreachHeld,
    ContributionRecorded,
    DeskRegistered,
    InformationExchanged,
    InstrumentRegistered,
    IntegrationRegistered,
    OutreachHeld,
    PracticeProposed,
    RecordedEntry,
    RegionalMeasureRegistered,
    StaffCommitted,
    VisibilityEventHeld,
)
from insieme_governance.registers import facts
from insieme_governance.registers.facts import AnyFact, Fact

RECORDED, VOIDED = "recorded", "voided"


@dataclass(frozen=True, slots=True)
class Kind:
    """`name` is the path under /v1/register; `parties` are the fields of the event that name parties; `status` is the
    status of an entry that has none of its own; `example` is a body that may be sent.
    """

    name: str
    clauses: tuple[str, ...]
    fact: type[Fact]
    event: type[RecordedEntry]
    parties: tuple[str, ...]
    example: Mapping[str, Any]
    status: str = RECORDED

    def parties_of(self, fact: Fact | RecordedEntry) -> tuple[str, ...]:
        """The parties that an entry names, each once, in the order of their codes."""
        named: set[str] = set()
        for field in self.parties:
            value = getattr(fact, field)
            named |= {value} if isinstance(value, str) else set(value)
        return tuple(sorted(named))

    def status_of(self, event: RecordedEntry) -> str:
        return str(getattr(event, "status", self.status))


ON = {"on": "2024-03-04"}
KINDS: tuple[Kind, ...] = (
    Kind(
        "instruments",
        ("P19",),
        facts.RegisterInstrument,
        InstrumentRegistered,
        ("owner",),
        {"owner": "comune_bologna", "instrument": "sportello_lavoro", "strand": "1", "status": "active", **ON},
    ),
    Kind(
        "practices",
        ("P23",),
        facts.ProposePractice,
        PracticeProposed,
        ("proposed_by",),
        {"proposed_by": "cna", "practice": "visite_in_azienda", "strand": "1", **ON},
        status="proposed",
    ),
    Kind(
        "contributions",
        ("P26",),
        facts.RecordContribution,
        ContributionRecorded,
        ("party",),
        {"party": "cgil", "kind": "competence", "strand": "2a", "hours": 12, **ON},
    ),
    Kind(
        "integrations",
        ("P46",),
        facts.RegisterIntegration,
        IntegrationRegistered,
        ("party",),
        {
            "party": "regione_emilia_romagna",
            "direction": "consumer",
            "topic": "insieme.matching.v1",
            "status": "planned",
            **ON,
        },
    ),
    Kind(
        "exchanges",
        ("P47",),
        facts.RecordExchange,
        InformationExchanged,
        ("from_party", "to_party"),
        {
            "from_party": "citta_metropolitana",
            "to_party": "regione_emilia_romagna",
            "what": "placements_by_quarter",
            "purpose": "evaluation",
            "level": "aggregate",
            **ON,
        },
    ),
    Kind(
        "regional-measures",
        ("P48",),
        facts.RegisterRegionalMeasure,
        RegionalMeasureRegistered,
        (),
        {"measure": "gol", "kind": "vocational_training", "valid_from": "2022-01-01", **ON},
    ),
    Kind(
        "staff",
        ("P71",),
        facts.CommitStaff,
        StaffCommitted,
        ("party",),
        {"party": "comune_bologna", "year": 2024, "profile": "tutor", "fte_hundredths": 250, **ON},
    ),
    Kind(
        "desks",
        ("P71",),
        facts.RegisterDesk,
        DeskRegistered,
        ("party",),
        {"party": "citta_metropolitana", "desk": "infopoint_imola", "comune": "037032", **ON},
        status="open",
    ),
    Kind(
        "outreach",
        ("P73",),
        facts.RecordOutreach,
        OutreachHeld,
        ("party",),
        {
            "party": "comune_bologna",
            "territory_kind": "quartiere",
            "territory": "navile",
            "kind": "meeting",
            **ON,
        },
    ),
    Kind(
        "association-outreach",
        ("P76",),
        facts.RecordAssociationOutreach,
        AssociationOutreachHeld,
        ("party",),
        {"party": "confcommercio_ascom", "kind": "meeting", "companies_reached": 40, **ON},
    ),
    Kind(
        "visibility-events",
        ("P77", "P78"),
        facts.RecordVisibilityEvent,
        VisibilityEventHeld,
        ("promoters",),
        {"promoters": ["cgil", "cisl"], "themes": ["lavoro_povero"], "scope": "national", **ON},
    ),
)
BY_FACT: dict[type[Fact], Kind] = {kind.fact: kind for kind in KINDS}
BY_EVENT: dict[type[RecordedEntry], Kind] = {kind.event: kind for kind in KINDS}


def kind_of(fact: AnyFact) -> Kind:
    return BY_FACT[type(fact)]
