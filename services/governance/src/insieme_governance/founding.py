"""The founding data: protocols, agreements, legal limits and bodies from 2017 on, as they came about (P62, P79).

`data/founding.json` says what, `data/README.md` what of it is found and what is assumed. It is entered by commands
under the same rules as everything else, each recorded on its own day; entered again, it changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from importlib.resources import files
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from insieme_events.contracts import Actor, Code
from insieme_events.contracts.agreement import LegalLimits, Parameters
from insieme_events.contracts.vocabulary import BodyKind, PartyRole
from insieme_events.decider import Refused
from insieme_events.service import Running
from insieme_events.units import Step, Unit
from insieme_governance import steps
from insieme_governance.aggregates import AGREEMENTS, BODIES, LIMITS, PROTOCOLS
from insieme_governance.agreement import AdoptAgreement
from insieme_governance.body import EstablishBody
from insieme_governance.legal_limits import PublishLegalLimits
from insieme_governance.protocol.commands import AssignRole, LinkDelegate, RegisterParty, Signature

ACTOR = Actor(party="citta_metropolitana", role="founding", purpose="governance")
NOON = time(12, tzinfo=UTC)


class FoundingRefused(Exception):
    """`governance.founding_refused`: what is there already contradicts the founding data."""


class Given(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GivenProtocol(Given):
    protocol_id: UUID
    signature: Signature
    parties: dict[PartyRole, tuple[Code, ...]]
    delegates: tuple[LinkDelegate, ...]
    roles: tuple[AssignRole, ...]


class GivenAgreement(Given):
    """`parameters` change those of the version before."""

    agreement_id: UUID
    version: Code
    valid_from: date
    signed_by: frozenset[Code]
    parameters: dict[str, Any]


class GivenLimits(Given):
    """`limits` change those of the version before."""

    limits_id: UUID
    version: Code
    valid_from: date
    limits: dict[str, Any]


class GivenBody(Given):
    body_id: UUID
    kind: BodyKind
    on: date


class Founding(Given):
    protocols: tuple[GivenProtocol, ...]
    agreements: tuple[GivenAgreement, ...]
    legal_limits: tuple[GivenLimits, ...]
    bodies: tuple[GivenBody, ...]


def given() -> Founding:
    """What stands in `data/founding.json`."""
    return Founding.model_validate_json(files("insieme_governance").joinpath("data/founding.json").read_text())


def agreement_example() -> dict[str, Any]:
    """The newest version of the agreement that is given, as a body that may be sent."""
    versions = given().agreements
    says = {name: value for one in versions for name, value in one.parameters.items()}
    last = versions[-1]
    named = {"version": last.version, "signed_by": sorted(last.signed_by), "parameters": says}
    return {**named, "valid_from": last.valid_from.isoformat(), "on": last.valid_from.isoformat()}


def limits_example() -> dict[str, Any]:
    """The newest version of the legal limits that is given, as a body that may be sent."""
    versions = given().legal_limits
    says = {name: value for one in versions for name, value in one.limits.items()}
    last = versions[-1]
    day = last.valid_from.isoformat()
    return {"version": last.version, "limits": says, "valid_from": day, "on": day}


def units(founding: Founding) -> list[Unit]:
    """Every command with its day, in the order of the days; of one day a protocol comes before its agreement."""
    dated = [*_protocols(founding), *_agreements(founding), *_limits(founding), *_bodies(founding)]
    return [
        Unit(all_of, ACTOR, locks=steps.REGISTER, recorded_at=datetime.combine(day, NOON))
        for day, all_of in sorted(dated, key=lambda one: one[0])
    ]


def _protocols(founding: Founding) -> Iterator[tuple[date, tuple[Step, ...]]]:
    for one in founding.protocols:
        on, protocol_id = one.signature.on, one.protocol_id
        registered = (
            RegisterParty(protocol_id=protocol_id, party=party, role=kind, on=on, preparing=True)
            for kind, parties in one.parties.items()
            for party in parties
        )
        yield on, tuple(Step(PROTOCOLS, protocol_id, command) for command in registered)
        yield on, steps.signing(protocol_id, one.signature)
        for link in one.delegates:
            yield link.on, (Step(PROTOCOLS, protocol_id, link),)
        for role in one.roles:
            yield role.on, (Step(PROTOCOLS, protocol_id, role),)


def _agreements(founding: Founding) -> Iterator[tuple[date, tuple[Step, ...]]]:
    says: dict[str, Any] = {}
    for one in founding.agreements:
        says = {**says, **one.parameters}
        adopt = AdoptAgreement(
            agreement_id=one.agreement_id,
            version=one.version,
            valid_from=one.valid_from,
            signed_by=one.signed_by,
            parameters=Parameters.model_validate(says),
            on=one.valid_from,
        )
        yield one.valid_from, (Step(AGREEMENTS, one.agreement_id, adopt),)


def _limits(founding: Founding) -> Iterator[tuple[date, tuple[Step, ...]]]:
    says: dict[str, Any] = {}
    for one in founding.legal_limits:
        says = {**says, **one.limits}
        publish = PublishLegalLimits(
            limits_id=one.limits_id,
            version=one.version,
            valid_from=one.valid_from,
            limits=LegalLimits.model_validate(says),
            on=one.valid_from,
        )
        yield one.valid_from, (Step(LIMITS, one.limits_id, publish),)


def _bodies(founding: Founding) -> Iterator[tuple[date, tuple[Step, ...]]]:
    for one in founding.bodies:
        yield one.on, (Step(BODIES, one.body_id, EstablishBody(body_id=one.body_id, kind=one.kind, on=one.on)),)


async def found(service: Running) -> int:
    """Enters the founding data; answers how many events that took, none where it was entered before.

    Raises FoundingRefused at the first command that is refused; what was entered before it stays.
    """
    events = 0
    for unit in units(given()):
        answer = await service.commands.run(unit)
        if isinstance(answer, Refused):
            command = type(unit.steps[-1].command).__name__
            raise FoundingRefused(f"governance.founding_refused: {command}, {answer.code}: {answer.sentence}")
        events += sum(len(result.event_ids) for result in answer.results)
    return events
