"""Corrections and voids of what was recorded of an employment (rettifica, annullamento; standards 2.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from insieme_events.contracts.matching import PlacementCorrected, PlacementVoided
from insieme_events.decider import Decision, RefusalKind, Refused
from insieme_matching.employment import chain as chains
from insieme_matching.employment.chain import Chain, Link
from insieme_matching.employment.commands import CorrectPlacement, EmploymentCircumstances, VoidPlacement
from insieme_matching.employment.state import Employment, Ended, Running, end_outside, known_or_refused
from insieme_matching.gates import in_charge_on, not_after

NOT_THE_LINKS_EVENT = Refused(
    code="matching.not_the_links_event",
    sentence="That event did not begin link {number}: take the event's id from the employment's links.",
    kind=RefusalKind.INVALID,
)


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
