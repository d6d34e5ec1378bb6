"""What the founding data come to: the register of the parties, and the versions of the legal limits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from insieme_events.agreement import Limits
from insieme_governance.founding import given
from insieme_governance.register import Holder, Member, Register, Roll, Signed


def founded() -> Register:
    """The register as the founding data give it: a protocol ends on the day before its successor is signed."""
    protocols = sorted(given().protocols, key=lambda one: one.signature.on)
    ends = [*(later.signature.on - timedelta(days=1) for later in protocols[1:]), protocols[-1].signature.ends_on]
    return Register(
        tuple(
            Signed(
                Roll(
                    one.protocol_id,
                    members=tuple(
                        Member(party, role, one.signature.on)
                        for role, all_of in one.parties.items()
                        for party in all_of
                    ),
                    holders=tuple(Holder(each.role, each.party, each.unit, each.on) for each in one.roles),
                ),
                one.signature.on,
                until,
            )
            for one, until in zip(protocols, ends, strict=True)
        )
    )


def founded_limits() -> tuple[Limits, ...]:
    """The legal limits as the founding data give them: each version changes the one before it."""
    found: list[Limits] = []
    says: dict[str, Any] = {}
    for one in given().legal_limits:
        says |= one.limits
        found.append(Limits.model_validate({**says, "version": one.version, "valid_from": one.valid_from}))
    return tuple(found)


REGISTER, LIMITS = founded(), founded_limits()
