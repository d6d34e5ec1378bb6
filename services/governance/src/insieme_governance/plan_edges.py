"""What decisions about the plan, the Board, the presentation, the study and the registers are told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from insieme_events import parameters
from insieme_events.agreement import last_known
from insieme_events.contracts.vocabulary import PartyRole
from insieme_events.store import Connection
from insieme_events.units import Asked
from insieme_governance import held_meetings
from insieme_governance.board_membership import (
    BoardCircumstances,
    BoardCommand,
    JoinBoard,
    TakeOverMembership,
)
from insieme_governance.plan_year import (
    AmendWorkPlan,
    ApproveWorkPlan,
    DraftWorkPlan,
    NoteMissingCommitment,
    PlanYearCircumstances,
    PlanYearCommand,
    RejectWorkPlan,
    TagAction,
    resources,
)
from insieme_governance.presentation import (
    NotePresentationOverdue,
    PresentAnnualResults,
    PresentationCircumstances,
    PresentationCommand,
    due_on,
)
from insieme_governance.registers import CorrectEntry, RecordEntry, RegisterCircumstances, RegisterCommand
from insieme_governance.registers.facts import RecordContribution
from insieme_governance.study import StudyCircumstances, StudyCommand, agreement_of
from insieme_governance.views import board, companies, entries, plan_years, presentations

SIGNED = "select protocol_id, signed_on from events.protocols where protocol_id = any(%s)"

Parties = dict[date, dict[str, PartyRole]]


async def of_plan_years(connection: Connection, asked: Sequence[Asked[PlanYearCommand]]) -> list[PlanYearCircumstances]:
    days = [_day_of_parties(each) for each in asked]
    parties = await in_force(connection, days)
    decisions = {decision for each in asked if (decision := decision_of(each.command)) is not None}
    meetings = await held_meetings.of(connection, decisions)
    named = {measure for each in asked for measure in measures_of(each.command)}
    measures = await entries.of_kind(connection, "regional-measures", named)
    return [
        PlanYearCircumstances(
            actor=each.situation.actor,
            today=each.situation.today,
            agreement=each.situation.agreement_on(each.command.on),
            parties=parties[day],
            meeting=None if (decision := decision_of(each.command)) is None else meetings.get(decision),
            measures=measures,
        )
        for each, day in zip(asked, days, strict=True)
    ]


def decision_of(command: PlanYearCommand) -> held_meetings.Decided | None:
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
    roots = await companies.roots(connection, {c.company_id for c in commands if isinstance(c, JoinBoard)})
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
