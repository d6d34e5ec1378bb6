"""The aggregates of governance with their edges: what their decisions are told, and the views that they write."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from insieme_events import parameters
from insieme_events.agreement import last_known
from insieme_events.contracts.vocabulary import PartyRole
from insieme_events.store import Connection
from insieme_events.units import Aggregate, Asked
from insieme_governance.agreement import AGREEMENT, Agreement, AgreementCircumstances, AgreementCommand
from insieme_governance.board_membership import (
    BOARD_MEMBERSHIP,
    BoardCircumstances,
    BoardCommand,
    BoardMembership,
    JoinBoard,
    TakeOverMembership,
)
from insieme_governance.body import BODY, Body, BodyCircumstances, BodyCommand
from insieme_governance.legal_limits import LEGAL_LIMITS, Limits, LimitsCircumstances, PublishLegalLimits
from insieme_governance.meeting import MEETING, MeetingCircumstances
from insieme_governance.meeting.commands import ConveneMeeting, MeetingCommand
from insieme_governance.meeting.state import Meeting
from insieme_governance.plan_year import (
    PLAN_YEAR,
    AmendWorkPlan,
    ApproveWorkPlan,
    DraftWorkPlan,
    NoteMissingCommitment,
    PlanYear,
    PlanYearCircumstances,
    PlanYearCommand,
    RejectWorkPlan,
    TagAction,
    resources,
)
from insieme_governance.presentation import (
    ANNUAL_PRESENTATION,
    AnnualPresentation,
    NotePresentationOverdue,
    PresentAnnualResults,
    PresentationCircumstances,
    PresentationCommand,
    due_on,
)
from insieme_governance.protocol import PROTOCOL, Protocol, ProtocolCircumstances, ProtocolCommand
from insieme_governance.protocol.commands import NoticeWithdrawal, TransferOwnership
from insieme_governance.registers import (
    REGISTER_ENTRY,
    CorrectEntry,
    RecordEntry,
    RegisterCircumstances,
    RegisterCommand,
    RegisterEntry,
)
from insieme_governance.registers.facts import RecordContribution
from insieme_governance.study import STUDY, Study, StudyCircumstances, StudyCommand, agreement_of
from insieme_governance.views import (
    agreements,
    board,
    bodies,
    entries,
    meetings,
    plan_years,
    presentations,
    protocols,
    register,
    studies,
    told,
)

SIGNED = "select protocol_id, signed_on from events.protocols where protocol_id = any(%s)"

Parties = dict[date, dict[str, PartyRole]]


async def of_protocols(connection: Connection, asked: Sequence[Asked[ProtocolCommand]]) -> list[ProtocolCircumstances]:
    signed = await protocols.unsucceeded(connection)
    last_held_on = await meetings.last_held(connection)
    found = []
    for each in asked:
        convened: frozenset[UUID] = frozenset()
        held_with_it: date | None = None
        committed_on: date | None = None
        if isinstance(each.command, NoticeWithdrawal):
            party, effective_on = each.command.party, each.command.effective_on
            convened, held_with_it = await meetings.invited_on(connection, party, effective_on)
            committed_on = await plan_years.committed_since(connection, party, effective_on)
        transfers = isinstance(each.command, TransferOwnership)
        found.append(
            ProtocolCircumstances(
                actor=each.situation.actor,
                today=each.situation.today,
                agreement=last_known(each.situation.agreements, each.command.on),
                unsucceeded=signed - {each.stream_id},
                last_held_on=last_held_on,
                convened=convened,
                held_with_it=held_with_it,
                committed_on=committed_on,
                owner_before=await protocols.owner_before(connection, each.stream_id) if transfers else None,
            )
        )
    return found


async def of_agreements(
    connection: Connection, asked: Sequence[Asked[AgreementCommand]]
) -> list[AgreementCircumstances]:
    known = await register.load(connection)
    return [
        AgreementCircumstances(
            actor=each.situation.actor,
            today=each.situation.today,
            agreement=each.situation.agreement_on(each.command.valid_from),
            versions=each.situation.agreements,
            register=known,
        )
        for each in asked
    ]


async def of_limits(connection: Connection, asked: Sequence[Asked[PublishLegalLimits]]) -> list[LimitsCircumstances]:
    return [
        LimitsCircumstances(
            actor=each.situation.actor,
            today=each.situation.today,
            agreement=each.situation.agreement_on(each.command.on),
            versions=each.situation.limits,
        )
        for each in asked
    ]


async def of_bodies(connection: Connection, asked: Sequence[Asked[BodyCommand]]) -> list[BodyCircumstances]:
    known = await register.load(connection)
    return [
        BodyCircumstances(
            actor=each.situation.actor,
            today=each.situation.today,
            agreement=last_known(each.situation.agreements, each.command.on),
            versions=each.situation.agreements,
            register=known,
        )
        for each in asked
    ]


async def of_meetings(connection: Connection, asked: Sequence[Asked[MeetingCommand]]) -> list[MeetingCircumstances]:
    known = await register.load(connection)
    convening = {each.command.body_id for each in asked if isinstance(each.command, ConveneMeeting)}
    kinds = await bodies.kinds(connection, convening)
    return [
        MeetingCircumstances(
            actor=each.situation.actor,
            today=each.situation.today,
            # The day that counts is the meeting's, which only the decision knows.
            agreement=last_known(each.situation.agreements, each.situation.today),
            body=kinds.get(each.command.body_id) if isinstance(each.command, ConveneMeeting) else None,
            versions=each.situation.agreements,
            register=known,
        )
        for each in asked
    ]


async def of_plan_years(connection: Connection, asked: Sequence[Asked[PlanYearCommand]]) -> list[PlanYearCircumstances]:
    days = [_day_of_parties(each) for each in asked]
    parties = await in_force(connection, days)
    known = await register.load(connection)
    decisions = {decision for each in asked if (decision := decision_of(each.command)) is not None}
    held = await meetings.decided(connection, decisions)
    named = {measure for each in asked for measure in measures_of(each.command)}
    measures = await entries.of_kind(connection, "regional-measures", named)
    return [
        PlanYearCircumstances(
            actor=each.situation.actor,
            today=each.situation.today,
            agreement=each.situation.agreement_on(each.command.on),
            parties=parties[day],
            coordinator=known.coordinator_on(each.command.on),
            meeting=None if (decision := decision_of(each.command)) is None else held.get(decision),
            measures=measures,
        )
        for each, day in zip(asked, days, strict=True)
    ]


def decision_of(command: PlanYearCommand) -> meetings.Decided | None:
    """The decision of the Tavolo that a command rests on (P52)."""
    if isinstance(command, RejectWorkPlan | ApproveWorkPlan | AmendWorkPlan):
        return command.meeting_id, command.decision_no
    return None


def _day_of_parties(asked: Asked[PlanYearCommand]) -> date:
    """The day on which parties had to be in force."""
    command = asked.command
    agreement = asked.situation.agreement_on(command.on)
    if isinstance(command, NoteMissingCommitment) and agreement is not None:
        return resources.due_on(agreement, command.year)
    return command.on


def measures_of(command: PlanYearCommand) -> frozenset[UUID]:
    """The regional measures that a command names (P48)."""
    match command:
        case DraftWorkPlan(actions=actions) | AmendWorkPlan(actions=actions):
            return frozenset(action.completes for action in actions if action.completes is not None)
        case TagAction(completes=completes) if completes is not None:
            return frozenset({completes})
        case _:
            return frozenset()


async def of_board(connection: Connection, asked: Sequence[Asked[BoardCommand]]) -> list[BoardCircumstances]:
    commands = [each.command for each in asked]
    roots = await told.roots(connection, {c.company_id for c in commands if isinstance(c, JoinBoard)})
    ceded = await board.since(connection, {c.merged_id for c in commands if isinstance(c, TakeOverMembership)})
    return [
        BoardCircumstances(
            actor=each.situation.actor,
            today=each.situation.today,
            agreement=each.situation.agreement_on(each.command.on),
            stands_for=roots.get(each.command.company_id) if isinstance(each.command, JoinBoard) else None,
            ceded=ceded.get(each.command.merged_id) if isinstance(each.command, TakeOverMembership) else None,
            last_known=last_known(each.situation.agreements, each.command.on),
        )
        for each in asked
    ]


async def of_presentations(
    connection: Connection, asked: Sequence[Asked[PresentationCommand]]
) -> list[PresentationCircumstances]:
    commands = [each.command for each in asked]
    snapshots = {c.snapshot_id for c in commands if isinstance(c, PresentAnnualResults)}
    hashes = await presentations.hashes(connection, snapshots)
    ends = {due_on(c.year) for c in commands if isinstance(c, NotePresentationOverdue)}
    parties = await in_force(connection, ends)
    return [
        PresentationCircumstances(
            actor=each.situation.actor,
            today=each.situation.today,
            agreement=each.situation.agreement_on(each.command.on),
            snapshot_hash=(
                hashes.get(each.command.snapshot_id) if isinstance(each.command, PresentAnnualResults) else None
            ),
            in_force=bool(parties.get(due_on(each.command.year))),
        )
        for each in asked
    ]


async def of_studies(connection: Connection, asked: Sequence[Asked[StudyCommand]]) -> list[StudyCircumstances]:
    signed = await signed_on(connection, {each.stream_id for each in asked})
    return [
        StudyCircumstances(
            actor=each.situation.actor,
            today=each.situation.today,
            agreement=each.situation.agreement_on(each.command.on),
            signed_on=signed.get(each.stream_id),
            of_signature=agreement_of(each.situation.agreements, signed.get(each.stream_id)),
        )
        for each in asked
    ]


async def of_entries(connection: Connection, asked: Sequence[Asked[RegisterCommand]]) -> list[RegisterCircumstances]:
    parties = await in_force(connection, [each.command.on for each in asked])
    actions = await plan_years.known_actions(connection, {a for each in asked for a in served(each.command)})
    last = await entries.last_events(connection, [each.stream_id for each in asked])
    return [
        RegisterCircumstances(
            actor=each.situation.actor,
            today=each.situation.today,
            agreement=each.situation.agreement_on(each.command.on),
            parties=parties[each.command.on],
            actions=actions,
            last_event=last.get(each.stream_id),
        )
        for each in asked
    ]


def served(command: RegisterCommand) -> frozenset[UUID]:
    """The action of a plan that a contribution served (P26)."""
    match command:
        case (
            RecordEntry(fact=RecordContribution(action_id=action))
            | CorrectEntry(fact=RecordContribution(action_id=action))
        ) if action is not None:
            return frozenset({action})
        case _:
            return frozenset()


async def in_force(connection: Connection, days: Collection[date]) -> Parties:
    """The parties in force on each of these days, with their roles (P81)."""
    return {
        day: {party.party: party.role for party in await parameters.parties_on(connection, day)} for day in set(days)
    }


async def signed_on(connection: Connection, protocols: Collection[UUID]) -> dict[UUID, date]:
    cursor = await connection.execute(SIGNED, (list(protocols),))
    return dict(await cursor.fetchall())


PROTOCOLS: Aggregate[Protocol, ProtocolCommand, ProtocolCircumstances] = Aggregate(
    PROTOCOL, of_protocols, protocols.write
)
AGREEMENTS: Aggregate[Agreement, AgreementCommand, AgreementCircumstances] = Aggregate(
    AGREEMENT, of_agreements, agreements.write_agreements, agreements.AGREEMENT_UNIQUE
)
LIMITS: Aggregate[Limits, PublishLegalLimits, LimitsCircumstances] = Aggregate(
    LEGAL_LIMITS, of_limits, agreements.write_limits, agreements.LIMITS_UNIQUE
)
BODIES: Aggregate[Body, BodyCommand, BodyCircumstances] = Aggregate(BODY, of_bodies, bodies.write, bodies.UNIQUE)
MEETINGS: Aggregate[Meeting, MeetingCommand, MeetingCircumstances] = Aggregate(MEETING, of_meetings, meetings.write)

PLAN_YEARS: Aggregate[PlanYear, PlanYearCommand, PlanYearCircumstances] = Aggregate(
    PLAN_YEAR, of_plan_years, plan_years.write, plan_years.UNIQUE
)
BOARD: Aggregate[BoardMembership, BoardCommand, BoardCircumstances] = Aggregate(
    BOARD_MEMBERSHIP, of_board, board.write, board.UNIQUE
)
PRESENTATIONS: Aggregate[AnnualPresentation, PresentationCommand, PresentationCircumstances] = Aggregate(
    ANNUAL_PRESENTATION, of_presentations, presentations.write, presentations.UNIQUE
)
STUDIES: Aggregate[Study, StudyCommand, StudyCircumstances] = Aggregate(STUDY, of_studies, studies.write)
ENTRIES: Aggregate[RegisterEntry, RegisterCommand, RegisterCircumstances] = Aggregate(
    REGISTER_ENTRY, of_entries, entries.write
)

AGGREGATES: tuple[Aggregate[Any, Any, Any], ...] = (
    PROTOCOLS,
    AGREEMENTS,
    LIMITS,
    BODIES,
    MEETINGS,
    PLAN_YEARS,
    BOARD,
    PRESENTATIONS,
    STUDIES,
    ENTRIES,
)
