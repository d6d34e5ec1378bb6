"""The implementing agreement (convenzione attuativa): one stream per version, adopted by the promoters (P62, P67).

A version holds from its first day until the next one begins, and changes nothing before that day. Every number that the
text leaves open stands in one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import assert_never
from uuid import UUID

from insieme_events.agreement import Agreement as Version
from insieme_events.contracts import Code, DomainEvent
from insieme_events.contracts.agreement import ConsentOf, Parameters
from insieme_events.contracts.governance import AgreementAdopted
from insieme_events.contracts.vocabulary import DelegateScope, PartyRole
from insieme_events.days import Day, add_months
from insieme_events.decider import Circumstances, Command, Decider, Decision, RefusalKind, Refused
from insieme_governance.gates import not_after
from insieme_governance.register import Register, Signed

WHOLE = 10_000
"""Basis points of the whole."""

AGREEMENT_UNKNOWN = Refused(
    code="governance.agreement_version_unknown",
    sentence="There is no version of the agreement with this id.",
    clause="P62",
    kind=RefusalKind.NOT_FOUND,
)
ALREADY_ADOPTED = Refused(
    code="governance.agreement_adopted",
    sentence="Under this id a version was adopted already: adopt the next one under an id of its own.",
    clause="P62",
)
VERSION_TAKEN = Refused(
    code="governance.agreement_version_taken",
    sentence="A version of this name was adopted already: give it another name.",
    clause="P62",
)
BACK_DATED = Refused(
    code="governance.agreement_back_dated",
    sentence="A version changes nothing before it: it can begin on {earliest} at the earliest.",
    clause="P62",
)
OUT_OF_TERM = Refused(
    code="governance.agreement_out_of_term",
    sentence="No protocol is in force on {valid_from}: a version begins within the term of one.",
    clause="P79",
)
SHARES_NOT_WHOLE = Refused(
    code="governance.shares_not_whole",
    sentence="The cost shares add up to {total} of 10000 basis points: the promoters bear the whole cost.",
    clause="P67",
    kind=RefusalKind.INVALID,
)
SHARE_TWICE = Refused(
    code="governance.share_twice",
    sentence="{party} has more than one cost share: give each promoter one.",
    clause="P67",
    kind=RefusalKind.INVALID,
)
NOT_PROMOTER = Refused(
    code="governance.not_a_promoter",
    sentence="{party} is no promoter in force on {valid_from}: only promoters share the costs and adopt the agreement.",
    clause="P67",
)
BEARS_NO_COSTS = {
    PartyRole.PARTICIPANT: Refused(
        code="governance.participant_bears_no_costs",
        sentence="{party} takes part without a share of the costs: the promoters bear them.",
        clause="P03",
    ),
    PartyRole.EMPLOYER_ASSOCIATION: Refused(
        code="governance.association_bears_no_costs",
        sentence="{party} collaborates as a trade association, without a share of the costs: the promoters bear them.",
        clause="P04",
    ),
    PartyRole.TRADE_UNION: Refused(
        code="governance.union_bears_no_costs",
        sentence="{party} collaborates as a trade union, without a share of the costs: the promoters bear them.",
        clause="P05",
    ),
}
"""Why a party in force of another role has no cost share."""
NOT_SIGNED_BY = Refused(
    code="governance.agreement_not_signed_by",
    sentence="The promoter {party} neither signs nor has a delegate that signs: every promoter adopts the agreement.",
    clause="P62",
)
NOT_SIGNATORY = Refused(
    code="governance.agreement_not_of_actor",
    sentence="Only a promoter that signs the agreement records its adoption.",
    clause="P62",
    kind=RefusalKind.FORBIDDEN,
)
MATRIX_ROLE_TWICE = Refused(
    code="governance.matrix_role_twice",
    sentence="The matrix of the parties names a role twice: give each role one row.",
    clause="P62",
    kind=RefusalKind.INVALID,
)
MATRIX_WITHHOLDS_CONSENT = Refused(
    code="governance.matrix_withholds_consent",
    sentence="A renewal takes the consent of all parties, but the matrix keeps it from some: choose one of the two.",
    clause="P80",
    kind=RefusalKind.INVALID,
)


class NewAgreement(Command):
    """`signed_by` are the promoters that sign, each also for those whose delegate it is (P02, P62)."""

    version: Code
    valid_from: Day
    signed_by: frozenset[Code]
    parameters: Parameters
    on: Day


class AdoptAgreement(NewAgreement):
    """`on` is the day on which it was signed, `valid_from` the day on which it takes effect (P62, P67, P69)."""

    agreement_id: UUID


AgreementCommand = AdoptAgreement


@dataclass(frozen=True, slots=True)
class AgreementCircumstances(Circumstances):
    """Every version that was adopted so far, and the register of the parties."""

    versions: tuple[Version, ...]
    register: Register


@dataclass(frozen=True, slots=True)
class NotAdopted:
    pass


@dataclass(frozen=True, slots=True)
class Adopted:
    agreement_id: UUID
    version: str
    valid_from: date
    parameters: Parameters


Agreement = NotAdopted | Adopted


def decide(command: AgreementCommand, state: Agreement, circumstances: AgreementCircumstances) -> Decision:
    match state:
        case Adopted(version=version, valid_from=valid_from, parameters=parameters):
            same = (version, valid_from, parameters) == (command.version, command.valid_from, command.parameters)
            return [] if same else ALREADY_ADOPTED
        case NotAdopted():
            return adopt(command, circumstances)
        case _:
            assert_never(state)


def adopt(command: AdoptAgreement, circumstances: AgreementCircumstances) -> Decision:
    if refused := not_after(circumstances.today, command.on) or dated(command, circumstances):
        return refused
    signed = circumstances.register.on(command.valid_from)
    if signed is None:
        return OUT_OF_TERM.about(valid_from=command.valid_from)
    if circumstances.actor.party not in command.signed_by:
        return NOT_SIGNATORY
    if refused := shared(command, signed) or adopted_by_all(command, signed) or coherent(command.parameters):
        return refused
    return [
        AgreementAdopted(
            agreement_id=command.agreement_id,
            protocol_id=signed.roll.protocol_id,
            version=command.version,
            signed_by=tuple(sorted(command.signed_by)),
            valid_from=command.valid_from,
            valid_to=add_months(signed.ends_on, command.parameters.transitional_months),
            parameters=command.parameters,
            occurred_on=command.on,
        )
    ]


def dated(command: AdoptAgreement, circumstances: AgreementCircumstances) -> Refused | None:
    """A version begins after the newest one and, but for the first, not before it is known here (P62)."""
    if any(one.version == command.version for one in circumstances.versions):
        return VERSION_TAKEN
    if command.valid_from < command.on:
        return BACK_DATED.about(earliest=command.on)
    if not circumstances.versions:
        return None
    newest = max(one.valid_from for one in circumstances.versions)
    if command.valid_from <= newest:
        return BACK_DATED.about(earliest=max(date.fromordinal(newest.toordinal() + 1), circumstances.today))
    if command.valid_from < circumstances.today:
        return BACK_DATED.about(earliest=circumstances.today)
    return None


def promoters(signed: Signed, day: date) -> frozenset[str]:
    return frozenset(party for party, role in signed.roll.parties_on(day).items() if role is PartyRole.PROMOTER)


def shared(command: AdoptAgreement, signed: Signed) -> Refused | None:
    """The shares are the promoters' and make the whole (P67, I14)."""
    shares = command.parameters.cost_shares
    sharing = [share.party for share in shares]
    roles = signed.roll.parties_on(command.valid_from)
    for party in sharing:
        if sharing.count(party) > 1:
            return SHARE_TWICE.about(party=party)
        if (role := roles.get(party)) in BEARS_NO_COSTS:
            return BEARS_NO_COSTS[role].about(party=party)
        if role is not PartyRole.PROMOTER:
            return NOT_PROMOTER.about(party=party, valid_from=command.valid_from)
    total = sum(share.basis_points for share in shares)
    return SHARES_NOT_WHOLE.about(total=total) if total != WHOLE else None


