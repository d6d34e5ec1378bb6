"""The registers: what parties bring in, do and share (P19, P23, P26, P46-P48, P71-P78)."""

from __future__ import annotations

from insieme_governance.registers.entry import (
    REGISTER_ENTRY,
    AdoptPractice,
    ChangeInstrumentStatus,
    ChangeIntegrationStatus,
    CloseDesk,
    CorrectEntry,
    RecordEntry,
    RegisterCommand,
    RegisterEntry,
    SharePractice,
    VoidEntry,
)
from insieme_governance.registers.rules import RegisterCircumstances

__all__ = [
    "REGISTER_ENTRY",
    "AdoptPractice",
    "ChangeInstrumentStatus",
    "ChangeIntegrationStatus",
    "CloseDesk",
    "CorrectEntry",
    "RecordEntry",
    "RegisterCircumstances",
    "RegisterCommand",
    "RegisterEntry",
    "SharePractice",
    "VoidEntry",
]
