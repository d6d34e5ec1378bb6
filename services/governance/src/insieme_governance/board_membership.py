"""BoardMembership: a company formally joined the Board, by a signed adhesion (P59). One stream per company.

Where two ids of a company were merged, the membership goes on under the id that stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import assert_never
from uuid import UUID

from insieme_events.agreement import Agreement
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.governance_plan import CompanyJoinedBoard, CompanyLeftBoard
from insieme_events.days import Day
from insieme_events.decider import Circumstances, Command, Decider, Decision, RefusalKind, Refused
from insieme_governance.gates import not_after

COMPANY_UNKNOWN = Refused(
    code="governance.company_unknown",
    sentence="No company with this id is known here yet: register it in matching, or send this again in a moment.",
    clause="P59",
    kind=RefusalKind.RETRY,
)
COMPANY_MERGED = Refused(
    code="governance.company_merged",
    sentence="This company goes on as {company_id}: use that id.",
    clause="P59",
)
ADHESION_MISSING = Refused(
    code="governance.adhesion_missing",
    sentence="A company joins the Board by a signed adhesion: give the day on which it was signed.",
    clause="P59",
    kind=RefusalKind.INVALID,
)
ADHESION_LATER = Refused(
    code="governance.adhesion_later",
    sentence="The adhesion was signed on {adhesion_on}: the company cannot have joined earlier.",
    clause="P59",
    kind=RefusalKind.INVALID,
)
MEMBER_ALREADY = Refused(
    code="governance.board_member_already",
    sentence="This company is in the Board already, since {since}.",
    clause="P59",
)
NO_MEMBER = Refused(
    code="governance.no_board_member",
    sentence="This company is not in the Board.",
    clause="P59",
)
BEFORE_JOINING = Refused(
    code="governance.before_joining",
    sentence="The company joined on {since}: it cannot have left on that day or before.",
    clause="P59",
)
BEFORE_LEAVING = Refused(
    code="governance.before_leaving",
    sentence="The company left on {until}: it can join again from that day on.",
    clause="P59",
)
MEMBERSHIP_UNKNOWN = Refused(
    code="governance.board_membership_unknown",
    sentence="This company was never in the Board.",
    clause="P59",
    kind=RefusalKind.NOT_FOUND,
)


class Adhesion(Command):
    """`adhesion_on` is the day on which the company signed its adhesion (P59)."""

    adhesion_on: Day | None = None
    on: Day


class JoinBoard(Adhesion):
    company_id: UUID


class LeaveBoard(Command):
    """`on` is the first day on which the company is no member (P59)."""

    on: Day


class CedeMembership(Command):
    """The id was merged into another one, under which a membership goes on: a reaction's command (P59)."""

    into: UUID
    on: Day


class TakeOverMembership(Command):
    """The membership of an id that was merged into this one goes on here: a reaction's command (P59)."""

    company_id: UUID
    merged_id: UUID
    on: Day


BoardCommand = JoinBoard | LeaveBoard | CedeMembership | TakeOverMembership


@dataclass(frozen=True, slots=True)
class BoardCircumstances(Circumstances):
    """`stands_for` is the id under which the company of a JoinBoard goes on: its own, or the one that it was merged
    into; None where nobody has heard of it. `ceded` is the day since which the id of a TakeOverMembership is a member.
    `last_known` is the latest agreement that had begun.
    """

    stands_for: UUID | None = None
    ceded: date | None = None
    last_known: Agreement | None = None


@dataclass(frozen=True, slots=True)
class Never:
    pass


@dataclass(frozen=True, slots=True)
class Member:
    company_id: UUID
    since: date


@dataclass(frozen=True, slots=True)
class Left:
    company_id: UUID
    until: date


BoardMembership = Never | Member | Left


def decide(command: BoardCommand, state: BoardMembership, circumstances: BoardCircumstances) -> Decision:
    if future := not_after(circumstances.today, command.on):
        return future
    match command:
        case JoinBoard():
            return join(command, state, circumstances)
        case LeaveBoard(on=on):
            return leave(state, on)
        case CedeMembership(into=into, on=on):
            return cede(state, into, on)
        case TakeOverMembership():
            return take_over(command, state, circumstances.ceded)
        case _:
            assert_never(command)


def join(command: JoinBoard, membership: BoardMembership, circumstances: BoardCircumstances) -> Decision:
    known = circumstances.last_known
    match membership:
        case Member(since=since) if since == command.on:
            return []
        case Member(since=since):
            return MEMBER_ALREADY.about(since=since)
        case Never() | Left() if circumstances.stands_for is None:
            return COMPANY_UNKNOWN
        case Never() | Left() if circumstances.stands_for != command.company_id:
            return COMPANY_MERGED.about(company_id=circumstances.stands_for)
        case Never() | Left() if command.adhesion_on is None and (known is None or known.board_needs_adhesion):
            return ADHESION_MISSING
        case Never() | Left() if command.adhesion_on is not None and command.on < command.adhesion_on:
            return ADHESION_LATER.about(adhesion_on=command.adhesion_on)
        case Left(until=until) if command.on < until:
            return BEFORE_LEAVING.about(until=until)
        case Never() | Left():
            return [
                CompanyJoinedBoard(
                    company_id=command.company_id,
                    adhesion_on=command.adhesion_on,
                    agreement_version=None if known is None else known.version,
                    occurred_on=command.on,
                )
            ]
        case _:
            assert_never(membership)


def leave(membership: BoardMembership, on: date) -> Decision:
    match membership:
        case Never():
            return NO_MEMBER
        case Member(since=since) if on <= since:
            return BEFORE_JOINING.about(since=since)
        case Member(company_id=company_id):
            return [CompanyLeftBoard(company_id=company_id, occurred_on=on)]
        case Left(until=until) if until == on:
            return []
        case Left():
            return NO_MEMBER
        case _:
            assert_never(membership)


def cede(membership: BoardMembership, into: UUID, on: date) -> Decision:
    match membership:
        case Never() | Left():
            return []
        case Member(company_id=company_id, since=since):
            return [CompanyLeftBoard(company_id=company_id, merged_into=into, occurred_on=max(on, since))]
        case _:
            assert_never(membership)


def take_over(command: TakeOverMembership, membership: BoardMembership, ceded: date | None) -> Decision:
    match membership:
        case Member():
            return []
        case Never() | Left() if ceded is None:
            return []
        case Never() | Left():
            since = ceded if isinstance(membership, Never) else max(ceded, membership.until)
            return [
                CompanyJoinedBoard(
                    company_id=command.company_id, merged_from=command.merged_id, occurred_on=max(command.on, since)
                )
            ]
        case _:
            assert_never(membership)


def evolve(state: BoardMembership, event: DomainEvent) -> BoardMembership:
    match event:
        case CompanyJoinedBoard():
            return Member(event.company_id, event.occurred_on)
        case CompanyLeftBoard():
            return Left(event.company_id, event.occurred_on)
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__} on a Board member's stream")


BOARD_MEMBERSHIP: Decider[BoardMembership, BoardCommand, BoardCircumstances] = Decider(
    context="governance", name="board_membership", initial=Never(), decide=decide, evolve=evolve
)
