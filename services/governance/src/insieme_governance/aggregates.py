"""The aggregates of governance with their edges: what their decisions are told, and the views that they write."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from insieme_events.agreement import last_known
from insieme_events.store import Connection
from insieme_events.units import Aggregate, Asked
from insieme_governance.agreement import AGREEMENT, Agreement, AgreementCircumstances, AgreementCommand
from insieme_governance.body import BODY, Body, BodyCircumstances, BodyCommand
from insieme_governance.legal_limits import LEGAL_LIMITS, Limits, LimitsCircumstances, PublishLegalLimits
from insieme_governance.meeting import MEETING, MeetingCircumstances
from insieme_governance.meeting_commands import ConveneMeeting, MeetingCommand
from insieme_governance.meeting_state import Meeting
from insieme_governance.plan_aggregates import PLAN_AGGREGATES
from insieme_governance.protocol import PROTOCOL, Protocol, ProtocolCircumstances, ProtocolCommand
from insieme_governance.protocol.commands import NoticeWithdrawal, TransferOwnership
from insieme_governance.views import agreements, bodies, meetings, protocols, register


async def of_protocols(connection: Connection, asked: Sequence[Asked[ProtocolCommand]]) -> list[ProtocolCircumstances]:
    signed = await protocols.unsucceeded(connection)
    last_held_on = await meetings.last_held(connection)
    found = []
    for each in asked:
        convened: frozenset[UUID] = frozenset()
        held_with_it: date | None = None
        if isinstance(each.command, NoticeWithdrawal):
            party, effective_on = each.command.party, each.command.effective_on
            convened, held_with_it = await meetings.invited_on(connection, party, effective_on)
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

AGGREGATES: tuple[Aggregate[Any, Any, Any], ...] = (
    PROTOCOLS,
    AGREEMENTS,
    LIMITS,
    BODIES,
    MEETINGS,
    *PLAN_AGGREGATES,
)
