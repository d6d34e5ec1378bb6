"""Events of a person apart from cases: merged and set apart, restricted, told of, and what an erasure waits for.

P25; GDPR art. 5, 15, 17, 18.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from insieme_events.contracts.base import Code
from insieme_events.contracts.intake import IntakeEvent


class PersonAliased(IntakeEvent):
    """On the stream of the id that was given up: `alias_of` stands for this person from now on (P25).

    The other side of PersonsMerged, in the same append.
    """

    person_id: UUID
    alias_of: UUID


class PersonSetApart(IntakeEvent):
    """On the stream of the id that had been given up: it stands for itself again, the merge was a mistake (P25)."""

    person_id: UUID
    alias_of: UUID


class DismissReason(StrEnum):
    """How somebody came to know that it is two persons; never what ties them."""

    DOCUMENTS_SEEN = "documents_seen"
    PERSONS_ASKED = "persons_asked"
    MERGE_REVERTED = "merge_reverted"
    OTHER = "other"


class DuplicateDismissed(IntakeEvent):
    """Somebody looked at both identities, and `other_id` is somebody else (P25). On the stream of the lesser id."""

    person_id: UUID
    other_id: UUID
    reason: DismissReason


class RestrictionGround(StrEnum):
    """GDPR art. 18 (1) a to d: why the data may be kept and not used."""

    ACCURACY_CONTESTED = "accuracy_contested"
    UNLAWFUL = "unlawful"
    NEEDED_FOR_CLAIMS = "needed_for_claims"
    OBJECTION_PENDING = "objection_pending"


class ProcessingRestricted(IntakeEvent):
    """The person's data are kept and not used: no service decides anything new on them (GDPR art. 18).

    Why is nobody's business outside; that it is so, every service must know.
    """

    person_id: UUID
    ground: RestrictionGround
    party_fields = ("person_id", "occurred_on")


class RestrictionLifted(IntakeEvent):
    """The data may be used again; the person was told before (GDPR art. 18 (3))."""

    person_id: UUID
    party_fields = ("person_id", "occurred_on")


class RefusalGround(StrEnum):
    """GDPR art. 17 (3): what the data are still necessary for."""

    PUBLIC_TASK = "public_task"
    STATISTICS = "statistics"
    LEGAL_CLAIMS = "legal_claims"


class ErasureRefused(IntakeEvent):
    """The person asked for the erasure, and the data are still necessary (GDPR art. 17 (3) b, d, e)."""

    person_id: UUID
    ground: RefusalGround


class ErasureOverdue(IntakeEvent):
    """By `due_on` these services had not answered that they hold nothing of the person any more (GDPR art. 17)."""

    person_id: UUID
    due_on: date
    missing: tuple[Code, ...]


class ExtensionGround(StrEnum):
    """What the data are kept for beyond the months of the agreement (GDPR art. 17 (3) b, e)."""

    FUNDING_EVIDENCE = "funding_evidence"
    """What a funded operation has to be able to prove (Regulation (EU) 2021/1060 art. 82)."""
    LEGAL_CLAIMS = "legal_claims"
    PUBLIC_TASK = "public_task"


class RetentionExtended(IntakeEvent):
    """Somebody decided that the data are kept through `until`, and why; the last such decision stands (GDPR art. 5)."""

    person_id: UUID
    ground: ExtensionGround
    until: date


class RetentionEnded(IntakeEvent):
    """The data were to be kept through `kept_until`, and from now on wait for a decision (GDPR art. 5 (1) e).

    `left_on`: the day on which the last of what the person had here ended, under any id. Nothing is erased by it:
    somebody orders the erasure, or extends the retention.
    """

    person_id: UUID
    left_on: date
    kept_until: date
    agreement_version: Code


class SubjectAccessRequested(IntakeEvent):
    """The person asks what is held of them, in every service (GDPR art. 15, 20)."""

    person_id: UUID
    request_id: UUID
    due_on: date


class SubjectAccessAnswered(IntakeEvent):
    """The one document with the parts of all services was handed over (GDPR art. 15, 20)."""

    person_id: UUID
    request_id: UUID
