"""A company's need, before there is a vacancy (P60)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts.matching_vacancies import NeedConverted, NeedDeclared, NeedExpired, NeedSigned
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow
from insieme_reporting.v1.facts.changes import changed

EVENTS = (NeedDeclared, NeedSigned, NeedConverted, NeedExpired)


@dataclass(frozen=True, slots=True)
class NeedVersion(FactRow):
    """`profile` is an Istat CP2021 code, `horizon` the day by which the company expects to look for them."""

    context: ClassVar[str] = "matching"
    stream_name: ClassVar[str] = "need"
    table: ClassVar[str] = "need_versions"
    key: ClassVar[tuple[str, ...]] = ("need_id",)
    sealed: ClassVar[tuple[str, ...]] = ()

    need_id: UUID
    company_id: UUID
    profile: str
    positions: int
    declared_on: date
    horizon: date
    signed_on: date | None = None
    converted_on: date | None = None
    expired_on: date | None = None


def apply(latest: Mapping[tuple[Any, ...], NeedVersion], stored: Stored) -> Sequence[NeedVersion]:
    event = stored.event
    if isinstance(event, NeedDeclared):
        return (
            NeedVersion(
                event.need_id,
                event.company_id,
                event.profile,
                event.positions,
                event.occurred_on,
                event.horizon,
            ),
        )
    if not isinstance(event, NeedSigned | NeedConverted | NeedExpired):
        return ()
    before = latest[(event.need_id,)]
    return changed(before, _after(before, event))


def _after(need: NeedVersion, event: NeedSigned | NeedConverted | NeedExpired) -> NeedVersion:
    match event:
        case NeedSigned():
            return replace(need, signed_on=event.occurred_on)
        case NeedConverted():
            return replace(need, converted_on=event.occurred_on)
        case NeedExpired():
            return replace(need, expired_on=event.occurred_on)
