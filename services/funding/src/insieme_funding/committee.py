"""Committee: Comitato di valutazione or Comitato di gestione in one mandate, and conflicts of interest (P63, P64)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, assert_never
from uuid import UUID

from pydantic import Field

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.funding_committees import (
    CommitteeAppointed,
    CommitteeEnded,
    CommitteeKind,
    CommitteeMember,
    ConflictDeclared,
)
from insieme_events.days import Day
from insieme_events.decider import Circumstances, Command, Decider, Decision, RefusalKind, Refused
from insieme_funding.gates import not_after

COMMITTEE_UNKNOWN = Refused(
    code="funding.committee_unknown",
    sentence="There is no committee with this id: appoint it first.",
    clause="P63",
    kind=RefusalKind.NOT_FOUND,
)
ALREADY_APPOINTED = Refused(
    code="funding.committee_already_appointed",
    sentence="This committee is appointed already: appoint another one under an id of its own.",
    clause="P63",
)
MANDATE_OVERLAPS = Refused(
    code="funding.mandate_overlaps",
    sentence="Another committee of this kind is in its mandate then: end that mandate, or begin this one after it.",
    clause="P63",
)
MANDATE_EMPTY = Refused(
    code="funding.mandate_empty",
    sentence="A mandate lasts a day at least: give a last day on or after the first.",
    clause="P63",
    kind=RefusalKind.INVALID,
)
MEMBER_TWICE = Refused(
    code="funding.member_twice",
    sentence="Somebody is named twice: name every member once.",
    clause="P63",
    kind=RefusalKind.INVALID,
)
NOT_A_MEMBER = Refused(
    code="funding.not_a_member",
    sentence="This person is no member of the committee: check the id.",
    clause="P63",
)
PROJECT_OF_CONFLICT_UNKNOWN = Refused(
    code="funding.conflict_project_unknown",
    sentence="There is no project with this id: a conflict is declared with a project that is submitted.",
    clause="P63",
    kind=RefusalKind.NOT_FOUND,
)
BEFORE_MANDATE = Refused(
    code="funding.before_mandate",
    sentence="The mandate began on {since}: nothing of the committee can be dated earlier.",
    clause="P63",
)
MANDATE_OVER = Refused(
    code="funding.mandate_over",
    sentence="The mandate of this committee is over.",
    clause="P63",
)


class NewCommittee(Command):
    """A committee of a kind with its members and the parties that name them; `mandate_to` is its last day."""

    kind: CommitteeKind
    members: Annotated[tuple[CommitteeMember, ...], Field(min_length=1, max_length=50)]
    mandate_to: Day
    on: Day


class AppointCommittee(NewCommittee):
    committee_id: UUID


class DeclareConflict(Command):
    """A member has an interest of its own in a project: it abstains from every decision on it."""

    member_id: UUID
    project_id: UUID
    on: Day


class EndCommittee(Command):
    """The mandate ends before its last day."""

    on: Day


CommitteeCommand = AppointCommittee | DeclareConflict | EndCommittee


@dataclass(frozen=True, slots=True)
class CommitteeCircumstances(Circumstances):
    """Whether another committee of the kind has a mandate then, and whether the project of the conflict is known."""

    overlaps: bool
    project_known: bool


@dataclass(frozen=True, slots=True)
class NotAppointed:
    pass


@dataclass(frozen=True, slots=True)
class Appointed:
    """`members` with the party of each; `conflicts` are pairs of member and project."""

    committee_id: UUID
    kind: CommitteeKind
    since: date
    until: date
    members: Mapping[UUID, str]
    conflicts: frozenset[tuple[UUID, UUID]] = field(default=frozenset())


@dataclass(frozen=True, slots=True)
class Ended:
    committee: Appointed
    ended_on: date


Committee = NotAppointed | Appointed | Ended


def decide(command: CommitteeCommand, state: Committee, circumstances: CommitteeCircumstances) -> Decision:
    if future := not_after(circumstances.today, command.on):
        return future
    match command:
        case AppointCommittee():
            return appoint(command, state, circumstances)
        case DeclareConflict():
            return declare(command, state, circumstances)
        case EndCommittee(on=on):
            return end(state, on)
        case _:
            assert_never(command)


def appoint(command: AppointCommittee, committee: Committee, circumstances: CommitteeCircumstances) -> Decision:
    match committee:
        case NotAppointed() if command.mandate_to < command.on:
            return MANDATE_EMPTY
        case NotAppointed() if len({member.member_id for member in command.members}) < len(command.members):
            return MEMBER_TWICE
        case NotAppointed() if circumstances.overlaps:
            return MANDATE_OVERLAPS
        case NotAppointed():
            return [
                CommitteeAppointed(
                    committee_id=command.committee_id,
                    kind=command.kind,
                    mandate_to=command.mandate_to,
                    members=command.members,
                    parties=tuple(sorted({member.party for member in command.members})),
                    occurred_on=command.on,
                )
            ]
        case Appointed() | Ended():
            return ALREADY_APPOINTED
        case _:
            assert_never(committee)


def declare(command: DeclareConflict, committee: Committee, circumstances: CommitteeCircumstances) -> Decision:
    """Also after the mandate, and after the member took part: then what it took part in does not carry a funding."""
    match committee:
        case NotAppointed():
            return COMMITTEE_UNKNOWN
        case Ended(committee=appointed) | (Appointed() as appointed):
            if (command.member_id, command.project_id) in appointed.conflicts:
                return []
            if command.member_id not in appointed.members:
                return NOT_A_MEMBER
            if not circumstances.project_known:
                return PROJECT_OF_CONFLICT_UNKNOWN
            if command.on < appointed.since:
                return BEFORE_MANDATE.about(since=appointed.since)
            return [
                ConflictDeclared(
                    committee_id=appointed.committee_id,
                    kind=appointed.kind,
                    member_id=command.member_id,
                    party=appointed.members[command.member_id],
                    project_id=command.project_id,
                    occurred_on=command.on,
                )
            ]
        case _:
            assert_never(committee)


def end(committee: Committee, on: date) -> Decision:
    match committee:
        case NotAppointed():
            return COMMITTEE_UNKNOWN
        case Appointed(since=since) if on < since:
            return BEFORE_MANDATE.about(since=since)
        case Appointed(until=until) if on > until:
            return MANDATE_OVER
        case Appointed(committee_id=committee_id, kind=kind):
            return [CommitteeEnded(committee_id=committee_id, kind=kind, occurred_on=on)]
        case Ended():
            return []
        case _:
            assert_never(committee)


def evolve(state: Committee, event: DomainEvent) -> Committee:
    match event:
        case CommitteeAppointed():
            members = {member.member_id: member.party for member in event.members}
            return Appointed(event.committee_id, event.kind, event.occurred_on, event.mandate_to, members)
        case ConflictDeclared() if isinstance(state, Appointed):
            return with_conflict(state, event)
        case ConflictDeclared() if isinstance(state, Ended):
            return replace(state, committee=with_conflict(state.committee, event))
        case CommitteeEnded() if isinstance(state, Appointed):
            return Ended(state, event.occurred_on)
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__} on a committee's stream")


def with_conflict(committee: Appointed, event: ConflictDeclared) -> Appointed:
    return replace(committee, conflicts=committee.conflicts | {(event.member_id, event.project_id)})


COMMITTEE: Decider[Committee, CommitteeCommand, CommitteeCircumstances] = Decider(
    context="funding", name="committee", initial=NotAppointed(), decide=decide, evolve=evolve
)
