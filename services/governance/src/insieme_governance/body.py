"""A body of the governance: its clock and the requests of signatories (P49, P54, P55, P57).

The Tavolo di coordinamento has a clock; every body may be asked to meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import assert_never
from uuid import UUID

from insieme_events.agreement import Agreement
from insieme_events.contracts import Code, DomainEvent
from insieme_events.contracts.governance_bodies import (
    BodyEstablished,
    BodyEvent,
    BodyMet,
    CadenceMeasure,
    MeetingCadenceBreached,
    MeetingCadenceBreachLifted,
    MeetingCadenceWarned,
    MeetingRequestAnswered,
    MeetingRequested,
    MeetingRequestOverdue,
    MeetingRequestReopened,
)
from insieme_events.contracts.vocabulary import BodyKind
from insieme_events.days import Day
from insieme_events.decider import Circumstances, Command, Decider, Decision, RefusalKind, Refused
from insieme_governance import cadence
from insieme_governance.cadence import DAY
from insieme_governance.gates import AGREEMENT_UNKNOWN, for_party, not_after
from insieme_governance.register import Register

BODY_UNKNOWN = Refused(
    code="governance.body_unknown",
    sentence="There is no body with this id: establish it first.",
    clause="P50",
    kind=RefusalKind.NOT_FOUND,
)
ALREADY_ESTABLISHED = Refused(
    code="governance.body_established",
    sentence="This body works already, as {kind} from {established_on} on.",
    clause="P50",
)
ONE_BODY = Refused(
    code="governance.one_body",
    sentence="There is such a body already: each kind is established once.",
    clause="P50",
)
BEFORE_BODY = Refused(
    code="governance.before_body",
    sentence="The body works from {established_on} on: nothing of it can be dated earlier.",
    clause="P50",
)
NO_CLOCK = Refused(
    code="governance.no_cadence",
    sentence="Only the Tavolo di coordinamento meets by a cadence: this body is a {kind}.",
    clause="P54",
)
NOT_SIGNATORY = Refused(
    code="governance.not_a_signatory",
    sentence="{party} is no signatory in force on {on}: a meeting is requested by one.",
    clause="P55",
)
MAY_NOT_REQUEST = Refused(
    code="governance.may_not_request",
    sentence="By the agreement in force a {role} does not request meetings.",
    clause="P55",
)


class NewBody(Command):
    kind: BodyKind
    on: Day


class EstablishBody(NewBody):
    """The body works from `on` on; the first meeting is due by the clock that starts then (P54, P57)."""

    body_id: UUID


class NewRequest(Command):
    party: Code
    on: Day


class RequestMeeting(NewRequest):
    """One signatory is enough («su richiesta di almeno uno», P55)."""

    request_id: UUID


class NoteConvened(Command):
    """A meeting was convened: part of the same unit as its ConveneMeeting. It answers every open request (P55)."""

    meeting_id: UUID
    on: Day


class NoteCancelled(Command):
    """The meeting was cancelled: part of the same unit as its CancelMeeting (P55)."""

    meeting_id: UUID
    on: Day


class NoteHeld(Command):
    """The meeting was held on `on`: part of the same unit as its DeclareMeetingHeld (P54)."""

    meeting_id: UUID
    on: Day


class CheckCadence(Command):
    """Is a meeting due soon, or was one missed, as seen on `on`? (P54)"""

    on: Day


class CheckRequests(Command):
    """Is a request unanswered after its day, as seen on `on`? (P55)"""

    on: Day


BodyCommand = EstablishBody | RequestMeeting | NoteConvened | NoteCancelled | NoteHeld | CheckCadence | CheckRequests


@dataclass(frozen=True, slots=True)
class BodyCircumstances(Circumstances):
    """`agreement` is the last known on the command's day, `versions` are all of them."""

    versions: tuple[Agreement, ...]
    register: Register


@dataclass(frozen=True, slots=True)
class Request:
    """Open while no meeting answers it."""

    party: str
    requested_on: date
    due_on: date
    meeting_id: UUID | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class NotEstablished:
    pass


@dataclass(frozen=True, slots=True)
class Established:
    """`warned` are the days since which a due meeting was warned of, `breached` the gaps recorded as too long."""

    body_id: UUID
    kind: BodyKind
    established_on: date
    held: Mapping[UUID, date] = field(default_factory=dict)
    warned: frozenset[date] = frozenset()
    breached: frozenset[tuple[date, CadenceMeasure]] = frozenset()
    requests: Mapping[UUID, Request] = field(default_factory=dict)

    @property
    def since(self) -> date:
        """The last meeting, or the start."""
        return max((self.established_on, *self.held.values()))


