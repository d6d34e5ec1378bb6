"""Ids that turned out to be one person, one company or one case: figures count them once (P21, P25)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from insieme_events.contracts.intake_following import CaseMerged, CaseUnmerged
from insieme_events.contracts.intake_persons import PersonAliased, PersonSetApart
from insieme_events.contracts.matching_companies import CompanyMergedInto
from insieme_events.envelope import Stored
from insieme_events.projection import FactRow
from insieme_reporting.v1.facts.changes import changed

OF_PERSONS = (PersonAliased, PersonSetApart)
OF_COMPANIES = (CompanyMergedInto,)
OF_CASES = (CaseMerged, CaseUnmerged)


@dataclass(frozen=True, slots=True)
class PersonAliasVersion(FactRow):
    """`alias_of` stands for this person; None again once the two were set apart (P25)."""

    context: ClassVar[str] = "intake"
    stream_name: ClassVar[str] = "person"
    table: ClassVar[str] = "person_alias_versions"
    key: ClassVar[tuple[str, ...]] = ("person_id",)
    sealed: ClassVar[tuple[str, ...]] = ()

    person_id: UUID
    alias_of: UUID | None


def person(latest: Mapping[tuple[Any, ...], PersonAliasVersion], stored: Stored) -> Sequence[PersonAliasVersion]:
    match stored.event:
        case PersonAliased() as event:
            row = PersonAliasVersion(event.person_id, event.alias_of)
        case PersonSetApart() as event:
            row = PersonAliasVersion(event.person_id, None)
        case _:
            return ()
    return changed(latest.get((row.person_id,)), row)


@dataclass(frozen=True, slots=True)
class CompanyAliasVersion(FactRow):
    """`into_id` goes on for this company (P21)."""

    context: ClassVar[str] = "matching"
    stream_name: ClassVar[str] = "company"
    table: ClassVar[str] = "company_alias_versions"
    key: ClassVar[tuple[str, ...]] = ("company_id",)
    sealed: ClassVar[tuple[str, ...]] = ()

    company_id: UUID
    into_id: UUID


def company(latest: Mapping[tuple[Any, ...], CompanyAliasVersion], stored: Stored) -> Sequence[CompanyAliasVersion]:
    event = stored.event
    if not isinstance(event, CompanyMergedInto):
        return ()
    return changed(latest.get((event.company_id,)), CompanyAliasVersion(event.company_id, event.into_id))


@dataclass(frozen=True, slots=True)
class CaseMergeVersion(FactRow):
    """`into_case_id` goes on for this case; None again once the merge was taken back (P25).

    The enrolment stands, so that a person counts from the earlier of the two days; it is none of its own.
    """

    context: ClassVar[str] = "intake"
    stream_name: ClassVar[str] = "case"
    table: ClassVar[str] = "case_merge_versions"
    key: ClassVar[tuple[str, ...]] = ("case_id",)
    sealed: ClassVar[tuple[str, ...]] = ()

    case_id: UUID
    into_case_id: UUID | None


def case(latest: Mapping[tuple[Any, ...], CaseMergeVersion], stored: Stored) -> Sequence[CaseMergeVersion]:
    match stored.event:
        case CaseMerged() as event:
            row = CaseMergeVersion(event.case_id, event.into_case_id)
        case CaseUnmerged() as event:
            row = CaseMergeVersion(event.case_id, None)
        case _:
            return ()
    return changed(latest.get((row.case_id,)), row)
