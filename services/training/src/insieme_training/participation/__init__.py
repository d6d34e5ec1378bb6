"""CourseParticipation: one person in one course, from the request to a certificate (P37, P38, P41, P42)."""

from __future__ import annotations

from typing import assert_never

from insieme_events.contracts.training import SealedFieldsErased
from insieme_events.decider import Decider, Decision
from insieme_training.gates import PARTICIPATION_UNKNOWN, not_after
from insieme_training.participation.asking import decide_asking
from insieme_training.participation.attending import decide_attending
from insieme_training.participation.circumstances import ParticipationCircumstances
from insieme_training.participation.commands import (
    AskingCommand,
    AttendingCommand,
    CompleteParticipant,
    DropParticipant,
    EraseFields,
    ParticipationCommand,
    ProofCommand,
    RecordAttendance,
    RequestParticipation,
    StartParticipant,
)
from insieme_training.participation.proof import decide_proof
from insieme_training.participation.state import NotRequested, Participation, evolve

__all__ = ["PARTICIPATION", "Participation", "ParticipationCircumstances", "ParticipationCommand", "decide"]

SAID_HERE = (
    RequestParticipation | StartParticipant | RecordAttendance | CompleteParticipant | DropParticipant | ProofCommand
)
"""What somebody records about a day, which must have come; the rest was decided elsewhere."""


def decide(command: ParticipationCommand, state: Participation, found: ParticipationCircumstances) -> Decision:
    if isinstance(command, SAID_HERE) and (future := not_after(found.today, command.on)):
        return future
    if isinstance(command, EraseFields):
        return erase_fields(command, state)
    if isinstance(command, AskingCommand):
        return decide_asking(command, state, found)
    if isinstance(command, AttendingCommand):
        return decide_attending(command, state, found)
    if isinstance(command, ProofCommand):
        return decide_proof(command, state, found)
    assert_never(command)


def erase_fields(command: EraseFields, state: Participation) -> Decision:
    """Possible in every state but the first; once is enough."""
    if isinstance(state, NotRequested):
        return PARTICIPATION_UNKNOWN
    if state.record.erased:
        return []
    return [SealedFieldsErased(person_id=state.record.person_id, occurred_on=command.on)]


PARTICIPATION: Decider[Participation, ParticipationCommand, ParticipationCircumstances] = Decider(
    context="training", name="participation", initial=NotRequested(), decide=decide, evolve=evolve
)
