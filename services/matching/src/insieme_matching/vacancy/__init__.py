"""Vacancy (offerta): what a company looks for, the selections on it, and its positions (P31, P32, P39)."""

from insieme_matching.vacancy.commands import (
    VACANCY_UNKNOWN,
    CloseSelection,
    CloseVacancy,
    FillPosition,
    FreePosition,
    NewVacancy,
    OpenSelection,
    OpenVacancy,
    StateRequirements,
    VacancyCircumstances,
    VacancyCommand,
    WithdrawVacancy,
)
from insieme_matching.vacancy.decisions import VACANCY

__all__ = [
    "VACANCY",
    "VACANCY_UNKNOWN",
    "CloseSelection",
    "CloseVacancy",
    "FillPosition",
    "FreePosition",
    "NewVacancy",
    "OpenSelection",
    "OpenVacancy",
    "StateRequirements",
    "VacancyCircumstances",
    "VacancyCommand",
    "WithdrawVacancy",
]
