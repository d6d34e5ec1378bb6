"""Every contract once: type name and version to class, owner, topics, key, audience (decision 9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import ModuleType

from insieme_events.contracts import (
    DomainEvent,
    base,
    funding,
    funding_budget,
    funding_committees,
    funding_projects,
    governance,
    governance_bodies,
    governance_plan,
    governance_registers,
    intake,
    intake_following,
    intake_interventions,
    intake_persons,
    intake_referrals,
    matching_candidacies,
    matching_companies,
    matching_employments,
    matching_internships,
    matching_vacancies,
    reporting,
    training,
    training_courses,
    training_participations,
)

TYPE_HEAD = "it.insiemeperillavoro"


@dataclass(frozen=True, slots=True)
class Contract:
    """One version of one event type. `ce_type` is its CloudEvents type."""

    event: type[DomainEvent]

    @property
    def name(self) -> str:
        return self.event.__name__

    @property
    def ce_type(self) -> str:
        return f"{TYPE_HEAD}.{self.event.context}.{self.name}.v{self.event.schema_version}"

    @property
    def reduced(self) -> tuple[str, ...] | None:
        return self.event.party_fields


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic as it must be: partitions are fixed for ever, records are kept for ever."""

    name: str
    partitions: int
    config: dict[str, str] = field(default_factory=dict)


BUSY, QUIET = 6, 1
PARTITIONS = {
    "intake": BUSY,
    "matching": BUSY,
    "training": BUSY,
    "funding": BUSY,
    "governance": QUIET,
    "reporting": QUIET,
}
MODULES: dict[str, tuple[ModuleType, ...]] = {
    "intake": (intake, intake_persons, intake_following, intake_interventions, intake_referrals),
    "matching": (
        matching_companies,
        matching_vacancies,
        matching_candidacies,
        matching_internships,
        matching_employments,
    ),
    "training": (training, training_courses, training_participations),
    "funding": (funding, funding_budget, funding_committees, funding_projects),
    "governance": (governance, governance_bodies, governance_plan, governance_registers),
    "reporting": (reporting,),
}


def _concrete(modules: tuple[ModuleType, ...]) -> Iterator[type[DomainEvent]]:
    """The event classes of a context's modules that are no base of another one of them."""
    classes = [
        thing
        for module in modules
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, DomainEvent) and thing.__module__ == module.__name__
    ]
    bases = {parent for thing in classes for parent in thing.__mro__[1:]} - {base.DomainEvent}
    return (thing for thing in classes if thing not in bases)


CONTRACTS: tuple[Contract, ...] = tuple(Contract(event) for modules in MODULES.values() for event in _concrete(modules))
BY_TYPE: dict[str, Contract] = {contract.ce_type: contract for contract in CONTRACTS}
BY_CLASS: dict[type[DomainEvent], Contract] = {contract.event: contract for contract in CONTRACTS}


def contract_of(event: DomainEvent) -> Contract:
    return BY_CLASS[type(event)]


def restricted_topic(prefix: str, context: str) -> str:
    """Complete events, for our own services and reporting."""
    return f"{prefix}.{context}.restricted.v1"


def party_topic(prefix: str, context: str) -> str:
    """Reduced events, for signatories."""
    return f"{prefix}.{context}.v1"


def position_topic(prefix: str, context: str) -> str:
    """The relay's position, written in the same Kafka transaction as the events."""
    return f"{prefix}.{context}.position.v1"


FOR_EVER = {
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "message.timestamp.type": "CreateTime",
    "message.timestamp.after.max.ms": "9223372036854775807",
    "cleanup.policy": "delete",
}
COMPACTED = {
    "cleanup.policy": "compact",
    "message.timestamp.type": "CreateTime",
    "message.timestamp.after.max.ms": "9223372036854775807",
}


def topics(prefix: str) -> list[TopicSpec]:
    """Every topic that the platform needs."""
    found: list[TopicSpec] = []
    for context, partitions in PARTITIONS.items():
        found.append(TopicSpec(restricted_topic(prefix, context), partitions, FOR_EVER))
        found.append(TopicSpec(party_topic(prefix, context), partitions, FOR_EVER))
        found.append(TopicSpec(position_topic(prefix, context), 1, COMPACTED))
    return found
