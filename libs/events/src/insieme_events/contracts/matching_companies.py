"""Events of matching about companies, and what every event of matching has (P09, P21, P76)."""

from __future__ import annotations

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
