"""What can be asked of an employment, and what its decisions are told of the world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from insieme_events.agreement import Agreement, Limits
from insieme_events.contracts.matching import EndReason, EntryKind, PlacementVoidReason, SupportKind, TransformationCode
from insieme_events.contracts.vocabulary import Comune, ContractType, Strand, WorkingTime
from insieme_events.days import Day
from insieme_events.decider import Circumstances, Command
from insieme_events.gates import Interval


class NewPlacement(Command):
    """What is told of a placement that is to be recorded; `vacancy_id` is the vacancy whose position it takes.

    `communicated_on`, here as in what follows, is the day of the mandatory communication, where somebody knows it.
    """

    person_id: UUID
    company_id: UUID
    vacancy_id: UUID | None = None
    strand: Strand = Strand.MATCHING
    starts_on: Day
    ends_on: Day | None = None
    contract_type: ContractType
    working_time: WorkingTime
    comune: Comune
    entry_kind: EntryKind
    communicated_on: Day | None = None


class StartPlacement(NewPlacement):
    """With `vacancy_id`, the unit also holds FillPosition on that vacancy."""

    employment_id: UUID


class ExtendPlacement(Command):
    """Proroga: the contract runs on from the day after its end."""

    ends_on: Day
    communicated_on: Day | None = None


class TransformPlacement(Command):
    """Trasformazione; `contract_type` is what the contract becomes, None for PP, which changes the hours only."""

    code: TransformationCode
    contract_type: ContractType | None = None
    on: Day
    communicated_on: Day | None = None


class EndPlacement(Command):
    """Cessazione: `on` is the last day."""

    reason: EndReason
    on: Day
    communicated_on: Day | None = None


class CorrectPlacement(Command):
    """Rettifica: how link `link_no` should have read from its beginning; `corrects` is the event that began it."""

    corrects: UUID
    link_no: int
    starts_on: Day
    ends_on: Day | None
    contract_type: ContractType
    working_time: WorkingTime
    comune: Comune
    on: Day


class VoidPlacement(Command):
    """Annullamento of link `from_link` and all after it; of the whole employment if that is its first one.

    `voids` is the event that began the link. Voiding the whole of a placement that took a position goes with
    FreePosition in the same unit.
    """

    voids: UUID
    from_link: int = 1
    reason: PlacementVoidReason
    on: Day


class RecordSupport(Command):
    """A contact after the placement began («supporta», P32)."""

    kind: SupportKind
    on: Day


EmploymentCommand = (
    StartPlacement
    | ExtendPlacement
    | TransformPlacement
    | EndPlacement
    | CorrectPlacement
    | VoidPlacement
    | RecordSupport
)


@dataclass(frozen=True, slots=True)
class EmploymentCircumstances(Circumstances):
    """`agreement` is the one in force on the placement's first day.

    `last_known` is the latest agreement that had begun by then, `in_charge` when the person was in charge (None:
    not heard of yet), `link_events` the id of the event that began each link of the employment, `limits` every version
    of the legal limits.
    """

    in_charge: tuple[Interval, ...] | None = None
    company_known: bool = False
    last_known: Agreement | None = None
    link_events: Mapping[int, UUID] = field(default_factory=dict)
    limits: tuple[Limits, ...] = ()
