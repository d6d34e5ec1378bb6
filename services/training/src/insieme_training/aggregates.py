"""The aggregates of training with their edges: what their decisions are told, and the views that they write."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from insieme_events import in_charge, parameters
from insieme_events.agreement import last_known
from insieme_events.contracts.training import ErasureCompleted
from insieme_events.contracts.vocabulary import PartyRole
from insieme_events.decider import Circumstances
from insieme_events.erasing import AcknowledgeErasure, acknowledgements
from insieme_events.parameters import Party
from insieme_events.store import Connection
from insieme_events.units import Aggregate, Asked
from insieme_training.course import COURSE, Course, CourseCircumstances, CourseCommand
from insieme_training.course.commands import ActivateCourse, AwaitSeat, ProposeCourse, RankApplicants, TakeSeat
from insieme_training.participation import (
    PARTICIPATION,
    Participation,
    ParticipationCircumstances,
    ParticipationCommand,
)
from insieme_training.participation.circumstances import PriorityFacts
from insieme_training.participation.commands import ApplyPriority, RecordAttendance, RequestParticipation
from insieme_training.sector_change import (
    SECTOR_CHANGE,
    DeclareSectorChange,
    SectorChange,
    SectorChangeCircumstances,
    SectorChangeCommand,
)
from insieme_training.views import courses, participations, sector_changes, told
from insieme_training.views.participations import Place

NO_PRIORITY = PriorityFacts(pandemic=False, sector_change_on=None)


async def of_courses(connection: Connection, asked: Sequence[Asked[CourseCommand]]) -> list[CourseCircumstances]:
    proposing = {each.command.on for each in asked if isinstance(each.command, ProposeCourse)}
    parties = await parties_on(connection, proposing)
    funded = await told.funded(connection, {e.stream_id for e in asked if isinstance(e.command, ActivateCourse)})
    seating = {each.stream_id for each in asked if isinstance(each.command, TakeSeat | AwaitSeat)}
    orders = await participations.order(connection, seating) if seating else {}
    ranking = {each.stream_id for each in asked if isinstance(each.command, RankApplicants)}
    nameless = await participations.nameless(connection, ranking) if ranking else frozenset()
    return [
        CourseCircumstances(
            actor=each.situation.actor,
            today=each.situation.today,
            agreement=each.situation.agreement_on(each.command.on),
            last_known=last_known(each.situation.agreements, each.command.on),
            party_in_force=any(p.party == each.situation.actor.party for p in parties.get(each.command.on, ())),
            funded_on=funded.get(each.stream_id),
            order=orders.get(each.stream_id, ()),
            nameless=nameless,
        )
        for each in asked
    ]


async def of_participations(
    connection: Connection, asked: Sequence[Asked[ParticipationCommand]]
) -> list[ParticipationCircumstances]:
    places = await participations.of(connection, {each.stream_id for each in asked})
    for each in asked:
        if isinstance(each.command, RequestParticipation):
            places[each.stream_id] = Place(each.command.course_id, each.command.person_id)
    persons = {place.person_id for place in places.values()}
    charges = await in_charge.of_persons(connection, persons)
    found = await courses.found(connection, {place.course_id for place in places.values()})
    erased = await told.erased(connection, persons)
    ranking = [(each, places.get(each.stream_id)) for each in asked if isinstance(each.command, ApplyPriority)]
    priorities = await told.priorities(
        connection, {(place.person_id, each.command.on) for each, place in ranking if place is not None}
    )
    sent = [each.command for each in asked if isinstance(each.command, RequestParticipation)]
    parties = await parties_on(connection, {command.on for command in sent if command.association is not None})
    answers = []
    for each in asked:
        place = places.get(each.stream_id)
        person = None if place is None else place.person_id
        answers.append(
            ParticipationCircumstances(
                actor=each.situation.actor,
                today=each.situation.today,
                agreement=each.situation.agreement_on(each.command.on),
                last_known=last_known(each.situation.agreements, each.command.on),
                in_charge=None if person is None else charges.get(person),
                course=None if place is None else found.get(place.course_id),
                association_known=is_association(each.command, parties),
                erased=person in erased,
                priority=NO_PRIORITY if person is None else priorities.get((person, each.command.on), NO_PRIORITY),
            )
        )
    return answers


async def of_sector_changes(
    connection: Connection, asked: Sequence[Asked[SectorChangeCommand]]
) -> list[SectorChangeCircumstances]:
    persons = {each.stream_id for each in asked if isinstance(each.command, DeclareSectorChange)}
    known = await in_charge.of_persons(connection, persons)
    erased = await told.erased(connection, persons)
    return [
        SectorChangeCircumstances(
            actor=each.situation.actor,
            today=each.situation.today,
            agreement=each.situation.agreement_on(each.command.on),
            person_known=each.stream_id in known,
            erased=each.stream_id in erased,
        )
        for each in asked
    ]


async def parties_on(connection: Connection, days: set[date]) -> dict[date, tuple[Party, ...]]:
    return {day: await parameters.parties_on(connection, day) for day in sorted(days)}


def is_association(command: ParticipationCommand, parties: dict[date, tuple[Party, ...]]) -> bool:
    """Whether the command names a trade association of the protocol in force on its day (P41)."""
    return isinstance(command, RequestParticipation) and any(
        party.party == command.association and party.role is PartyRole.EMPLOYER_ASSOCIATION
        for party in parties.get(command.on, ())
    )


COURSES: Aggregate[Course, CourseCommand, CourseCircumstances] = Aggregate(COURSE, of_courses, courses.write)
PARTICIPATIONS: Aggregate[Participation, ParticipationCommand, ParticipationCircumstances] = Aggregate(
    PARTICIPATION, of_participations, participations.write, participations.UNIQUE, (RecordAttendance,)
)
SECTOR_CHANGES: Aggregate[SectorChange, SectorChangeCommand, SectorChangeCircumstances] = Aggregate(
    SECTOR_CHANGE, of_sector_changes, sector_changes.write
)
ERASURES: Aggregate[bool, AcknowledgeErasure, Circumstances] = acknowledgements("training", ErasureCompleted)

AGGREGATES: tuple[Aggregate[Any, Any, Any], ...] = (COURSES, PARTICIPATIONS, SECTOR_CHANGES, ERASURES)