def adopted_by_all(command: AdoptAgreement, signed: Signed) -> Refused | None:
    """Every promoter signs, itself or by the delegate that acts for it in this: the Fondazione for the Arcidiocesi
    (P02, P62).
    """
    wanted = promoters(signed, command.valid_from)
    for party in sorted(command.signed_by):
        if party not in wanted:
            return NOT_PROMOTER.about(party=party, valid_from=command.valid_from)
    covered = set(command.signed_by)
    for party in command.signed_by:
        covered |= signed.roll.acts_for(party, DelegateScope.AGREEMENT, command.valid_from)
    missing = wanted - covered
    return NOT_SIGNED_BY.about(party=min(missing)) if missing else None


def coherent(parameters: Parameters) -> Refused | None:
    """The matrix of the parties says of each role one thing, and does not contradict whose consent it takes (P80)."""
    roles = [row.role for row in parameters.matrix]
    if len(set(roles)) != len(roles):
        return MATRIX_ROLE_TWICE
    if parameters.consent_of is ConsentOf.ALL_IN_FORCE and not all(row.consents for row in parameters.matrix):
        return MATRIX_WITHHOLDS_CONSENT
    return None


def evolve(state: Agreement, event: DomainEvent) -> Agreement:
    match state, event:
        case NotAdopted(), AgreementAdopted():
            return Adopted(event.agreement_id, event.version, event.valid_from, event.parameters)
        case _:
            raise TypeError(f"{type(event).__name__} cannot follow {type(state).__name__} on an agreement's stream")


AGREEMENT: Decider[Agreement, AgreementCommand, AgreementCircumstances] = Decider(
    context="governance", name="agreement", initial=NotAdopted(), decide=decide, evolve=evolve
)
