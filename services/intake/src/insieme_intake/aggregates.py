"""The aggregates of intake with their edges: what their decisions are told, and the views that they write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from insieme_events.decider import RefusalKind, Refused
from insieme_events.store import Connection
from insieme_events.units import Aggregate, Asked
from insieme_intake import views
from insieme_intake.case import CASE
from insieme_intake.case.commands import CaseCommand, CorrectCharacteristics, SubmitApplication, VoidEnrolment
from insieme_intake.case.states import CaseState
from insieme_intake.circumstances import IntakeCircumstances, ReferralFound
from insieme_intake.person import PERSON, PersonCommand, PersonState
from insieme_intake.referral import REFERRAL, ReceiveReferral, ReferralCommand, ReferralState, SendReferral

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
KNOWN = "select person_id from views.persons where person_id = any(%s) and erased_on is null"
REFERRALS_NAMED = """
select referral_id, person_id, direction = 'received', status, sent_on, reply_due_on from views.referrals
where referral_id = any(%s)
"""


async def circumstances(connection: Connection, asked: Sequence[Asked[Any]]) -> Sequence[IntakeCircumstances]:
    """The agreement of the command's business date, all of them for other days, and what the command speaks of."""
    named = {CASES.stream(e.stream_id) for e in asked if isinstance(e.command, VoidEnrolment | CorrectCharacteristics)}
    ids = await event_ids(connection, named)
    referred = {e.command.person_id for e in asked if isinstance(e.command, ReceiveReferral | SendReferral)}
    known = await persons_known(connection, referred)
    referrals = await referrals_named(connection, {id_ for e in asked if (id_ := _referral_of(e)) is not None})
    return [
        IntakeCircumstances(
            each.situation.actor,
            each.situation.today,
            each.situation.agreement_on(each.command.on),
            each.situation.agreements,
            ids.get(CASES.stream(each.stream_id), {}),
            getattr(each.command, "person_id", None) in known,
            referrals.get(_referral_of(each)),
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


async def persons_known(connection: Connection, persons: set[UUID]) -> frozenset[UUID]:
    """Those of them who are registered and not erased."""
    if not persons:
        return frozenset()
    rows = await connection.execute(KNOWN, (list(persons),))
    return frozenset(person_id for (person_id,) in await rows.fetchall())


async def referrals_named(connection: Connection, referrals: set[UUID]) -> Mapping[UUID | None, ReferralFound]:
    """Those of them that there are."""
    if not referrals:
        return {}
    rows = await connection.execute(REFERRALS_NAMED, (list(referrals),))
    return {referral_id: ReferralFound(*values) for referral_id, *values in await rows.fetchall()}


def _referral_of(asked: Asked[Any]) -> UUID | None:
    return asked.command.referral_id if isinstance(asked.command, SubmitApplication) else None


async def person_registered(connection: Connection, asked: Sequence[Asked[Any]]) -> Sequence[IntakeCircumstances]:
    """For a referral behind the step that registers its person: circumstances are read before any step is decided."""
    return [replace(each, person_known=True) for each in await circumstances(connection, asked)]


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
REFERRALS_OF_REGISTERED: Aggregate[ReferralState, ReferralCommand, IntakeCircumstances] = Aggregate(
    REFERRAL, person_registered, views.write_referrals
)
"""As REFERRALS, only for a unit whose step before registers the person or refuses the whole."""
