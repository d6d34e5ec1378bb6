"""The published language: one module per context; pydantic only, no I/O."""

from insieme_events.contracts.base import (
    ERASED,
    Actor,
    Code,
    DomainEvent,
    Erased,
    Sealed,
    SealedFieldsErased,
    YearMonth,
)

__all__ = ["ERASED", "Actor", "Code", "DomainEvent", "Erased", "Sealed", "SealedFieldsErased", "YearMonth"]
