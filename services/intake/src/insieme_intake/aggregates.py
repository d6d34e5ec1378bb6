"""The aggregates of intake with their edges: what their decisions are told, and the views that they write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from insieme_events.decider import RefusalKind, Refused
from insieme_events.store import Connection
from insieme_events.units import Aggregate, Asked
from insieme_intake import views
from insieme_intake.case import CASE
from insieme_intake.case.commands import CaseCommand, CorrectCharacteristics, VoidEnrolment
from insieme_intake.case.states import CaseState
from insieme_intake.circumstances import IntakeCircumstances
from insieme_intake.person import PERSON, PersonCommand, PersonState
from insieme_intake.referral import REFERRAL, ReferralCommand, ReferralState

ONE_OPEN_CASE = Refused(
    "intake.one_open_case",
    "This person has an open case already. Go on with that one, or close it first.",
    clause="P25",
)
INTERVIEW_ELSEWHERE = Refused(
    "intake.interview_elsewhere", "This interview id belongs to another case: use a new id.", kind=RefusalKind.INVALID
)

LAST_IDS = """
select distinct on (stream, type) stream, type, event_id from events.events
where stream = any(%s) and type in ('PersonEnrolled', 'EntryCharacteristicsRecorded')
order by stream, type, version desc
"""


async def circumstances(connection: Connection, asked: Sequence[Asked[Any]]) -> Sequence[IntakeCircumstances]:
    """The agreement of the command's business date, and all of them for other days."""
    named = {CASES.stream(e.stream_id) for e in asked if isinstance(e.command, VoidEnrolment | CorrectCharacteristics)}
    ids = await event_ids(connection, named)
    return [
        IntakeCircumstances(
            each.situation.actor,
            each.situation.today,
            each.situation.agreement_on(each.command.on),
            each.situation.agreements,
            ids.get(CASES.stream(each.stream_id), {}),
        )
        for each in asked
    ]


async def event_ids(connection: Connection, streams: set[str]) -> Mapping[str, Mapping[str, UUID]]:
    """Per stream and type the id of the last enrolment and of the last characteristics at entry."""
    found: dict[str, dict[str, UUID]] = {}
    if streams:
        rows = await connection.execute(LAST_IDS, (sorted(streams),))
        for stream, kind, event_id in await rows.fetchall():
            found.setdefault(stream, {})[kind] = event_id
    return found


PERSONS: Aggregate[PersonState, PersonCommand, IntakeCircumstances] = Aggregate(
    PERSON, circumstances, views.write_persons
)
CASES: Aggregate[CaseState, CaseCommand, IntakeCircumstances] = Aggregate(
    CASE,
    circumstances,
    views.write_cases,
    {"one_open_case": ONE_OPEN_CASE, "one_case_per_interview": INTERVIEW_ELSEWHERE},
)
REFERRALS: Aggregate[ReferralState, ReferralCommand, IntakeCircumstances] = Aggregate(
    REFERRAL, circumstances, views.write_referrals
)
