"""Events of following a person: facts of the past, the group around the case, family support, funded operations.

P06 to P08, P18, P24, P25, P75; ESF+ (standards.md 2.1).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from insieme_events.contracts.base import Code, Sealed
from insieme_events.contracts.intake import CaseEvent, FollowUpOutcome, IntakeEvent
from insieme_events.contracts.vocabulary import AtecoSection, AtecoVersion, Strand


class PreviousStatus(StrEnum):
    """What the person was before entry; lavoratori autonomi are a group of their own in the protocol (P08)."""

    EMPLOYEE = "employee"
    SELF_EMPLOYED = "self_employed"
    FAMILY_WORKER = "family_worker"
    APPRENTICE = "apprentice"
    NEVER_WORKED = "never_worked"
    OTHER = "other"


class WorkHistoryRecorded(CaseEvent):
    """Sector of provenance, by the section of that version of ATECO, and the status before entry (P07, P08)."""

    ateco_version: AtecoVersion
    section: Sealed[AtecoSection | None]
    previous_status: Sealed[PreviousStatus]


class InterviewOverdue(CaseEvent):
    """Enrolled, and no access interview was held by the day it was due: so many days after the enrolment (P24).

    `waiting_since` is the enrolment, or the reopening of a case that was closed before its interview.
    """

    waiting_since: date
    due_on: date


class PlanOverdue(CaseEvent):
    """In charge, and no individual plan was agreed by the day it was due (P24)."""

    due_on: date


class FollowUpDue(CaseEvent):
    """What became of the person is to be asked, and is not on record: at the exit, or so many months after it (P18).

    Months 0 is the exit itself, within its four weeks (EECR01 to EECR04); six are asked by EECR05 and EECR06.
    """

    left_on: date
    months_after_exit: Annotated[int, Field(ge=0, le=60)]


class FollowUpGroupJoined(CaseEvent):
    """Somebody follows the case too; responsible is the referent, and nobody else (P24)."""

    operator_id: UUID


class FollowUpGroupLeft(CaseEvent):
    """Somebody does not follow the case any more (P24)."""

    operator_id: UUID


class FamilySupportKind(StrEnum):
    """Sostegno familiare per conciliare i tempi di vita e di lavoro (P75)."""

    CHILDCARE = "childcare"
    CARE = "care"
    TRANSPORT = "transport"


class FamilySupportEvent(CaseEvent):
    """A measure of family support in a case (P75).

    Italian: attività di sostegno familiare; conciliazione dei tempi di vita e di lavoro.
    """

    support_id: UUID
    kind: Sealed[FamilySupportKind]
    strand: Strand


class FamilySupportOffered(FamilySupportEvent):
    """A measure that lets the person take or keep work was offered (P75)."""


class FamilySupportStarted(FamilySupportEvent):
    """The person took it up (P75)."""


class CaseMerged(CaseEvent):
    """Closed because the person turned out to have another open case, which goes on as the only one (P25)."""

    into_case_id: UUID


class CaseUnmerged(CaseEvent):
    """The merge was a mistake: the case stands where it stood before it (P25)."""


class ParticipationEvent(IntakeEvent):
    """One record per person and funded operation, however many interventions it pays for (P18; ESF+).

    Italian: partecipazione a un'operazione finanziata.
    """

    participation_id: UUID
    person_id: UUID
    case_id: UUID
    operation: Code


class ParticipationOpened(ParticipationEvent):
    """From this day the operation pays for the person; counted by the characteristics at entry of the case (P18)."""


class ParticipationClosed(ParticipationEvent):
    """The person left the operation: what became of them is asked after four weeks and after six months (P18)."""


class ParticipationFollowUpDue(ParticipationEvent):
    """What became of the person after the operation is to be asked, and is not on record (P18).

    Months 0 is the exit itself, within its four weeks; six are asked by EECR05 and EECR06.
    """

    left_on: date
    months_after_exit: Annotated[int, Field(ge=0, le=60)]


class ParticipationFollowUpRecorded(ParticipationEvent):
    """What became of the person so many months after the operation, whether their case goes on or not (P18).

    Months 0 is the exit itself, of EECR01 to EECR04; six are those of EECR05 and EECR06.
    """

    months_after_exit: Annotated[int, Field(ge=0, le=60)]
    outcome: Sealed[FollowUpOutcome]
