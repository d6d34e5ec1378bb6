"""The states of an employment and how its events lead from one to the next (standards 2.2, event mapping)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.matching import (
    EndReason,
    PlacementCorrected,
    PlacementEnded,
    PlacementExtended,
    PlacementStarted,
    PlacementSupportRecorded,
    PlacementTransformed,
    PlacementVoided,
    TransformationCode,
)
from insieme_events.contracts.vocabulary import Strand
from insieme_events.decider import RefusalKind, Refused
from insieme_matching.employment import chain as chains
from insieme_matching.employment.chain import Chain, Link, Transformation

EMPLOYMENT_UNKNOWN = Refused(
    code="matching.employment_unknown",
    sentence="There is no employment with this id: record the placement first.",
    clause="P33",
    kind=RefusalKind.NOT_FOUND,
)
PLACEMENT_ENDED = Refused(
    code="matching.placement_ended",
    sentence="This employment ended on {ended_on}: record a new placement, or void what was recorded by mistake.",
)
PLACEMENT_VOIDED = Refused(
    code="matching.placement_voided",
    sentence="This placement was voided and takes nothing any more: record a new one.",
)
END_OUTSIDE = Refused(
    code="matching.end_outside",
    sentence="The end must lie in the last link, from {starts_on} to its last day: void or correct the link first.",
)


@dataclass(frozen=True, slots=True)
class Relation:
    """Between whom; the same in every link."""

    employment_id: UUID
    person_id: UUID
    company_id: UUID
    vacancy_id: UUID | None
    strand: Strand


@dataclass(frozen=True, slots=True)
class NotStarted:
    pass


@dataclass(frozen=True, slots=True)
class Running:
    relation: Relation
    chain: Chain


@dataclass(frozen=True, slots=True)
class Ended:
    relation: Relation
    chain: Chain
    ended_on: date
    reason: EndReason


@dataclass(frozen=True, slots=True)
class Voided:
    relation: Relation


Employment = NotStarted | Running | Ended | Voided


def running_or_refused(employment: Employment) -> Running | Refused:
    match employment:
        case NotStarted():
            return EMPLOYMENT_UNKNOWN
        case Running():
            return employment
        case Ended(ended_on=ended_on):
            return PLACEMENT_ENDED.about(ended_on=ended_on)
        case Voided():
            return PLACEMENT_VOIDED
        case _:
            assert_never(employment)


def known_or_refused(employment: Employment) -> Running | Ended | Refused:
    match employment:
        case NotStarted():
            return EMPLOYMENT_UNKNOWN
        case Running() | Ended():
            return employment
        case Voided():
            return PLACEMENT_VOIDED
        case _:
            assert_never(employment)


def end_outside(chain: Chain, on: date) -> Refused | None:
    """Refuses an end before the last movement, or after the last day of the contract."""
    now = chain.now()
    movements = [now.starts_on, *(t.on for t in chain.transformations)]
    if on < max(movements) or (now.ends_on is not None and on > now.ends_on):
        return END_OUTSIDE.about(starts_on=max(movements))
    return None


def evolve(state: Employment, event: DomainEvent) -> Employment:
    match state, event:
        case _, PlacementStarted():
            return Running(
                Relation(event.employment_id, event.person_id, event.company_id, event.vacancy_id, event.strand),
                Chain(
                    (Link(1, event.occurred_on, event.ends_on, event.contract_type, event.working_time, event.comune),)
                ),
            )
        case Running(chain=chain), PlacementExtended():
            link = replace(chain.now(), no=event.link_no, starts_on=event.occurred_on, ends_on=event.ends_on)
            return replace(state, chain=replace(chain, links=(*chain.links, link), issued=event.link_no))
        case Running(chain=chain), PlacementTransformed(code=code):
            became = None if code is TransformationCode.PART_TO_FULL_TIME else event.contract_type
            transformation = Transformation(event.occurred_on, code, became)
            return replace(state, chain=replace(chain, transformations=(*chain.transformations, transformation)))
        case Running(relation=relation, chain=chain), PlacementEnded():
            return Ended(relation, chain, event.occurred_on, event.reason)
        case Running(chain=chain) | Ended(chain=chain), PlacementCorrected():
            link = Link(
                event.link_no,
                event.starts_on,
                event.ends_on,
                event.contract_type,
                event.working_time,
                event.comune,
            )
            links = tuple(link if other.no == link.no else other for other in chain.links)
            return replace(state, chain=replace(chain, links=links))
        case Running() | Ended(), PlacementSupportRecorded():
            return state
        case Running() | Ended(), PlacementVoided():
            rest = chains.cut(state.chain, event.from_link)
            return Voided(state.relation) if isinstance(rest, Refused) else Running(state.relation, rest)
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__} on an employment's stream")
