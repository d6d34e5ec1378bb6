"""One person, one id: registered, told of the notice, merged with another id and set apart again (P25)."""

from __future__ import annotations

from typing import assert_never

from insieme_events.contracts.intake import MergeReverted, NoticeGiven, PersonRegistered, PersonsMerged
from insieme_events.contracts.intake_persons import DuplicateDismissed, PersonAliased, PersonSetApart
from insieme_events.decider import Decision, RefusalKind, Refused
from insieme_intake.circumstances import misdated
from insieme_intake.person.commands import (
    BecomeAlias,
    DismissDuplicate,
    GiveNotice,
    IdentityCommand,
    MergePersons,
    RegisterPerson,
    RevertMerge,
    SetApart,
)
from insieme_intake.person.states import (
    Known,
    Merged,
    PersonState,
    Restricted,
    Unknown,
    not_plainly_known,
)

OTHER_PERSON = Refused("intake.person_exists", "This id belongs to a person registered otherwise: use a new id.", "P25")
SAME_ID = Refused(
    "intake.merge_with_itself",
    "A person is merged with another id, and both ids are the same: correct one of the two.",
    clause="P25",
    kind=RefusalKind.INVALID,
)
STANDS_FOR_OTHERS = Refused(
    "intake.person_stands_for_others",
    "This id stands for {count} other ids already: merge the other way round, into this one, or revert those first.",
    clause="P25",
)
PERSON_THEMSELVES = Refused(
    "intake.dismissed_with_itself",
    "Two ids are told apart, and both are the same: correct one of the two.",
    clause="P25",
    kind=RefusalKind.INVALID,
)
MERGED_ALREADY = Refused(
    "intake.dismissed_merged",
    "These two ids are merged as one person: revert the merge, and they are told apart with it.",
    clause="P25",
)
NOT_MERGED = Refused(
    "intake.not_merged", "These two ids are not merged with one another: look the person up again.", clause="P25"
)


def decide_identity(command: IdentityCommand, state: PersonState) -> Decision:
    match command:
        case RegisterPerson():
            return register(command, state)
        case GiveNotice():
            return give_notice(command, state)
        case MergePersons():
            return merge(command, state)
        case BecomeAlias():
            return become_alias(command, state)
        case RevertMerge():
            return revert(command, state)
        case SetApart():
            return set_apart(command, state)
        case DismissDuplicate():
            return dismiss(command, state)
        case _:
            assert_never(command)


def register(command: RegisterPerson, state: PersonState) -> Decision:
    match state:
        case Unknown():
            return [
                PersonRegistered(
                    occurred_on=command.on, person_id=command.person_id, identity_kind=command.identity_kind
                )
            ]
        case Known(person_id=command.person_id, identity_kind=command.identity_kind):
            return []
        case Known():
            return OTHER_PERSON
        case _:
            return not_plainly_known(state)


def give_notice(command: GiveNotice, state: PersonState) -> Decision:
    match state:
        case Known(notices=given) | Restricted(known=Known(notices=given)) if command.notice_version in given:
            return []
        case Known(person_id=person_id) | Restricted(known=Known(person_id=person_id)):
            return [NoticeGiven(occurred_on=command.on, person_id=person_id, notice_version=command.notice_version)]
        case _:
            return not_plainly_known(state)


def merge(command: MergePersons, state: PersonState) -> Decision:
    match state:
        case Known(person_id=command.merged_id):
            return SAME_ID
        case Known(aliases=aliases) if command.merged_id in aliases:
            return []
        case Known(person_id=person_id, since=since):
            if wrong := misdated(command.on, command.on, since, "the registration"):
                return wrong
            return [PersonsMerged(occurred_on=command.on, person_id=person_id, merged_id=command.merged_id)]
        case _:
            return not_plainly_known(state)


def become_alias(command: BecomeAlias, state: PersonState) -> Decision:
    """No chains: an id that stands for others is not given up, so every alias names the one that is in use."""
    match state:
        case Known(aliases=aliases) if aliases:
            return STANDS_FOR_OTHERS.about(count=len(aliases))
        case Known(person_id=person_id, since=since):
            if wrong := misdated(command.on, command.on, since, "the registration"):
                return wrong
            return [PersonAliased(occurred_on=command.on, person_id=person_id, alias_of=command.of)]
        case Merged(into=command.of):
            return []
        case _:
            return not_plainly_known(state)


def revert(command: RevertMerge, state: PersonState) -> Decision:
    match state:
        case Known(aliases=aliases) if command.merged_id not in aliases:
            return NOT_MERGED
        case Known(person_id=person_id):
            return [MergeReverted(occurred_on=command.on, person_id=person_id, merged_id=command.merged_id)]
        case _:
            return not_plainly_known(state)


def set_apart(command: SetApart, state: PersonState) -> Decision:
    match state:
        case Merged(known=Known(person_id=person_id), into=command.of, on=merged_on):
            if wrong := misdated(command.on, command.on, merged_on, "the merge"):
                return wrong
            return [PersonSetApart(occurred_on=command.on, person_id=person_id, alias_of=command.of)]
        case Known() | Merged():
            return NOT_MERGED
        case _:
            return not_plainly_known(state)


def dismiss(command: DismissDuplicate, state: PersonState) -> Decision:
    match state:
        case Known(person_id=command.other_id):
            return PERSON_THEMSELVES
        case Known(aliases=aliases) if command.other_id in aliases:
            return MERGED_ALREADY
        case Known(person_id=person_id, since=since):
            if wrong := misdated(command.on, command.on, since, "the registration"):
                return wrong
            return [
                DuplicateDismissed(
                    occurred_on=command.on, person_id=person_id, other_id=command.other_id, reason=command.reason
                )
            ]
        case _:
            return not_plainly_known(state)
