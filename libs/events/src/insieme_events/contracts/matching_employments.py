"""Events of matching about employments: placements and what becomes of them (P32, P33; standards 2.2)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from insieme_events.contracts.base import Code
from insieme_events.contracts.matching_companies import MandatoryCommunication, MatchingEvent
from insieme_events.contracts.vocabulary import (
    Comune,
    ContractClass,
    ContractType,
    Strand,
    WorkingTime,
)


class EmploymentEvent(MatchingEvent):
    """One employment is a chain of links: link 1 is the start, every extension adds one (standards 2.2)."""

    employment_id: UUID
    person_id: UUID
    company_id: UUID
    strand: Strand = Strand.MATCHING


class EmploymentMovement(EmploymentEvent, MandatoryCommunication):
    """A start, extension, transformation or end; the legal limits of `limits_version` judged its communication."""

    limits_version: Code | None = None


class EntryKind(StrEnum):
    """P33: inserimento or reinserimento."""

    FIRST_JOB = "first_job"
    """Italian: inserimento nel mondo del lavoro."""
    RE_ENTRY = "re_entry"
    """Italian: reinserimento."""


class PlacementStarted(EmploymentMovement):
    """Avviamento: `occurred_on` is the first day of the contract (inserimento; P33).

    `out_of_term` flags a start on a day on which no agreement was in force; `agreement_version` is then the last
    one known on that day.

    Italian: inserimento lavorativo; avviamento.
    """

    vacancy_id: UUID | None = None
    contract_type: ContractType
    contract_class: ContractClass
    ends_on: date | None
    working_time: WorkingTime
    comune: Comune
    entry_kind: EntryKind
    agreement_version: Code
    out_of_term: bool = False
    party_fields = (
        "employment_id",
        "person_id",
        "company_id",
        "vacancy_id",
        "occurred_on",
        "ends_on",
        "contract_type",
        "contract_class",
        "working_time",
        "strand",
        "agreement_version",
    )


class PlacementExtended(EmploymentMovement):
    """Proroga: a new link of the chain from `occurred_on`, the day after the old end, to the new end.

    The link has the contract type, working time and comune that the chain has by then. Numbers are never used
    twice: after links from 2 on were voided, the next one is not 2 again.

    Italian: proroga.
    """

    link_no: Annotated[int, Field(ge=2)]
    ends_on: date
    party_fields = ("employment_id", "person_id", "company_id", "occurred_on", "link_no", "ends_on", "strand")


class TransformationCode(StrEnum):
    """Trasformazione: codes of the regional information system (standards 2.2)."""

    FIXED_TO_PERMANENT = "DI"
    APPRENTICE_TO_PERMANENT = "AI"
    TRAINING_TO_PERMANENT = "FI"
    INSERTION_TO_PERMANENT = "II"
    END_OF_TRAINING = "FF"
    PART_TO_FULL_TIME = "PP"


class PlacementTransformed(EmploymentMovement):
    """From `occurred_on` on the contract is of that type; not a link of its own. Italian: trasformazione."""

    code: TransformationCode
    contract_type: ContractType
    contract_class: ContractClass
    ends_on: date | None
    working_time: WorkingTime
    party_fields = (
        "employment_id",
        "person_id",
        "company_id",
        "occurred_on",
        "code",
        "contract_type",
        "contract_class",
        "ends_on",
        "strand",
    )


class EndReason(StrEnum):
    TERM_REACHED = "term_reached"
    RESIGNATION = "resignation"
    DISMISSAL = "dismissal"
    TRIAL_NOT_PASSED = "trial_not_passed"
    COMPANY_CLOSED = "company_closed"
    AGREED = "agreed"
    OTHER = "other"


class PlacementEnded(EmploymentMovement):
    """Cessazione; the reason stays restricted. Italian: cessazione."""

    reason: EndReason
    party_fields = ("employment_id", "person_id", "company_id", "occurred_on", "strand")


class PlacementCorrected(EmploymentEvent):
    """Rettifica: the link reads as here from its beginning; the event that it corrects stays.

    `corrects` is the event that began the link; `occurred_on` the day of the correction. A correction that moves a
    boundary between links, or the contract type of a chain, comes as one event for every link that it changes.
    """

    corrects: UUID
    link_no: Annotated[int, Field(ge=1)]
    starts_on: date
    ends_on: date | None
    contract_type: ContractType
    contract_class: ContractClass
    working_time: WorkingTime
    comune: Comune
    party_fields = (
        "employment_id",
        "person_id",
        "company_id",
        "occurred_on",
        "corrects",
        "link_no",
        "starts_on",
        "ends_on",
        "contract_type",
        "contract_class",
        "strand",
    )


class PlacementVoidReason(StrEnum):
    NEVER_STARTED = "never_started"
    KEYED_TWICE = "keyed_twice"
    WRONG_PERSON = "wrong_person"


class PlacementVoided(EmploymentEvent):
    """Annullamento: the whole chain, or from link `from_link` on, counts nowhere; nothing is deleted.

    `voids` is the event that began the link. Transformations and an end that fell into voided links fall with them.
    """

    voids: UUID
    from_link: Annotated[int, Field(ge=1)]
    reason: PlacementVoidReason
    party_fields = ("employment_id", "person_id", "company_id", "occurred_on", "voids", "from_link", "strand")


class SupportKind(StrEnum):
    """How somebody who was placed is stood by («supporta», P32); nothing that tells of health or family."""

    CALL = "call"
    MEETING = "meeting"
    VISIT_AT_WORK = "visit_at_work"
    TALK_WITH_COMPANY = "talk_with_company"
    MEDIATION = "mediation"


class PlacementSupportRecorded(EmploymentEvent):
    """A contact with the person or the company after the placement began (P32)."""

    kind: SupportKind
