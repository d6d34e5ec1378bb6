"""What happens in governance because a day has come (P54, P55, P80).

Each timer looks for what is due by the same pure functions by which it is decided, so that nothing is asked that would
be answered with nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from insieme_events.agreement import Agreement, agreement_of, last_known
from insieme_events.contracts.agreement import ConsentOf
from insieme_events.contracts.governance_bodies import CadenceMeasure
from insieme_events.contracts.vocabulary import BodyKind
from insieme_events.parameters import AGREEMENT
from insieme_events.store import Connection
from insieme_events.timers import ACTOR, Timer
from insieme_events.units import Step
from insieme_governance.aggregates import BODIES, PROTOCOLS
from insieme_governance.body import BODY, BodyCircumstances, CheckCadence, CheckRequests, Established
from insieme_governance.protocol import term
from insieme_governance.protocol.commands import CompleteRenewal, ExpireProtocol, WarnExpiry
from insieme_governance.protocol.state import InForce, Renewal, Term, completed_on
from insieme_governance.views import register
from insieme_governance.views.bodies import WARNED

VERSIONS = "select parameters::text from events.parameters where kind = %s order by valid_from"
PROTOCOLS_SIGNED = """
select p.protocol_id, p.status, p.renewal_proposed_on, p.renewal_ends_on, p.consent_of,
    array(select w.months from views.expiry_warnings w where w.protocol_id = p.protocol_id and w.ends_on = p.ends_on)
from views.protocols p where p.status in ('in_force', 'expired') order by p.signed_on
"""
CONSENTS = (
    "select party, answered_on from views.consents where protocol_id = %s and proposed_on = %s and answer = 'given'"
)
COORDINATION = "select body_id, established_on from views.bodies where kind = %s"
HELD = "select meeting_id, held_on from views.meetings where body_id = %s and status = 'held'"
SAID = "select since, said from views.cadence where body_id = %s and lifted_by is null"
LATE = """
select distinct body_id from views.meeting_requests where meeting_id is null and overdue_on is null and due_on < %s
"""


async def versions(connection: Connection) -> tuple[Agreement, ...]:
    found = await (await connection.execute(VERSIONS, (AGREEMENT,))).fetchall()
    return tuple([agreement_of(text) for (text,) in found])


async def terms(connection: Connection, today: date) -> Sequence[Step]:
    """Renewals that nobody's consent is missing for any more, ends that come near, and terms that are over (P80)."""
    known, agreements = await register.load(connection), await versions(connection)
    rows = await (await connection.execute(PROTOCOLS_SIGNED)).fetchall()
    steps = []
    for protocol_id, status, proposed_on, renewal_ends_on, consent_of, warned in rows:
        signed = next(one for one in known.protocols if one.roll.protocol_id == protocol_id)
        renewal = None
        if proposed_on is not None:
            consents = await (await connection.execute(CONSENTS, (protocol_id, proposed_on))).fetchall()
            renewal = Renewal(proposed_on, renewal_ends_on, ConsentOf(consent_of), dict(consents))
        state = InForce(signed.roll, Term(signed.signed_on, signed.ends_on, renewal, warned=frozenset(warned)))
        if completed_on(signed.roll, state.term, today) is not None:
            steps.append(Step(PROTOCOLS, protocol_id, CompleteRenewal(on=today)))
        elif status == "in_force" and signed.ends_on < today:
            steps.append(Step(PROTOCOLS, protocol_id, ExpireProtocol(on=today)))
        elif status == "in_force" and term.warn(state, today, last_known(agreements, today)):
            steps.append(Step(PROTOCOLS, protocol_id, WarnExpiry(on=today)))
    return steps


async def cadence(connection: Connection, today: date) -> Sequence[Step]:
    """The Tavolo di coordinamento whose next meeting comes near or was missed (P54)."""
    known, agreements = await register.load(connection), await versions(connection)
    circumstances = BodyCircumstances(ACTOR, today, last_known(agreements, today), agreements, known)
    tables = await (await connection.execute(COORDINATION, (BodyKind.COORDINATION_TABLE,))).fetchall()
    steps = []
    for body_id, established_on in tables:
        held = dict(await (await connection.execute(HELD, (body_id,))).fetchall())
        said = await (await connection.execute(SAID, (body_id,))).fetchall()
        table = clock(body_id, established_on, held, said)
        check = CheckCadence(on=today)
        if today >= established_on and BODY.decide(check, table, circumstances):
            steps.append(Step(BODIES, body_id, check))
    return steps


def clock(body_id: UUID, established_on: date, held: dict[UUID, date], said: list[tuple[Any, ...]]) -> Established:
    """The part of a body's state that its clock is read from."""
    return Established(
        body_id,
        BodyKind.COORDINATION_TABLE,
        established_on,
        held,
        warned=frozenset(since for since, what in said if what == WARNED),
        breached=frozenset((since, CadenceMeasure(what)) for since, what in said if what != WARNED),
    )


async def requests(connection: Connection, today: date) -> Sequence[Step]:
    """Bodies with a request that nothing was convened for in time (P55)."""
    rows = await (await connection.execute(LATE, (today,))).fetchall()
    return [Step(BODIES, body_id, CheckRequests(on=today)) for (body_id,) in rows]


TIMERS = (
    Timer("governance.terms", terms),
    Timer("governance.cadence", cadence),
    Timer("governance.requests", requests),
)
