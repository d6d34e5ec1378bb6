"""What happens in governance because a day has come (P54-P56, P72, P80, P82).

Each timer looks for what is due by the same pure functions by which it is decided, so that nothing is asked that would
be answered with nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from insieme_events import parameters
from insieme_events.agreement import last_known
from insieme_events.contracts.agreement import ConsentOf
from insieme_events.contracts.governance_bodies import CadenceMeasure
from insieme_events.contracts.vocabulary import BodyKind
from insieme_events.store import Connection
from insieme_events.timers import ACTOR, Due, Timer
from insieme_events.units import Step
from insieme_governance import study
from insieme_governance.aggregates import BODIES, PLAN_YEARS, PRESENTATIONS, PROTOCOLS, STUDIES
from insieme_governance.body import BodyCircumstances, CheckCadence, CheckRequests, Established, days_to_check
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
select distinct body_id, due_on from views.meeting_requests
where meeting_id is null and overdue_on is null and due_on < %s order by due_on, body_id
"""
CLOSED = "select from views.plan_years where year = %s and status = 'closed'"
DAY = timedelta(days=1)


async def terms(connection: Connection, today: date, at_most: int) -> Sequence[Due]:
    """Renewals that nobody's consent is missing for any more, ends that come near, and terms that are over (P80)."""
    known, agreements = await register.load(connection), await parameters.agreements(connection)
    rows = await (await connection.execute(PROTOCOLS_SIGNED)).fetchall()
    steps: list[Due] = []
    for protocol_id, status, proposed_on, renewal_ends_on, consent_of, warned in rows:
        signed = next(one for one in known.protocols if one.roll.protocol_id == protocol_id)
        renewal = None
        if proposed_on is not None:
            consents = await (await connection.execute(CONSENTS, (protocol_id, proposed_on))).fetchall()
            renewal = Renewal(proposed_on, renewal_ends_on, ConsentOf(consent_of), dict(consents))
        state = InForce(signed.roll, Term(signed.signed_on, signed.ends_on, renewal, warned=frozenset(warned)))
        completed = completed_on(signed.roll, state.term, today)
        if status == "in_force":
            warnings = term.warning_days(state, agreements, completed or today)
            steps += [Due(day, Step(PROTOCOLS, protocol_id, WarnExpiry(on=day))) for day in warnings]
        if completed is not None:
            steps.append(Due(completed, Step(PROTOCOLS, protocol_id, CompleteRenewal(on=completed))))
        elif status == "in_force" and signed.ends_on < today:
            over = signed.ends_on + DAY
            steps.append(Due(over, Step(PROTOCOLS, protocol_id, ExpireProtocol(on=over))))
    return earliest(steps, at_most)


async def cadence(connection: Connection, today: date, at_most: int) -> Sequence[Due]:
    """The Tavolo di coordinamento whose next meeting comes near or was missed (P54)."""
    known, agreements = await register.load(connection), await parameters.agreements(connection)
    circumstances = BodyCircumstances(ACTOR, today, last_known(agreements, today), agreements, known)
    tables = await (await connection.execute(COORDINATION, (BodyKind.COORDINATION_TABLE,))).fetchall()
    steps: list[Due] = []
    for body_id, established_on in tables:
        held = dict(await (await connection.execute(HELD, (body_id,))).fetchall())
        said = await (await connection.execute(SAID, (body_id,))).fetchall()
        table = clock(body_id, established_on, held, said)
        days = days_to_check(table, circumstances)
        steps += [Due(day, Step(BODIES, body_id, CheckCadence(on=day))) for day in days]
    return earliest(steps, at_most)


def earliest(steps: Sequence[Due], at_most: int) -> Sequence[Due]:
    return sorted(steps, key=lambda due: due.day)[:at_most]


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


async def requests(connection: Connection, today: date, at_most: int) -> Sequence[Due]:
    """Bodies with a request that nothing was convened for in time (P55)."""
    known = await register.load(connection)
    rows = await (await connection.execute(LATE, (today,))).fetchall()
    days = [(body_id, due_on + DAY) for body_id, due_on in rows if known.on(due_on + DAY) is not None]
    return [Due(day, Step(BODIES, body_id, CheckRequests(on=day))) for body_id, day in days[:at_most]]


async def years_since_the_first_term(connection: Connection, today: date) -> range:
    """However long nobody looked, a year of a term is not forgotten."""
    known = await parameters.agreements(connection)
    return range(min((one.valid_from.year for one in known), default=today.year), today.year + 1)


async def missing_commitments(connection: Connection, today: date, at_most: int) -> Sequence[Due]:
    """Parties that bear costs and have committed nothing for a year, once the day for it is over (P72)."""
    known = await parameters.agreements(connection)
    steps = []
    for year in await years_since_the_first_term(connection, today):
        found = resources.missing_from(known, year)
        if found is None or found[0] > today or await (await connection.execute(CLOSED, (year,))).fetchone():
            continue
        day, agreement = found
        parties = {party.party for party in await parameters.parties_on(connection, resources.due_on(agreement, year))}
        cursor = await connection.execute(ANSWERED, {"year": year})
        answered = {party for (party,) in await cursor.fetchall()}
        for party in sorted((parties & resources.debtors(agreement)) - answered):
            note = NoteMissingCommitment(year=year, party=party, on=day)
            steps.append(Due(day, Step(PLAN_YEARS, plan_year_id(year), note)))
    return earliest(steps, at_most)


async def presentations_overdue(connection: Connection, today: date, at_most: int) -> Sequence[Due]:
    """Presentations of years that have ended, where a protocol was in force at the end of the year (P56)."""
    years = {year for year in await years_since_the_first_term(connection, today) if due_on(year) < today}
    steps = []
    for year in sorted(years - await presentations.known(connection, years)):
        if await parameters.parties_on(connection, due_on(year)):
            day = due_on(year) + DAY
            command = NotePresentationOverdue(year=year, on=day)
            steps.append(Due(day, Step(PRESENTATIONS, presentation_id(year), command)))
    return steps[:at_most]


async def studies_overdue(connection: Connection, today: date, at_most: int) -> Sequence[Due]:
    """Studies of the protocol in force that did not start in the year of its signature (P82)."""
    known = await parameters.agreements(connection)
    cursor = await connection.execute(NOT_STARTED, {"today": today})
    steps = []
    for protocol_id, signed_on in await cursor.fetchall():
        agreement = study.agreement_of(known, signed_on)
        if agreement is None:
            continue
        day = study.due_on(signed_on, agreement.study_start_month) + DAY
        if day <= today:
            command = study.NoteStudyOverdue(protocol_id=protocol_id, on=day)
            steps.append(Due(day, Step(STUDIES, protocol_id, command)))
    return earliest(steps, at_most)


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