Body = NotEstablished | Established


def decide(command: BodyCommand, state: Body, circumstances: BodyCircumstances) -> Decision:
    if refused := not_after(circumstances.today, command.on):
        return refused
    match state, command:
        case NotEstablished(), EstablishBody(body_id=body_id, kind=kind, on=on):
            return [BodyEstablished(body_id=body_id, kind=kind, occurred_on=on)]
        case NotEstablished(), _:
            return BODY_UNKNOWN
        case Established(kind=kind, established_on=established_on), EstablishBody():
            same = (kind, established_on) == (command.kind, command.on)
            return [] if same else ALREADY_ESTABLISHED.about(kind=kind, established_on=established_on)
        case Established(established_on=established_on), _ if command.on < established_on:
            return BEFORE_BODY.about(established_on=established_on)
        case Established(), RequestMeeting():
            return request(command, state, circumstances)
        case Established(), NoteConvened():
            return convened(command, state)
        case Established(), NoteCancelled(meeting_id=meeting_id, on=on):
            return cancelled(state, meeting_id, on)
        case Established(), NoteHeld():
            return met(command, state, circumstances)
        case Established(kind=kind), CheckCadence() if kind is not BodyKind.COORDINATION_TABLE:
            return NO_CLOCK.about(kind=kind)
        case Established(), CheckCadence(on=on):
            return [*warnings(state, on, circumstances), *reconciled(state, on, circumstances)]
        case Established(), CheckRequests(on=on):
            return overdue(state, on, circumstances)
        case _:
            assert_never(command)


def request(command: RequestMeeting, body: Established, circumstances: BodyCircumstances) -> Decision:
    signed = circumstances.register.on(command.on)
    role = circumstances.register.parties_on(command.on).get(command.party)
    if command.request_id in body.requests:
        return []
    if signed is None or role is None:
        return NOT_SIGNATORY.about(party=command.party, on=command.on)
    if refused := for_party(circumstances.actor.party, command.party, signed.roll.coordinator_on(command.on)):
        return refused
    if circumstances.agreement is None:
        return AGREEMENT_UNKNOWN
    if not circumstances.agreement.rights_of(role).may_request:
        return MAY_NOT_REQUEST.about(role=role)
    return [
        MeetingRequested(
            body_id=body.body_id,
            request_id=command.request_id,
            party=command.party,
            due_on=command.on + timedelta(days=circumstances.agreement.meeting_request_days),
            agreement_version=circumstances.agreement.version,
            occurred_on=command.on,
        )
    ]


def convened(command: NoteConvened, body: Established) -> Decision:
    """The convening, not the meeting, is what a request has a right to (P55)."""
    events: list[BodyEvent] = []
    for request_id, one in body.requests.items():
        if one.meeting_id is not None or one.requested_on > command.on:
            continue
        if one.due_on < command.on and not one.overdue:
            events.append(request_overdue(body, request_id, one))
        events.append(
            MeetingRequestAnswered(
                body_id=body.body_id, request_id=request_id, meeting_id=command.meeting_id, occurred_on=command.on
            )
        )
    return events


def cancelled(body: Established, meeting_id: UUID, on: date) -> Decision:
    return [
        MeetingRequestReopened(body_id=body.body_id, request_id=request_id, meeting_id=meeting_id, occurred_on=on)
        for request_id, one in body.requests.items()
        if one.meeting_id == meeting_id
    ]


def met(command: NoteHeld, body: Established, circumstances: BodyCircumstances) -> Decision:
    """Gaps are judged up to this meeting and no further: later ones may still be recorded."""
    if command.meeting_id in body.held:
        return []
    event = BodyMet(body_id=body.body_id, meeting_id=command.meeting_id, occurred_on=command.on)
    after = replace(body, held={**body.held, command.meeting_id: command.on})
    return [event, *reconciled(after, after.since, circumstances, command.meeting_id)]


def warnings(body: Established, on: date, circumstances: BodyCircumstances) -> Sequence[BodyEvent]:
    """Once per gap, before its limit (P54)."""
    due = cadence.warning(circumstances.versions, body.since)
    last = cadence.late(circumstances.versions, CadenceMeasure.CALENDAR_MONTHS, body.since)
    if due is None or last is None or body.since in body.warned:
        return []
    if not due.day <= on < last.day or circumstances.register.on(on) is None:
        return []
    return [
        MeetingCadenceWarned(
            body_id=body.body_id,
            since=body.since,
            due_on=last.day - DAY,
            agreement_version=due.version,
            occurred_on=on,
        )
    ]


