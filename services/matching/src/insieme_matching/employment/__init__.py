"""Employment (rapporto di lavoro): one chain of contract links, from the placement to its end (P33; standards 2.2)."""

from insieme_matching.employment.commands import (
    CorrectPlacement,
    EmploymentCircumstances,
    EmploymentCommand,
    EndPlacement,
    ExtendPlacement,
    NewPlacement,
    RecordSupport,
    StartPlacement,
    TransformPlacement,
    VoidPlacement,
)
from insieme_matching.employment.decisions import EMPLOYMENT
from insieme_matching.employment.state import Employment, Ended, NotStarted, Running, Voided

__all__ = [
    "EMPLOYMENT",
    "CorrectPlacement",
    "Employment",
    "EmploymentCircumstances",
    "EmploymentCommand",
    "EndPlacement",
    "Ended",
    "ExtendPlacement",
    "NewPlacement",
    "NotStarted",
    "RecordSupport",
    "Running",
    "StartPlacement",
    "TransformPlacement",
    "VoidPlacement",
    "Voided",
]
