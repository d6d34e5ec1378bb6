"""Builders for tests of governance: one of everything, each value replaceable by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from insieme_events.agreement import Agreement, last_known
from insieme_events.contracts import Actor, DomainEvent
from insieme_events.contracts.governance import DelegateLinked, PartyRegistered, ProtocolSigned, RoleAssigned
from insieme_events.contracts.governance_bodies import BodyEstablished, MeetingConvened, MeetingHeld
from insieme_events.contracts.vocabulary import BodyKind, DelegateScope, GovernanceRole, PartyRole, Seat
from insieme_events.testing.agreements import agreement, parameters, published, published_limits
from insieme_governance.agreement import AdoptAgreement, AgreementCircumstances
from insieme_governance.body import BodyCircumstances
from insieme_governance.legal_limits import LimitsCircumstances
from insieme_governance.meeting import MeetingCircumstances
from insieme_governance.protocol.refusals import ProtocolCircumstances
from insieme_governance.register import Holder, Link, Member, Nomination, Register, Roll, Signed

ACTOR = Actor(party="citta_metropolitana", role="operator", purpose="governance")
PROTOCOL_ID, OTHER_ID, AGREEMENT_ID, LIMITS_ID, BODY_ID, MEETING_ID = (UUID(int=n) for n in range(1, 7))
REQUEST_ID, DECISION_ID, NOMINEE_ID, NOTICE_ID = (UUID(int=n) for n in range(7, 11))
SIGNED_ON, ENDS_ON, RENEWED_TO = date(2021, 3, 3), date(2026, 3, 3), date(2031, 3, 3)
TODAY = date(2026, 1, 31)
PARTIES = {
    "comune_bologna": PartyRole.PROMOTER,
    "citta_metropolitana": PartyRole.PROMOTER,
    "arcidiocesi": PartyRole.PROMOTER,
    "fondazione_san_petronio": PartyRole.PROMOTER,
    "regione_emilia_romagna": PartyRole.PARTICIPANT,
    "alleanza_cooperative": PartyRole.EMPLOYER_ASSOCIATION,
    "cna": PartyRole.EMPLOYER_ASSOCIATION,
    "confartigianato": PartyRole.EMPLOYER_ASSOCIATION,
    "confcommercio_ascom": PartyRole.EMPLOYER_ASSOCIATION,
    "confesercenti": PartyRole.EMPLOYER_ASSOCIATION,
    "confindustria_emilia": PartyRole.EMPLOYER_ASSOCIATION,
    "cgil": PartyRole.TRADE_UNION,
    "cisl": PartyRole.TRADE_UNION,
    "uil": PartyRole.TRADE_UNION,
}
"""The fourteen parties of 2021 by role."""


def actor(party: str) -> Actor:
    return ACTOR.model_copy(update={"party": party})


def registered(party: str, on: date = SIGNED_ON, **changes: Any) -> PartyRegistered:
    values: dict[str, Any] = {"protocol_id": PROTOCOL_ID, "party": party, "occurred_on": on}
    return PartyRegistered(**{**values, "role": PARTIES.get(party, PartyRole.PARTICIPANT), **changes})


def prepared(parties: Sequence[str] = tuple(PARTIES)) -> tuple[DomainEvent, ...]:
    return tuple(registered(party) for party in parties)


def in_force(parties: Sequence[str] = tuple(PARTIES)) -> tuple[DomainEvent, ...]:
    """A protocol of these parties, signed, with its coordinator and the delegate of the Arcidiocesi."""
    return (
        *prepared(parties),
        ProtocolSigned(protocol_id=PROTOCOL_ID, ends_on=ENDS_ON, occurred_on=SIGNED_ON),
        *(
            RoleAssigned(
                protocol_id=PROTOCOL_ID,
                role=GovernanceRole.OPERATIONAL_COORDINATOR,
                party=party,
                unit="area_sviluppo_economico",
                occurred_on=SIGNED_ON,
            )
            for party in parties
            if party == "citta_metropolitana"
        ),
        *(
            DelegateLinked(
                protocol_id=PROTOCOL_ID,
                party=party,
                delegate="fondazione_san_petronio",
                scope=DelegateScope.AGREEMENT,
                occurred_on=SIGNED_ON,
            )
            for party in parties
            if party == "arcidiocesi"
        ),
    )


def roll(until: dict[str, date] | None = None, since: dict[str, date] | None = None) -> Roll:
    """The roll of 2021; `until` and `since` for parties that left, or joined, in between."""
    leaving, joining = until or {}, since or {}
    parties = {**PARTIES, **{party: PartyRole.PARTICIPANT for party in joining if party not in PARTIES}}
    return Roll(
        PROTOCOL_ID,
        members=tuple(
            Member(party, role, joining.get(party, SIGNED_ON), leaving.get(party)) for party, role in parties.items()
        ),
        links=(Link("arcidiocesi", "fondazione_san_petronio", DelegateScope.AGREEMENT, SIGNED_ON),),
        holders=(
            Holder(GovernanceRole.OPERATIONAL_COORDINATOR, "citta_metropolitana", "area_sviluppo_economico", SIGNED_ON),
        ),
        nominations=(
            Nomination("cgil", Seat.REPRESENTATIVE, NOMINEE_ID, SIGNED_ON),
            Nomination("uil", Seat.TECHNICAL_REFERENT, NOMINEE_ID, SIGNED_ON, date(2022, 12, 31)),
        ),
    )


def register(ends_on: date = ENDS_ON, **changes: Any) -> Register:
    return Register((Signed(roll(**changes), SIGNED_ON, ends_on),))


def protocol_circumstances(on: date = SIGNED_ON, today: date = TODAY, **changes: Any) -> ProtocolCircumstances:
    """`on` is the day whose agreement counts; `agreement` replaces it."""
    known = last_known(published(), on)
    return replace(ProtocolCircumstances(ACTOR, today, known), **changes)


def agreement_circumstances(today: date = SIGNED_ON, **changes: Any) -> AgreementCircumstances:
    return replace(AgreementCircumstances(ACTOR, today, None, (), register()), **changes)


def limits_circumstances(**changes: Any) -> LimitsCircumstances:
    return replace(LimitsCircumstances(ACTOR, TODAY, None, published_limits()), **changes)


def body_circumstances(today: date = TODAY, **changes: Any) -> BodyCircumstances:
    known = published()
    return replace(BodyCircumstances(ACTOR, today, last_known(known, today), known, register()), **changes)


def meeting_circumstances(today: date = TODAY, **changes: Any) -> MeetingCircumstances:
    known = published()
    circumstances = MeetingCircumstances(
        ACTOR, today, last_known(known, today), BodyKind.COORDINATION_TABLE, known, register()
    )
    return replace(circumstances, **changes)


def adopt(**changes: Any) -> AdoptAgreement:
    values: dict[str, Any] = {
        "agreement_id": AGREEMENT_ID,
        "version": "2021.1",
        "valid_from": SIGNED_ON,
        "signed_by": frozenset({"comune_bologna", "citta_metropolitana", "fondazione_san_petronio"}),
        "parameters": parameters(),
        "on": SIGNED_ON,
    }
    return AdoptAgreement(**{**values, **changes})


def established(kind: BodyKind = BodyKind.COORDINATION_TABLE, on: date = SIGNED_ON) -> BodyEstablished:
    return BodyEstablished(body_id=BODY_ID, kind=kind, occurred_on=on)


def convened(**changes: Any) -> MeetingConvened:
    values: dict[str, Any] = {
        "meeting_id": MEETING_ID,
        "body_id": BODY_ID,
        "kind": BodyKind.COORDINATION_TABLE,
        "meets_on": date(2021, 6, 14),
        "protocol_id": PROTOCOL_ID,
        "invited": tuple(sorted(PARTIES)),
        "agreement_version": "2021.1",
        "occurred_on": date(2021, 5, 17),
    }
    return MeetingConvened(**{**values, **changes})


def held(**changes: Any) -> MeetingHeld:
    values: dict[str, Any] = {
        "meeting_id": MEETING_ID,
        "body_id": BODY_ID,
        "protocol_id": PROTOCOL_ID,
        "invited": tuple(sorted(PARTIES)),
        "agreement_version": "2021.1",
        "occurred_on": date(2021, 6, 14),
    }
    return MeetingHeld(**{**values, **changes})


def version(name: str = "2021.1", **changes: Any) -> Agreement:
    return agreement(name, **changes)
