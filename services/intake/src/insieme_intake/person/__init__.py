"""Person: known under one id from the first contact, until the data are erased (P25; GDPR art. 5, 13, 15-18, 20).

Who it is stands in the vault only; that one codice fiscale has one id is an index there.
"""

from __future__ import annotations

from typing import assert_never

from insieme_events.decider import Decider, Decision
from insieme_intake.circumstances import IntakeCircumstances, misdated
from insieme_intake.person.commands import (
    AnswerAccess,
    BecomeAlias,
    CompleteErasure,
    DismissDuplicate,
    ErasePerson,
    ErasureCommand,
    ExtendRetention,
    GiveNotice,
    IdentityCommand,
    LiftRestriction,
    MergePersons,
    NoteErasureOverdue,
    NoteRetentionEnded,
    PersonCommand,
    RefuseErasure,
    RegisterPerson,
    RequestAccess,
    RestrictProcessing,
    RetentionCommand,
    RevertMerge,
    RightsCommand,
    SetApart,
)
from insieme_intake.person.erasing import decide_erasure
from insieme_intake.person.identity import decide_identity
from insieme_intake.person.retaining import decide_retention
from insieme_intake.person.rights import decide_rights
from insieme_intake.person.states import (
    IS_ALIAS,
    PERSON_UNKNOWN,
    Erased,
    Known,
    Merged,
    PersonState,
    Restricted,
    Unknown,
    evolve,
)

__all__ = [
    "IS_ALIAS",
    "PERSON",
    "PERSON_UNKNOWN",
    "AnswerAccess",
    "BecomeAlias",
    "CompleteErasure",
    "DismissDuplicate",
    "ErasePerson",
    "Erased",
    "ExtendRetention",
    "GiveNotice",
    "Known",
    "LiftRestriction",
    "MergePersons",
    "Merged",
    "NoteErasureOverdue",
    "NoteRetentionEnded",
    "PersonCommand",
    "PersonState",
    "RefuseErasure",
    "RegisterPerson",
    "RequestAccess",
    "RestrictProcessing",
    "Restricted",
    "RevertMerge",
    "SetApart",
    "Unknown",
]


def decide(command: PersonCommand, state: PersonState, found: IntakeCircumstances) -> Decision:
    if wrong := misdated(command.on, found.today):
        return wrong
    if isinstance(command, IdentityCommand):
        return decide_identity(command, state)
    if isinstance(command, RightsCommand):
        return decide_rights(command, state, found)
    if isinstance(command, ErasureCommand):
        return decide_erasure(command, state, found)
    if isinstance(command, RetentionCommand):
        return decide_retention(command, state, found)
    assert_never(command)


PERSON: Decider[PersonState, PersonCommand, IntakeCircumstances] = Decider(
    context="intake", name="person", initial=Unknown(), decide=decide, evolve=evolve
)
