"""Every state of every aggregate of training answers every command, and takes its own answer in.

Each status is reached by a history of accepted commands; from there random commands are run one after the other: a
decision never raises, an answer with events folds, and a refusal is of the closed form. Against vacuity the histories
must reach every status of the union.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st

from insieme_events.contracts.matching import AtecoVersion
from insieme_events.contracts.training_courses import CourseCancelReason, ModuleKind
from insieme_events.contracts.training_participations import DropReason
from insieme_events.contracts.vocabulary import Strand
from insieme_events.testing.answering import Answering, Drawing
from insieme_training import course, participation, sector_change, testing
from insieme_training.course import commands as of_course
from insieme_training.course.state import Course
from insieme_training.participation import commands as of_participation
from insieme_training.participation.state import Participation
from insieme_training.testing import (
    COMPANY_ID,
    COURSE_ID,
    OTHERS,
    PARTICIPATION_ID,
    PERSON,
    RESERVATION_ID,
    VACANCY_ID,
)

ON = date(2021, 4, 1)
IDS = st.sampled_from([UUID(int=n) for n in (*range(1, 7), 100, 101, 102)])
DAYS = st.integers(0, 420).map(lambda n: date(2021, 1, 1) + timedelta(days=n))
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("on", "starts_on", "ends_on"), DAYS),
    "profile": st.sampled_from([None, "8.1.4"]),
    "course_code": st.just("oss"),
    "association": st.sampled_from([None, "cna_bologna"]),
    "demand_evidence": st.sampled_from([None, "needs"]),
    "from_section": st.sampled_from(["C", "I"]),
    "to_section": st.sampled_from([None, "C", "H"]),
    "positions": st.integers(1, 4),
    "seats": st.integers(1, 3),
    "hours": st.integers(1, 120),
    "lesson_no": st.integers(1, 3),
    "minutes": st.integers(1, 240),
    "participations": st.lists(IDS, max_size=2, unique=True).map(tuple),
}


DRAWING = Drawing(FIELDS, IDS, DAYS)
PLAN = testing.plan_course()
PROPOSE = of_course.ProposeCourse(
    course_id=COURSE_ID, strand=Strand.TRAINING_TARGETED, course_code="oss", profile="5.3.1", on=date(2021, 2, 1)
)
IDENTIFIED = (
    PLAN,
    of_course.RequestPositions(
        reservation_id=RESERVATION_ID, source_kind="vacancy", source_id=VACANCY_ID, positions=2, on=date(2021, 3, 2)
    ),
    of_course.IdentifyPositions(
        reservation_id=RESERVATION_ID, company_id=COMPANY_ID, positions=2, on=date(2021, 3, 10)
    ),
)
ACTIVE = (*IDENTIFIED, of_course.ActivateCourse(on=date(2021, 3, 15)))
RUNNING = (*ACTIVE, of_course.StartCourse(on=ON), of_course.TakeSeat(participation_id=OTHERS[0], on=ON))
CANCEL = of_course.CancelCourse(reason=CourseCancelReason.NOT_FUNDED, on=ON)
REQUEST = of_participation.RequestParticipation(
    participation_id=PARTICIPATION_ID, course_id=COURSE_ID, person_id=PERSON, on=date(2021, 3, 20)
)
ENROL = of_participation.EnrolParticipant(on=date(2021, 3, 22))
TAKING_PART = (REQUEST, ENROL, of_participation.StartParticipant(on=ON))
DECLARE = sector_change.DeclareSectorChange(
    person_id=PERSON, ateco_version=AtecoVersion.ATECO_2007, from_section="I", on=ON
)

AGGREGATES = [
    Answering(
        course.COURSE,
        Course,
        of_course.CourseCommand,
        testing.course_circumstances(order=OTHERS),
        (
            (),
            (PROPOSE,),
            (PROPOSE, CANCEL),
            (PLAN,),
            IDENTIFIED,
            ACTIVE,
            RUNNING,
            (*RUNNING, of_course.EndCourse(on=date(2021, 6, 30))),
            (*ACTIVE, CANCEL),
        ),
    ),
    Answering(
        participation.PARTICIPATION,
        Participation,
        of_participation.ParticipationCommand,
        testing.participation_circumstances(course=testing.course_found(module_kind=ModuleKind.ITALIAN)),
        (
            (),
            (REQUEST,),
            (REQUEST, of_participation.BlockParticipation(on=ON)),
            (REQUEST, of_participation.WaitlistParticipant(on=ON)),
            (REQUEST, ENROL),
            TAKING_PART,
            (*TAKING_PART, of_participation.CompleteParticipant(on=date(2021, 6, 30))),
            (*TAKING_PART, of_participation.DropParticipant(reason=DropReason.FOUND_JOB, on=ON)),
        ),
    ),
    Answering(
        sector_change.SECTOR_CHANGE,
        sector_change.SectorChange,
        sector_change.SectorChangeCommand,
        testing.sector_change_circumstances(),
        (
            (),
            (DECLARE,),
            (DECLARE, sector_change.RevokeSectorChange(on=ON)),
            (DECLARE, sector_change.EraseDeclaration(on=ON)),
        ),
    ),
]
each_aggregate = pytest.mark.parametrize("aggregate", AGGREGATES, ids=[each.decider.name for each in AGGREGATES])


@each_aggregate
def test_the_histories_reach_every_status(aggregate: Answering) -> None:
    aggregate.reaches_every_status()


@each_aggregate
def test_every_state_answers_every_command(aggregate: Answering) -> None:
    aggregate.answers_every_command(DRAWING, 80)


@each_aggregate
def test_every_status_answers_each_kind_of_command(aggregate: Answering) -> None:
    aggregate.answers_each_kind(DRAWING, 6)
