"""Employment (rapporto di lavoro): one chain of contract links, from the placement to its end (P33; standards 2.2).

An internship is not a placement (P34). Extensions may outlive the case; only the start asks for the charge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import assert_never
from uuid import UUID

from insieme_events.agreement import Agreement
from insieme_events.contracts.matching import (
    EndReason,
    EntryKind,
    PlacementCorrected,
    PlacementEnded,
    PlacementExtended,
    PlacementStarted,
    PlacementTransformed,
    PlacementVoided,
    PlacementVoidReason,
    TransformationCode,
)
from insieme_events.contracts.vocabulary import Comune, ContractType, Strand, WorkingTime
from insieme_events.decider import Circumstances, Command, Decider, Decision, RefusalKind, Refused
from insieme_matching import chain as chains
from insieme_matching.chain import Chain, Link, Transformation
from insieme_matching.employment_state import (
    PLACEMENT_VOIDED,
    Employment,
    Ended,
    NotStarted,
    Running,
    Voided,
    evolve,
    known_or_refused,
    running_or_refused,
)
from insieme_matching.gates import COMPANY_UNKNOWN, Day, Interval, in_charge_on, not_after

ALREADY_STARTED = Refused(
    code="matching.placement_already_started",
    sentence="This placement is recorded already: correct it, or record another one under an id of its own.",
    clause="P33",
)
BEFORE_THE_PROGRAMME = Refused(
    code="matching.before_the_programme",
    sentence="No agreement was ever in force by {on}: the programme cannot have placed anybody then.",
    clause="P79",
)
END_OUTSIDE = Refused(
    code="matching.end_outside",
    sentence="The end must lie in the last link, from {starts_on} to its last day: void or correct the link first.",
)
TERM_NOT_REACHED = Refused(
    code="matching.term_not_reached",
    sentence="The contract does not run out on {on}: give the reason for which it ended.",
    kind=RefusalKind.INVALID,
)
NOT_THE_LINKS_EVENT = Refused(
    code="matching.not_the_links_event",
    sentence="That event did not begin link {number}: take the event's id from the employment's links.",
    kind=RefusalKind.INVALID,
)


class NewPlacement(Command):
    """What is told of a placement that is to be recorded; `vacancy_id` is the vacancy whose position it takes."""

    person_id: UUID
    company_id: UUID
    vacancy_id: UUID | None = None
    strand: Strand = Strand.MATCHING
    starts_on: Day
    ends_on: Day | None = None
    contract_type: ContractType
    working_time: WorkingTime
    comune: Comune
    entry_kind: EntryKind


class StartPlacement(NewPlacement):
    """With `vacancy_id`, the unit also holds FillPosition on that vacancy."""

    employment_id: UUID


class ExtendPlacement(Command):
    """Proroga: the contract runs on from the day after its end."""

    ends_on: Day


class TransformPlacement(Command):
    """Trasformazione; `contract_type` is what the contract becomes, None for PP, which changes the hours only."""

    code: TransformationCode
    contract_type: ContractType | None = None
    on: Day


class EndPlacement(Command):
    """Cessazione: `on` is the last day."""

    reason: EndReason
    on: Day


class CorrectPlacement(Command):
    """Rettifica: how link `link_no` should have read from its beginning; `corrects` is the event that began it."""

    corrects: UUID
    link_no: int
    starts_on: Day
    ends_on: Day | None
    contract_type: ContractType
    working_time: WorkingTime
    comune: Comune
    on: Day


class VoidPlacement(Command):
    """Annullamento of link `from_link` and all after it; of the whole employment if that is its first one.

    `voids` is the event that began the link. Voiding the whole of a placement that took a position goes with
    FreePosition in the same unit.
    """

    voids: UUID
    from_link: int = 1
    reason: PlacementVoidReason
    on: Day


EmploymentCommand = (
    StartPlacement | ExtendPlacement | TransformPlacement | EndPlacement | CorrectPlacement | VoidPlacement
)


@dataclass(frozen=True, slots=True)
class EmploymentCircumstances(Circumstances):
    """`agreement` is the one in force on the placement's first day.

    `last_known` is the latest agreement that had begun by then, `in_charge` when the person was in charge (None:
    not heard of yet), `link_events` the id of the event that began each link of the employment.
    """

    in_charge: tuple[Interval, ...] | None = None
    company_known: bool = False
    last_known: Agreement | None = None
    link_events: Mapping[int, UUID] = field(default_factory=dict)


def decide(command: EmploymentCommand, state: Employment, circumstances: EmploymentCircumstances) -> Decision:
    match command:
        case StartPlacement():
            return start(command, state, circumstances)
        case ExtendPlacement(ends_on=ends_on):
            return extend(state, ends_on)
        case TransformPlacement():
            return transform(command, state)
        case EndPlacement(reason=reason, on=on):
            return end(state, reason, on)
        case CorrectPlacement():
            return correct(command, state, circumstances)
        case VoidPlacement():
            return void(command, state, circumstances)
        case _:
            assert_never(command)


def start(command: StartPlacement, employment: Employment, circumstances: EmploymentCircumstances) -> Decision:
    match employment:
        case NotStarted():
            pass
        case Voided():
            return PLACEMENT_VOIDED
        case Running() | Ended():
            return ALREADY_STARTED
        case _:
            assert_never(employment)
    chain = chains.started(
        Link(
            no=1,
            starts_on=command.starts_on,
            ends_on=command.ends_on,
            contract_type=command.contract_type,
            working_time=command.working_time,
            comune=command.comune,
        )
    )
    if isinstance(chain, Refused):
        return chain
    klass = chains.placement_class(command.contract_type)
    if isinstance(klass, Refused):
        return klass
    if not circumstances.company_known:
        return COMPANY_UNKNOWN
    if closed := in_charge_on(circumstances.in_charge, command.starts_on):
        return closed
    agreement = circumstances.agreement or circumstances.last_known
    if agreement is None:
        return BEFORE_THE_PROGRAMME.about(on=command.starts_on)
    return [
        PlacementStarted(
            employment_id=command.employment_id,
            person_id=command.person_id,
            company_id=command.company_id,
            strand=command.strand,
            vacancy_id=command.vacancy_id,
            contract_type=command.contract_type,
            contract_class=klass,
            ends_on=command.ends_on,
            working_time=command.working_time,
            comune=command.comune,
            entry_kind=command.entry_kind,
            agreement_version=agreement.version,
            out_of_term=circumstances.agreement is None,
            occurred_on=command.starts_on,
        )
    ]


def extend(employment: Employment, ends_on: date) -> Decision:
    running = running_or_refused(employment)
    if isinstance(running, Refused):
        return running
    chain = chains.extended(running.chain, ends_on)
    if isinstance(chain, Refused):
        return chain
    relation, link = running.relation, chain.last
    return [
        PlacementExtended(
            employment_id=relation.employment_id,
            person_id=relation.person_id,
            company_id=relation.company_id,
            strand=relation.strand,
            link_no=link.no,
            ends_on=ends_on,
            occurred_on=link.starts_on,
        )
    ]


def transform(command: TransformPlacement, employment: Employment) -> Decision:
    running = running_or_refused(employment)
    if isinstance(running, Refused):
        return running
    chain = chains.transformed(running.chain, Transformation(command.on, command.code, command.contract_type))
    if isinstance(chain, Refused):
        return chain
    now = chain.now()
    klass = chains.placement_class(now.contract_type)
    if isinstance(klass, Refused):
        return klass
    relation = running.relation
    return [
        PlacementTransformed(
            employment_id=relation.employment_id,
            person_id=relation.person_id,
            company_id=relation.company_id,
            strand=relation.strand,
            code=command.code,
            contract_type=now.contract_type,
            contract_class=klass,
            ends_on=now.ends_on,
            working_time=now.working_time,
            occurred_on=command.on,
        )
    ]


def end(employment: Employment, reason: EndReason, on: date) -> Decision:
    if isinstance(employment, Ended) and (employment.ended_on, employment.reason) == (on, reason):
        return []
    running = running_or_refused(employment)
    if isinstance(running, Refused):
        return running
    if outside := end_outside(running.chain, on):
        return outside
    if reason is EndReason.TERM_REACHED and on != running.chain.now().ends_on:
        return TERM_NOT_REACHED.about(on=on)
    relation = running.relation
    return [
        PlacementEnded(
            employment_id=relation.employment_id,
            person_id=relation.person_id,
            company_id=relation.company_id,
            strand=relation.strand,
            reason=reason,
            occurred_on=on,
        )
    ]


def correct(command: CorrectPlacement, employment: Employment, circumstances: EmploymentCircumstances) -> Decision:
    known = known_or_refused(employment)
    if isinstance(known, Refused):
        return known
    if refused := not_after(circumstances.today, command.on):
        return refused
    link = Link(
        no=command.link_no,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        contract_type=command.contract_type,
        working_time=command.working_time,
        comune=command.comune,
    )
    chain = chains.corrected(known.chain, link)
    if isinstance(chain, Refused):
        return chain
    if circumstances.link_events.get(command.link_no) != command.corrects:
        return NOT_THE_LINKS_EVENT.about(number=command.link_no)
    if isinstance(known, Ended) and (outside := end_outside(chain, known.ended_on)):
        return outside
    starts_on = chain.first.starts_on
    if starts_on != known.chain.first.starts_on and (closed := in_charge_on(circumstances.in_charge, starts_on)):
        return closed
    return corrections(known, chain, circumstances.link_events, command.on)


def corrections(
    known: Running | Ended, chain: Chain, link_events: Mapping[int, UUID], on: date
) -> list[PlacementCorrected] | Refused:
    """One event for every link that reads differently in the corrected chain."""
    relation, events = known.relation, list[PlacementCorrected]()
    for before, link in zip(known.chain.links, chain.links, strict=True):
        if link == before:
            continue
        klass = chains.placement_class(link.contract_type)
        if isinstance(klass, Refused):
            return klass
        if link.no not in link_events:
            return NOT_THE_LINKS_EVENT.about(number=link.no)
        events.append(
            PlacementCorrected(
                employment_id=relation.employment_id,
                person_id=relation.person_id,
                company_id=relation.company_id,
                strand=relation.strand,
                corrects=link_events[link.no],
                link_no=link.no,
                starts_on=link.starts_on,
                ends_on=link.ends_on,
                contract_type=link.contract_type,
                contract_class=klass,
                working_time=link.working_time,
                comune=link.comune,
                occurred_on=on,
            )
        )
    return events


def void(command: VoidPlacement, employment: Employment, circumstances: EmploymentCircumstances) -> Decision:
    known = known_or_refused(employment)
    if isinstance(known, Refused):
        return known
    if refused := not_after(circumstances.today, command.on):
        return refused
    if command.from_link != known.chain.first.no:
        rest = chains.cut(known.chain, command.from_link)
        if isinstance(rest, Refused):
            return rest
    if circumstances.link_events.get(command.from_link) != command.voids:
        return NOT_THE_LINKS_EVENT.about(number=command.from_link)
    relation = known.relation
    return [
        PlacementVoided(
            employment_id=relation.employment_id,
            person_id=relation.person_id,
            company_id=relation.company_id,
            strand=relation.strand,
            voids=command.voids,
            from_link=command.from_link,
            reason=command.reason,
            occurred_on=command.on,
        )
    ]


def end_outside(chain: Chain, on: date) -> Refused | None:
    """Refuses an end before the last movement, or after the last day of the contract."""
    now = chain.now()
    movements = [now.starts_on, *(t.on for t in chain.transformations)]
    if on < max(movements) or (now.ends_on is not None and on > now.ends_on):
        return END_OUTSIDE.about(starts_on=max(movements))
    return None


EMPLOYMENT: Decider[Employment, EmploymentCommand, EmploymentCircumstances] = Decider(
    context="matching", name="employment", initial=NotStarted(), decide=decide, evolve=evolve
)
