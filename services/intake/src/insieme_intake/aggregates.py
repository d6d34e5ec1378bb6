"""The aggregates of intake with their edges: what their decisions are told, and the views that they write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from insieme_events.contracts.intake import ErasureGround
from insieme_events.decider import RefusalKind, Refused
from insieme_events.store import Connection
from insieme_events.units import Aggregate, Asked
from insieme_intake import lookups, views
from insieme_intake.case import CASE, KEEPS
from insieme_intake.case.commands import CaseCommand, CorrectCharacteristics, SubmitApplication, VoidEnrolment
from insieme_intake.case.states import CaseState
from insieme_intake.circumstances import IntakeCircumstances
from insieme_intake.ledger import (
    INTERVENTION_ELSEWHERE,
    LEDGER,
    FollowExtension,
    LedgerCommand,
    LedgerState,
    OverrideOverlap,
    RegisterIntervention,
)
from insieme_intake.participation import (
    PARTICIPATION,
    NoteParticipationFollowUpDue,
    OpenParticipation,
    ParticipationCommand,
    ParticipationState,
    RecordParticipationFollowUp,
)
from insieme_intake.person import PERSON, ErasePerson, NoteRetentionEnded, PersonCommand, PersonState
from insieme_intake.referral import REFERRAL, ReceiveReferral, ReferralCommand, ReferralState, SendReferral

ONE_OPEN_CASE = Refused(
    "intake.one_open_case",
    "This person has an open case already. Go on with that one, or close it first.",
    clause="P25",
)
INTERVIEW_ELSEWHERE = Refused(
    "intake.interview_elsewhere", "This interview id belongs to another case: use a new id.", kind=RefusalKind.INVALID
)


async def circumstances(connection: Connection, asked: Sequence[Asked[Any]]) -> Sequence[IntakeCircumstances]:
    """The agreement of the command's business date, all of them for other days, and what the command speaks of."""
    named = {CASES.stream(e.stream_id) for e in asked if isinstance(e.command, VoidEnrolment | CorrectCharacteristics)}
    ids = await lookups.event_ids(connection, named)
    persons = await lookups.persons(connection, {id_ for e in asked if (id_ := _person_of(e)) is not None})
    referrals = await lookups.referrals(connection, {id_ for e in asked if (id_ := _referral_of(e)) is not None})
    used = {e.stream_id for e in asked if isinstance(e.command, CaseCommand) and not isinstance(e.command, KEEPS)}
    restricted = await lookups.restrictions(connection, used)
    taking = {e.stream_id for e in asked if isinstance(e.command, RegisterIntervention | FollowExtension)}
    lines = await lookups.lines_elsewhere(connection, taking)
    opened = {e.command.case_id for e in asked if isinstance(e.command, OpenParticipation)}
    owners = await lookups.persons_of_cases(connection, opened)
    asked_after = NoteParticipationFollowUpDue | RecordParticipationFollowUp
    left = {e.stream_id for e in asked if isinstance(e.command, asked_after)}
    participants = await lookups.participants(connection, left)
    follow_ups = await lookups.follow_ups(connection, left)
    leaving = {e.stream_id for e in asked if isinstance(e.command, NoteRetentionEnded) or _for_retention(e.command)}
    ends = await lookups.left(connection, leaving)
    told = []
    for each in asked:
        person_id = _person_of(each)
        person = participants.get(each.stream_id) if person_id is None else persons.get(person_id)
        told.append(
            IntakeCircumstances(
                each.situation.actor,
                each.situation.today,
                each.situation.agreement_on(each.command.on),
                each.situation.agreements,
                ids.get(CASES.stream(each.stream_id), {}),
                person is not None and not person.erased and person.into is None,
                referrals.get(_referral_of(each)),
                person,
                restricted.get(each.stream_id),
                lines.get(each.stream_id, ()),
                owners.get(each.command.case_id) if isinstance(each.command, OpenParticipation) else None,
                each.situation.limits_on(each.command.on),
                each.situation.limits,
                follow_ups.get(each.stream_id, ()),
                ends.get(each.stream_id),
            )
        )
    return told


def _for_retention(command: Any) -> bool:
    return isinstance(command, ErasePerson) and command.ground is ErasureGround.RETENTION_ENDED


def _person_of(asked: Asked[Any]) -> UUID | None:
    """Whom the decision must know about, where it is not on the person's own stream."""
    match asked.command:
        case RegisterIntervention() | OverrideOverlap():
            return asked.stream_id
        case ReceiveReferral(person_id=person_id) | SendReferral(person_id=person_id):
            return person_id
        case OpenParticipation(person_id=person_id):
            return person_id
        case _:
            return None


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

LEDGERS: Aggregate[LedgerState, LedgerCommand, IntakeCircumstances] = Aggregate(
    LEDGER, circumstances, views.write_ledgers, {"one_person_per_intervention": INTERVENTION_ELSEWHERE}
)
PARTICIPATIONS: Aggregate[ParticipationState, ParticipationCommand, IntakeCircumstances] = Aggregate(
    PARTICIPATION, circumstances, views.write_participations
)
