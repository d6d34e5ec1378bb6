"""Course (corso): of exactly one strand, bound to positions in 2.b, with seats and a waiting list (P36-P42)."""

from __future__ import annotations

from typing import assert_never

from insieme_events.decider import Decider, Decision
from insieme_training.course.circumstances import CourseCircumstances
from insieme_training.course.commands import (
    AwaitSeat,
    CourseCommand,
    GiveUpSeat,
    IdentifyPositions,
    NoteRefusal,
    PlanCourse,
    PositionsCommand,
    ProposeCourse,
    RunningCommand,
    SeatCommand,
    TakeSeat,
    WithdrawPositions,
)
from insieme_training.course.planning import plan, propose
from insieme_training.course.positions import decide_positions
from insieme_training.course.running import decide_running
from insieme_training.course.seats import decide_seats
from insieme_training.course.state import Course, NotThere, evolve
from insieme_training.gates import not_after

__all__ = ["COURSE", "Course", "CourseCircumstances", "CourseCommand", "decide"]

TOLD = IdentifyPositions | NoteRefusal | WithdrawPositions | TakeSeat | AwaitSeat | GiveUpSeat
"""What was decided elsewhere, by another service or in the other half of the unit: the day is not judged here."""


def decide(command: CourseCommand, state: Course, found: CourseCircumstances) -> Decision:
    if not isinstance(command, TOLD) and (future := not_after(found.today, command.on)):
        return future
    if isinstance(command, ProposeCourse):
        return propose(command, state, found)
    if isinstance(command, PlanCourse):
        return plan(command, state, found)
    if isinstance(command, PositionsCommand):
        return decide_positions(command, state, found)
    if isinstance(command, RunningCommand):
        return decide_running(command, state, found)
    if isinstance(command, SeatCommand):
        return decide_seats(command, state, found)
    assert_never(command)


COURSE: Decider[Course, CourseCommand, CourseCircumstances] = Decider(
    context="training", name="course", initial=NotThere(), decide=decide, evolve=evolve
)
