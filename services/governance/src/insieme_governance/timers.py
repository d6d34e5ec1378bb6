"""What happens in governance because a day has come (P54-P56, P72, P80, P82).

Each timer looks for what is due by the same pure functions by which it is decided, so that nothing is asked that would
be answered with nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from insieme_events import parameters
from insieme_events.agreement import in_force, last_known
from insieme_events.contracts.agreement import ConsentOf
from insieme_events.contracts.governance_bodies import CadenceMeasure
from insieme_events.contracts.vocabulary import BodyKind
from insieme_events.store import Connection
from insieme_events.timers import ACTOR, Timer
from insieme_events.units import Step
from insieme_governance import study
from insieme_governance.aggregates import BODIES, PLAN_YEARS, PRESENTATIONS, PROTOCOLS, STUDIES
from insieme_governance.body import BODY, BodyCircumstances, CheckCadence, CheckRequests, Established
from insieme_governance.plan_year import NoteMissingCommitment, plan_year_id, resources
from insieme_governance.presentation import NotePresentationOverdue, due_on, presentation_id
from insieme_governance.protocol import term
from insieme_governance.protocol.commands import CompleteRenewal, ExpireProtocol, WarnExpiry
from insieme_governance.protocol.state import InForce, Renewal, Term, completed_on
from insieme_governance.views import presentations, register
from insieme_governance.views.bodies import WARNED

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
ANSWERED = """
select party from views.commitments where year = %(year)s and amount > 0
union select party from views.commitments_missing where year = %(year)s
"""
NOT_STARTED = """
select p.protocol_id, p.signed_on from events.protocols p
where p.signed_on <= %(today)s and %(today)s <= p.ends_on
    and not exists (select from views.studies s where s.protocol_id = p.protocol_id)
"""
LATE = """
select distinct body_id from views.meeting_requests where meeting_id is null and overdue_on is null and due_on < %s
"""


async def terms(connection: Connection, today: date) -> Sequence[Step]:
    """Renewals that nobody's consent is missing for any more, ends that come near, and terms that are over (P80)."""
    known, agreements = await register.load(connection), await parameters.agreements(connection)
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
    known, agreements = await register.load(connection), await parameters.agreements(connection)
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


async def missing_commitments(connection: Connection, today: date) -> Sequence[Step]:
    """Parties that bear costs and have committed nothing for this year, once the day for it is over (P72)."""
    agreement = in_force(await parameters.agreements(connection), today)
    if agreement is None or today <= (due := resources.due_on(agreement, today.year)):
        return []
    parties = {party.party for party in await parameters.parties_on(connection, due)}
    cursor = await connection.execute(ANSWERED, {"year": today.year})
    answered = {party for (party,) in await cursor.fetchall()}
    late = sorted((parties & resources.debtors(agreement)) - answered)
    stream = plan_year_id(today.year)
    return [Step(PLAN_YEARS, stream, NoteMissingCommitment(year=today.year, party=party, on=today)) for party in late]


async def presentations_overdue(connection: Connection, today: date) -> Sequence[Step]:
    """The presentation of the year that ended last, where a protocol was in force at its end (P56)."""
    year = today.year - 1
    if not await parameters.parties_on(connection, due_on(year)):
        return []
    if await presentations.known(connection, {year}):
        return []
    return [Step(PRESENTATIONS, presentation_id(year), NotePresentationOverdue(year=year, on=today))]


async def studies_overdue(connection: Connection, today: date) -> Sequence[Step]:
    """Studies of the protocol in force that did not start in the year of its signature (P82)."""
    known = await parameters.agreements(connection)
    cursor = await connection.execute(NOT_STARTED, {"today": today})
    steps = []
    for protocol_id, signed_on in await cursor.fetchall():
        agreement = study.agreement_of(known, signed_on)
        if agreement is not None and today > study.due_on(signed_on, agreement.study_start_month):
            command = study.NoteStudyOverdue(protocol_id=protocol_id, on=today)
            steps.append(Step(STUDIES, protocol_id, command))
    return steps


COMMITMENTS_MISSING = Timer("governance.commitment_missing", missing_commitments)
PRESENTATION_OVERDUE = Timer("governance.presentation_overdue", presentations_overdue)
STUDY_START_OVERDUE = Timer("governance.study_start_overdue", studies_overdue)
TIMERS = (
    Timer("governance.terms", terms),
    Timer("governance.cadence", cadence),
    Timer("governance.requests", requests),
    COMMITMENTS_MISSING,
    PRESENTATION_OVERDUE,
    STUDY_START_OVERDUE,
)