def days_to_check(body: Established, circumstances: BodyCircumstances) -> Iterator[date]:
    """The days, up to today, on which the clock has something to say that was not said, in order (P54).

    A warning that nobody gave in time is among them: what a late scheduler says is dated as it would have been.
    """
    versions, register = circumstances.versions, circumstances.register
    found = cadence.breaches(body.established_on, list(body.held.values()), circumstances.today, versions, register)
    days = {one.due.day for one in found} | {signed.signed_on for signed in register.protocols}
    warning = cadence.warning(versions, body.since)
    if warning is not None:
        days.add(warning.day)
    for day in sorted(days):
        if not body.established_on <= day <= circumstances.today:
            continue
        events = [*warnings(body, day, circumstances), *reconciled(body, day, circumstances)]
        if events:
            yield day
            after = BODY.fold(events, body)
            assert isinstance(after, Established)
            body = after


def reconciled(
    body: Established, until: date, circumstances: BodyCircumstances, meeting_id: UUID | None = None
) -> Sequence[BodyEvent]:
    """Breaches that are not recorded yet, and recorded ones that a meeting recorded late shows to be none (P54, I5)."""
    if body.kind is not BodyKind.COORDINATION_TABLE:
        return []
    held = list(body.held.values())
    found = list(cadence.breaches(body.established_on, held, until, circumstances.versions, circumstances.register))
    events: list[BodyEvent] = [
        MeetingCadenceBreached(
            body_id=body.body_id,
            measure=one.measure,
            since=one.due.since,
            due_on=one.due.day - DAY,
            agreement_version=one.due.version,
            occurred_on=one.due.day,
        )
        for one in found
        if (one.due.since, one.measure) not in body.breached
    ]
    if meeting_id is None:
        return events
    on = body.held[meeting_id]
    still = {(one.due.since, one.measure) for one in found}
    # The gap before the meeting is the only one that it can have made shorter.
    before = max((day for day in (body.established_on, *held) if day < on), default=None)
    return [
        *events,
        *(
            MeetingCadenceBreachLifted(
                body_id=body.body_id, measure=measure, since=since, meeting_id=meeting_id, occurred_on=on
            )
            for since, measure in sorted(body.breached)
            if since == before and (since, measure) not in still
        ),
    ]


def request_overdue(body: Established, request_id: UUID, one: Request) -> MeetingRequestOverdue:
    return MeetingRequestOverdue(
        body_id=body.body_id,
        request_id=request_id,
        party=one.party,
        due_on=one.due_on,
        occurred_on=one.due_on + DAY,
    )


def overdue(body: Established, on: date, circumstances: BodyCircumstances) -> Decision:
    return [
        request_overdue(body, request_id, one)
        for request_id, one in body.requests.items()
        if one.meeting_id is None
        and not one.overdue
        and one.due_on < on
        and circumstances.register.on(one.due_on + DAY) is not None
    ]


def evolve(state: Body, event: DomainEvent) -> Body:
    match state, event:
        case NotEstablished(), BodyEstablished(body_id=body_id, kind=kind):
            return Established(body_id, kind, event.occurred_on)
        case Established(), MeetingRequested(request_id=request_id, party=party, due_on=due_on):
            made = Request(party, event.occurred_on, due_on)
            return replace(state, requests={**state.requests, request_id: made})
        case Established(), MeetingRequestAnswered(request_id=request_id, meeting_id=meeting_id):
            return with_request(state, request_id, meeting_id=meeting_id)
        case Established(), MeetingRequestReopened(request_id=request_id):
            return with_request(state, request_id, meeting_id=None)
        case Established(), MeetingRequestOverdue(request_id=request_id):
            return with_request(state, request_id, overdue=True)
        case Established(), BodyMet(meeting_id=meeting_id):
            return replace(state, held={**state.held, meeting_id: event.occurred_on})
        case Established(), MeetingCadenceWarned(since=since):
            return replace(state, warned=state.warned | {since})
        case Established(), MeetingCadenceBreached(since=since, measure=measure):
            return replace(state, breached=state.breached | {(since, measure)})
        case Established(), MeetingCadenceBreachLifted(since=since, measure=measure):
            return replace(state, breached=state.breached - {(since, measure)})
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__} on a body's stream")


def with_request(body: Established, request_id: UUID, **changes: object) -> Established:
    changed = replace(body.requests[request_id], **changes)  # type: ignore[arg-type]
    return replace(body, requests={**body.requests, request_id: changed})


BODY: Decider[Body, BodyCommand, BodyCircumstances] = Decider(
    context="governance", name="body", initial=NotEstablished(), decide=decide, evolve=evolve
)
