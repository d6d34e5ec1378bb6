"""Events of matching about companies, and what every event of matching has (P09, P21, P76)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from insieme_events.contracts import base
from insieme_events.contracts.base import Code, DomainEvent
from insieme_events.contracts.vocabulary import (
    AtecoSection,
    AtecoVersion,
    CompanySize,
    Comune,
)


class MatchingEvent(DomainEvent):
    context = "matching"


class MandatoryCommunication(MatchingEvent):
    """When the employer or host communicated what happened to a contract to the employment services (standards 2.2).

    `communicated_on` is None where nobody told the day. `communicated_late` says whether it was after the last day that
    the law gives; None where no day was told, or where the legal limits set no term for it: an end at the expected end,
    agency work, work in the public administration.

    Italian: comunicazione obbligatoria.
    """

    communicated_on: date | None = None
    communicated_late: bool | None = None


class ErasureCompleted(base.ErasureCompleted):
    """Matching holds nothing readable of the person any more (GDPR art. 17)."""

    context = "matching"


class SealedFieldsErased(base.SealedFieldsErased):
    """The person's job profile holds nothing readable any more, and takes no sealed field again (GDPR art. 17)."""

    context = "matching"


class ContactKind(StrEnum):
    VISIT = "visit"
    CALL = "call"
    EVENT = "event"


class CompanyRegistered(MatchingEvent):
    """A company became known; its name and tax id stand in matching's directory only (P09, P21).

    Italian: impresa; azienda.
    """

    company_id: UUID
    size: CompanySize
    ateco_version: AtecoVersion
    ateco_section: AtecoSection
    comune: Comune
    introduced_by: Code | None = None
    party_fields = ("company_id", "occurred_on", "size", "ateco_version", "ateco_section", "comune")


class CompanySizeChanged(MatchingEvent):
    company_id: UUID
    size: CompanySize


class CompanyContacted(MatchingEvent):
    company_id: UUID
    kind: ContactKind


class CompanyActivated(MatchingEvent):
    """A company that had only been registered opened its first vacancy; a first contact activates by itself (P21)."""

    company_id: UUID
    vacancy_id: UUID


class CompaniesMerged(MatchingEvent):
    """Two ids were one company all along: from now on `merged_id` stands for `company_id` (P21)."""

    company_id: UUID
    merged_id: UUID
    party_fields = ("company_id", "merged_id", "occurred_on")


class CompanyMergedInto(MatchingEvent):
    """This company is another one that is registered already; its id takes nothing any more (P21)."""

    company_id: UUID
    into_id: UUID


class CompanyIntroduced(MatchingEvent):
    """A party brought a company that had been registered without a word of it (P76)."""

    company_id: UUID
    by_party: Code
    party_fields = ("company_id", "by_party", "occurred_on")
