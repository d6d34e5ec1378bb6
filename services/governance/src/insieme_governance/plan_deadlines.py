"""What happens in governance because a day has come: commitments, presentations and studies that are late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from insieme_events import parameters
from insieme_events.agreement import Agreement, agreement_of, in_force
from insieme_events.store import Connection
from insieme_events.timers import Timer
from insieme_events.units import Step
from insieme_governance import study
from insieme_governance.plan_aggregates import PLAN_YEARS, PRESENTATIONS, STUDIES
from insieme_governance.plan_year import NoteMissingCommitment, plan_year_id, resources
from insieme_governance.presentation import NotePresentationOverdue, due_on, presentation_id
from insieme_governance.views import presentations

AGREEMENTS = "select parameters::text from events.parameters where kind = %s order by valid_from"
ANSWERED = """
select party from views.commitments where year = %(year)s and amount > 0
union select party from views.commitments_missing where year = %(year)s
"""
NOT_STARTED = """
select p.protocol_id, p.signed_on from events.protocols p
where p.signed_on <= %(today)s and %(today)s <= p.ends_on
    and not exists (select from views.studies s where s.protocol_id = p.protocol_id)
"""


async def agreements(connection: Connection) -> tuple[Agreement, ...]:
    cursor = await connection.execute(AGREEMENTS, (parameters.AGREEMENT,))
    return tuple([agreement_of(text) for (text,) in await cursor.fetchall()])


async def missing_commitments(connection: Connection, today: date) -> Sequence[Step]:
    """Parties that bear costs and have committed nothing for this year, once the day for it is over (P72)."""
    agreement = in_force(await agreements(connection), today)
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
    known = await agreements(connection)
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
PLAN_TIMERS = (COMMITMENTS_MISSING, PRESENTATION_OVERDUE, STUDY_START_OVERDUE)
