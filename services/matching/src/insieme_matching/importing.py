"""The rows that matching takes out of files (decision 27)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, model_validator

from insieme_events.contracts.matching import EndReason, EntryKind, TransformationCode
from insieme_events.contracts.vocabulary import Comune, ContractType, Strand, WorkingTime
from insieme_events.days import Day
from insieme_events.importing.kinds import Column, Kind, Lookup
from insieme_matching.api.companies import COMPANY_EXAMPLE, Registration
from insieme_matching.api.employments import PLACEMENT_EXAMPLE, Placing
from insieme_matching.api.vacancies import VACANCY_EXAMPLE
from insieme_matching.company import ALREADY_REGISTERED
from insieme_matching.employment import EndPlacement, ExtendPlacement, TransformPlacement
from insieme_matching.employment.decisions import ALREADY_STARTED
from insieme_matching.vacancy import NewVacancy
from insieme_matching.vacancy.commands import ALREADY_OPENED

BY_PARTITA_IVA = Lookup(
    column=Column("partita_iva", ("partita_iva",), digits=11),
    fills="company_id",
    path="/v1/companies",
    parameters={"partita_iva": "partita_iva"},
    id_field="company_id",
    unknown="import.company_unknown",
    sentence="No company is registered with this partita IVA: import the companies first, or correct it.",
)
"""Who fills in a file knows the partita IVA of a company rather than our id."""

COMPANIES = Kind(
    name="companies",
    about="Companies with their entry in the directory; one partita IVA is one company (P21)",
    service="matching",
    path="/v1/companies",
    body=Registration,
    recorded=frozenset({ALREADY_REGISTERED.code}),
    digits={"comune": 6, "partita_iva": 11},
    in_order_by=("partita_iva",),
    example={"row_key": "REA-BO-123456", **COMPANY_EXAMPLE},
)
VACANCIES = Kind(
    name="vacancies",
    about="Vacancies of companies that are registered (P31)",
    service="matching",
    path="/v1/vacancies",
    body=NewVacancy,
    recorded=frozenset({ALREADY_OPENED.code}),
    digits={"comune": 6},
    lookups=(BY_PARTITA_IVA,),
    in_order_by=("company_id", "partita_iva"),
    example={
        "row_key": "2024-V-17",
        **{name: str(value) for name, value in VACANCY_EXAMPLE.items() if name != "company_id"},
        "partita_iva": COMPANY_EXAMPLE["partita_iva"],
    },
)


class Communication(StrEnum):
    """What a row of the comunicazioni obbligatorie tells (standards 2.2)."""

    START = "ASS"
    EXTENSION = "PRO"
    TRANSFORMATION = "TRS"
    END = "CES"


COMMANDS: dict[Communication, tuple[type[BaseModel], str]] = {
    Communication.START: (Placing, "/v1/employments"),
    Communication.EXTENSION: (ExtendPlacement, "/v1/employments/{employment_id}/extensions"),
    Communication.TRANSFORMATION: (TransformPlacement, "/v1/employments/{employment_id}/transformations"),
    Communication.END: (EndPlacement, "/v1/employments/{employment_id}/end"),
}
OF_THE_ROW = frozenset({"communication", "employment_id"})
NAMING = frozenset({"person_id", "company_id", "starts_on"})
"""Who works where since when: of a communication after the first one they say which placement is meant."""


class PlacementRow(BaseModel):
    """A communication about a placement: what is filled in is what its command takes, and nothing else."""

    model_config = ConfigDict(extra="forbid")

    communication: Communication
    employment_id: UUID | None = None
    person_id: UUID
    company_id: UUID
    starts_on: Day
    vacancy_id: UUID | None = None
    strand: Strand | None = None
    ends_on: Day | None = None
    contract_type: ContractType | None = None
    working_time: WorkingTime | None = None
    comune: Comune | None = None
    entry_kind: EntryKind | None = None
    code: TransformationCode | None = None
    reason: EndReason | None = None
    on: Day | None = None
    communicated_on: Day | None = None

    @model_validator(mode="after")
    def fits_its_command(self) -> PlacementRow:
        """What the command lacks, or does not take, is told of its own column."""
        COMMANDS[self.communication][0].model_validate(_of_the_command(self.model_dump(exclude_unset=True)))
        return self


def _of_the_command(row: dict[str, Any]) -> dict[str, Any]:
    others = OF_THE_ROW if row["communication"] == Communication.START else OF_THE_ROW | NAMING
    return {name: value for name, value in row.items() if name not in others}


def to_command(row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    path = COMMANDS[Communication(row["communication"])][1]
    return path.format(employment_id=row.get("employment_id")), _of_the_command(row)


PLACEMENTS = Kind(
    name="placements",
    about="Communications about placements: start, extension, transformation, end (P33; UNILAV)",
    service="matching",
    path="/v1/employments",
    body=PlacementRow,
    recorded=frozenset({ALREADY_STARTED.code}),
    names={("code",): "transformation"},
    digits={"comune": 6},
    words={"working_time": {"F": "full", "P": "horizontal", "V": "vertical", "M": "mixed"}},
    left_out=frozenset({"employment_id"}),
    lookups=(
        BY_PARTITA_IVA,
        Lookup(
            fills="employment_id",
            path="/v1/employments",
            parameters={
                "person_id": "person_id",
                "company_id": "company_id",
                "starts_from": "starts_on",
                "starts_to": "starts_on",
            },
            id_field="employment_id",
            unknown="import.placement_unknown",
            sentence="Not one placement of this person in this company began on this day: import its ASS row first.",
            unless={"communication": Communication.START.value},
            in_the_file=True,
        ),
    ),
    in_order_by=("person_id",),
    request=to_command,
    example={
        "row_key": "1503724200000118",
        "communication": Communication.START.value,
        **{name: value for name, value in PLACEMENT_EXAMPLE.items() if name not in ("company_id", "vacancy_id")},
        "working_time": "F",
        "partita_iva": COMPANY_EXAMPLE["partita_iva"],
    },
)
