"""The commands of a person; `on` is the business date, never after today."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from insieme_events.contracts import Code
from insieme_events.contracts.intake import ErasureGround, IdentityKind
from insieme_events.contracts.intake_persons import DismissReason, ExtensionGround, RefusalGround, RestrictionGround
from insieme_events.days import Day
from insieme_events.decider import Command


class RegisterPerson(Command):
    """A person becomes known; again for a known one is nothing to do."""

    person_id: UUID
    identity_kind: IdentityKind
    on: date


class GiveNotice(Command):
    """The privacy notice of that version was handed over; the same version again is nothing to do."""

    notice_version: Code
    on: date


class MergePersons(Command):
    """`merged_id` is this person too: its id is given up, and this one stands for both (P25)."""

    merged_id: UUID
    on: date


class BecomeAlias(Command):
    """The other half of a merge, on the stream of the id that is given up (P25)."""

    of: UUID
    on: date


class RevertMerge(Command):
    """The merge was a mistake: `merged_id` is a person of its own again (P25)."""

    merged_id: UUID
    on: date


class SetApart(Command):
    """The other half of a reverted merge (P25)."""

    of: UUID
    on: date


class DismissDuplicate(Command):
    """Somebody looked at both, and `other_id` is another person (P25); each look is a judgement of its own."""

    other_id: UUID
    reason: DismissReason
    on: date


class RestrictProcessing(Command):
    """The data are kept and not used from now on (GDPR art. 18)."""

    ground: RestrictionGround
    on: date


class LiftRestriction(Command):
    """The data may be used again; the person was told (GDPR art. 18 (3))."""

    on: date


class RequestAccess(Command):
    """The person asks what is held of them (GDPR art. 15, 20)."""

    request_id: UUID
    on: date


class AnswerAccess(Command):
    """The document was handed over (GDPR art. 15, 20)."""

    request_id: UUID
    on: date


class RefuseErasure(Command):
    """The erasure that was asked for is refused: the data are still necessary (GDPR art. 17 (3))."""

    ground: RefusalGround
    on: date


class ErasePerson(Command):
    """The data of the person are to be erased in every service."""

    ground: ErasureGround
    on: date


class CompleteErasure(Command):
    """A service answers that it holds nothing readable of the person any more."""

    service: Code
    on: date


class NoteErasureOverdue(Command):
    """The day by which every one of `services` must have answered is over."""

    due_on: date
    services: tuple[Code, ...]
    on: date


class ExtendRetention(Command):
    """The data are kept through `until`, whatever the months of the agreement say (GDPR art. 5, 17 (3))."""

    ground: ExtensionGround
    until: Day
    on: date


class NoteRetentionEnded(Command):
    """The last day through which the data were to be kept is over (GDPR art. 5 (1) e)."""

    on: date


IdentityCommand = RegisterPerson | GiveNotice | MergePersons | BecomeAlias | RevertMerge | SetApart | DismissDuplicate
RightsCommand = RestrictProcessing | LiftRestriction | RequestAccess | AnswerAccess
ErasureCommand = RefuseErasure | ErasePerson | CompleteErasure | NoteErasureOverdue
RetentionCommand = ExtendRetention | NoteRetentionEnded
PersonCommand = (
    RegisterPerson
    | GiveNotice
    | MergePersons
    | BecomeAlias
    | RevertMerge
    | SetApart
    | DismissDuplicate
    | RestrictProcessing
    | LiftRestriction
    | RequestAccess
    | AnswerAccess
    | RefuseErasure
    | ErasePerson
    | CompleteErasure
    | NoteErasureOverdue
    | ExtendRetention
    | NoteRetentionEnded
)
