"""The rows that matching takes out of files (decision 27)."""

from __future__ import annotations

from insieme_events.importing.kinds import Column, Kind, Lookup
from insieme_matching.api.companies import COMPANY_EXAMPLE, Registration
from insieme_matching.api.vacancies import VACANCY_EXAMPLE
from insieme_matching.company import ALREADY_REGISTERED
from insieme_matching.vacancy import NewVacancy
from insieme_matching.vacancy.commands import ALREADY_OPENED

BY_PARTITA_IVA = Lookup(
    column=Column("partita_iva", ("partita_iva",), digits=11),
    fills="company_id",
    path="/v1/companies",
    parameter="partita_iva",
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
