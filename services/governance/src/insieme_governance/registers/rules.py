"""What an entry of each kind must hold to be recorded, beside parties in force (P81)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never
from uuid import UUID

from insieme_events import territory
from insieme_events.contracts.governance_registers import ExchangeLevel
from insieme_events.contracts.vocabulary import PartyRole
from insieme_events.decider import Circumstances, RefusalKind, Refused
from insieme_governance.gates import in_force
from insieme_governance.registers.facts import (
    AnyFact,
    CommitStaff,
    ProposePractice,
    RecordAssociationOutreach,
    RecordContribution,
    RecordExchange,
    RecordOutreach,
    RecordVisibilityEvent,
    RegisterDesk,
    RegisterInstrument,
    RegisterIntegration,
    RegisterRegionalMeasure,
)
from insieme_governance.registers.kinds import kind_of
from insieme_governance.registers.territories import known

# Named by the text itself, one sentence after the other (P71, P73).
GUARANTORS = ("citta_metropolitana", "comune_bologna", "fondazione_san_petronio")
DEBTORS = ("citta_metropolitana", "comune_bologna")
ASSOCIATIONS = (PartyRole.EMPLOYER_ASSOCIATION, PartyRole.TRADE_UNION)

CONTRIBUTION_EMPTY = Refused(
    code="governance.contribution_empty",
    sentence="A contribution is counted in hours or in money's worth: give at least one of them.",
    clause="P26",
    kind=RefusalKind.INVALID,
)
ACTION_SERVED_UNKNOWN = Refused(
    code="governance.action_served_unknown",
    sentence="No plan has an action with this id: leave it out, or give the action that was served.",
    clause="P26",
)
EXCHANGE_NEEDS_BASIS = Refused(
    code="governance.exchange_needs_basis",
    sentence="Information about single persons needs a legal basis: name it, or exchange aggregates.",
    clause="P47",
    kind=RefusalKind.INVALID,
)
EXCHANGE_WITH_ITSELF = Refused(
    code="governance.exchange_with_itself",
    sentence="A party does not exchange information with itself: name two parties.",
    clause="P47",
    kind=RefusalKind.INVALID,
)
MEASURE_ENDS_FIRST = Refused(
    code="governance.measure_ends_first",
    sentence="The measure would end before it begins: check both days.",
    clause="P48",
    kind=RefusalKind.INVALID,
)
NO_GUARANTOR = Refused(
    code="governance.no_guarantor",
    sentence="{party} does not guarantee staff and desks: record what it gives as a contribution.",
    clause="P71",
)
DESK_OUTSIDE = Refused(
    code="governance.desk_outside",
    sentence="{comune} is no comune of the Città metropolitana on that day: check the ISTAT code.",
    clause="P71",
    kind=RefusalKind.INVALID,
)
TERRITORY_UNKNOWN = Refused(
    code="governance.territory_unknown",
    sentence="There is no {kind} {territory}: /v1/register-views/outreach-coverage lists the codes that there are.",
    clause="P73",
    kind=RefusalKind.INVALID,
)
NO_ASSOCIATION = Refused(
    code="governance.no_association",
    sentence="{party} is neither a trade association nor a union: record it as outreach, or as a visibility event.",
    clause="P76",
)


@dataclass(frozen=True, slots=True)
class RegisterCircumstances(Circumstances):
    """`parties` are those in force on the day of the command; `actions` the actions of plans that it names and that
    there are; `last_event` is the event that recorded the entry last.
    """

    parties: Mapping[str, PartyRole] = field(default_factory=dict)
    actions: frozenset[UUID] = frozenset()
    last_event: UUID | None = None


def wrong(fact: AnyFact, circumstances: RegisterCircumstances) -> Refused | None:
    """Why the fact cannot be recorded; None where it can."""
    return in_force(circumstances.parties, kind_of(fact).parties_of(fact), fact.on) or of_its_kind(fact, circumstances)


def of_its_kind(fact: AnyFact, circumstances: RegisterCircumstances) -> Refused | None:
    match fact:
        case RecordContribution(hours=None, value=None):
            return CONTRIBUTION_EMPTY
        case RecordContribution(action_id=action_id) if action_id not in (None, *circumstances.actions):
            return ACTION_SERVED_UNKNOWN
        case RecordExchange(from_party=giver, to_party=receiver) if giver == receiver:
            return EXCHANGE_WITH_ITSELF
        case RecordExchange(level=ExchangeLevel.PERSON, legal_basis=None):
            return EXCHANGE_NEEDS_BASIS
        case RegisterRegionalMeasure(valid_from=begins, valid_to=ends) if ends is not None and ends < begins:
            return MEASURE_ENDS_FIRST
        case CommitStaff(party=party) | RegisterDesk(party=party) if party not in GUARANTORS:
            return NO_GUARANTOR.about(party=party)
        case RegisterDesk(comune=comune, on=on) if not territory.in_territory(comune, on):
            return DESK_OUTSIDE.about(comune=comune)
        case RecordOutreach(territory_kind=kind, territory=name, on=on) if not known(kind, name, on):
            return TERRITORY_UNKNOWN.about(kind=kind, territory=name)
        case RecordAssociationOutreach(party=party) if circumstances.parties[party] not in ASSOCIATIONS:
            return NO_ASSOCIATION.about(party=party)
        case (
            RegisterInstrument()
            | ProposePractice()
            | RecordContribution()
            | RegisterIntegration()
            | RecordExchange()
            | RegisterRegionalMeasure()
            | CommitStaff()
            | RegisterDesk()
            | RecordOutreach()
            | RecordAssociationOutreach()
            | RecordVisibilityEvent()
        ):
            return None
        case _:
            assert_never(fact)
