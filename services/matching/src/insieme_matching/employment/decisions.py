"""Decisions about an employment: start, extension, transformation, end (P33; standards 2.2).

An internship is not a placement (P34). Extensions may outlive the case; only the first day asks for the charge.
"""

from __future__ import annotations

from datetime import date
from typing import Any, assert_never

from insieme_events.contracts.matching import (
    EndReason,
    PlacementEnded,
    PlacementExtended,
    PlacementStarted,
    PlacementSupportRecorded,
    PlacementTransformed,
)
from insieme_events.decider import Decider, Decision, RefusalKind, Refused
from insieme_events.legal_terms import change_communicated_by, start_communicated_by
from insieme_matching.communications import Term, judged, unless_monthly
from insieme_matching.employment import chain as chains
from insieme_matching.employment.amendments import correct, void
from insieme_matching.employment.chain import Link, Transformation
from insieme_matching.employment.commands import (
    CorrectPlacement,
    EmploymentCircumstances,
    EmploymentCommand,
    EndPlacement,
    ExtendPlacement,
    RecordSupport,
    StartPlacement,
    TransformPlacement,
    VoidPlacement,
)
from insieme_matching.employment.state import (
    PLACEMENT_VOIDED,
    Employment,
    Ended,
    NotStarted,
    Running,
    Voided,
    end_outside,
    evolve,
    known_or_refused,
    running_or_refused,
)
from insieme_matching.gates import COMPANY_UNKNOWN, in_charge_on, not_after

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
TERM_NOT_REACHED = Refused(
    code="matching.term_not_reached",
    sentence="The contract does not run out on {on}: give the reason for which it ended.",
    kind=RefusalKind.INVALID,
)
LIMITS_UNKNOWN = Refused(
    code="matching.limits_unknown",
    sentence="Matching knows no legal limits for {on}: governance has to publish them first, or leave the day of the "
    "communication out.",
    clause="P33",
    kind=RefusalKind.RETRY,
)
BEFORE_PLACEMENT = Refused(
    code="matching.before_placement",
    sentence="The placement began on {starts_on}: support after it cannot be dated earlier.",
    clause="P32",
)


def decide(command: EmploymentCommand, state: Employment, circumstances: EmploymentCircumstances) -> Decision:
    match command:
        case StartPlacement():
            return start(command, state, circumstances)
        case ExtendPlacement():
            return extend(command, state, circumstances)
        case TransformPlacement():
            return transform(command, state, circumstances)
        case EndPlacement():
            return end(command, state, circumstances)
        case CorrectPlacement():
            return correct(command, state, circumstances)
        case VoidPlacement():
            return void(command, state, circumstances)
        case RecordSupport() if future := not_after(circumstances.today, command.on):
            return future
        case RecordSupport():
            return support(command, state)
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
    term = unless_monthly(start_communicated_by, command.contract_type)
    told = communicated(command, command.starts_on, term, circumstances)
    if isinstance(told, Refused):
        return told
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
            **told,
        )
    ]


def extend(command: ExtendPlacement, employment: Employment, circumstances: EmploymentCircumstances) -> Decision:
    running = running_or_refused(employment)
    if isinstance(running, Refused):
        return running
    chain = chains.extended(running.chain, command.ends_on)
    if isinstance(chain, Refused):
        return chain
    relation, link = running.relation, chain.last
    term = unless_monthly(change_communicated_by, link.contract_type)
    told = communicated(command, link.starts_on, term, circumstances)
    if isinstance(told, Refused):
        return told
    return [
        PlacementExtended(
            employment_id=relation.employment_id,
            person_id=relation.person_id,
            company_id=relation.company_id,
            strand=relation.strand,
            link_no=link.no,
            ends_on=command.ends_on,
            occurred_on=link.starts_on,
            **told,
        )
    ]


def transform(command: TransformPlacement, employment: Employment, circumstances: EmploymentCircumstances) -> Decision:
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
    term = unless_monthly(change_communicated_by, running.chain.now().contract_type)
    told = communicated(command, command.on, term, circumstances)
    if isinstance(told, Refused):
        return told
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
            **told,
        )
    ]


def end(command: EndPlacement, employment: Employment, circumstances: EmploymentCircumstances) -> Decision:
    reason, on = command.reason, command.on
    if isinstance(employment, Ended) and (employment.ended_on, employment.reason) == (on, reason):
        return []
    running = running_or_refused(employment)
    if isinstance(running, Refused):
        return running
    if outside := end_outside(running.chain, on):
        return outside
    now = running.chain.now()
    if reason is EndReason.TERM_REACHED and on != now.ends_on:
        return TERM_NOT_REACHED.about(on=on)
    # An end on the day that everybody was told of is not communicated again (L. 264/1949 art. 21).
    term = None if on == now.ends_on else unless_monthly(change_communicated_by, now.contract_type)
    told = communicated(command, on, term, circumstances)
    if isinstance(told, Refused):
        return told
    relation = running.relation
    return [
        PlacementEnded(
            employment_id=relation.employment_id,
            person_id=relation.person_id,
            company_id=relation.company_id,
            strand=relation.strand,
            reason=reason,
            occurred_on=on,
            **told,
        )
    ]


def communicated(
    command: StartPlacement | ExtendPlacement | TransformPlacement | EndPlacement,
    day: date,
    term: Term | None,
    circumstances: EmploymentCircumstances,
) -> dict[str, Any] | Refused:
    """What the movement of that day keeps of its communication."""
    return judged(command.communicated_on, day, term, circumstances.limits, circumstances.today, LIMITS_UNKNOWN)


def support(command: RecordSupport, employment: Employment) -> Decision:
    """Also after the end: whoever lost the work again is stood by."""
    known = known_or_refused(employment)
    if isinstance(known, Refused):
        return known
    starts_on = known.chain.first.starts_on
    if command.on < starts_on:
        return BEFORE_PLACEMENT.about(starts_on=starts_on)
    relation = known.relation
    return [
        PlacementSupportRecorded(
            employment_id=relation.employment_id,
            person_id=relation.person_id,
            company_id=relation.company_id,
            strand=relation.strand,
            kind=command.kind,
            occurred_on=command.on,
        )
    ]


EMPLOYMENT: Decider[Employment, EmploymentCommand, EmploymentCircumstances] = Decider(
    context="matching", name="employment", initial=NotStarted(), decide=decide, evolve=evolve
)
