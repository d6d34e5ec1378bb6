"""What every published event has in common, and what a sealed field is.

An event is a frozen pydantic model. Its sealed fields hold opened values in memory; in the store, on the
restricted topic and in dead letters the same paths hold ciphertext (architecture decision 10).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

T = TypeVar("T")

SEALED_PATTERN = r"^sealed\.v1\.[0-9a-f-]{36}\.[A-Za-z0-9_-]+$"


class Erased(StrEnum):
    """What a sealed field reads after the key of its person was destroyed."""

    ERASED = "erased"


ERASED = Erased.ERASED


@dataclass(frozen=True, slots=True)
class SealedMark:
    """Marks a field whose value leaves the process only as ciphertext under the person's key."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "pattern": SEALED_PATTERN, "x-sealed": True}


Sealed = Annotated[T | Erased, SealedMark()]
"""`Sealed[Gender]`: a value readable only with the key of the event's `person_id`; `ERASED` once that is gone."""

Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,39}$")]
"""A short code of a versioned list; never free text."""

YearMonth = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]


class Actor(BaseModel):
    """Who acted, for which party, in which role and to which purpose; ids and codes, never a name (P13)."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    party: Code
    role: Code
    purpose: Code


class DomainEvent(BaseModel):
    """One thing that happened, in the past tense.

    `occurred_on` is the business date in Europe/Rome. `by` is stamped by the command runner, never by a decider.
    A class with sealed fields must have a `person_id`: it names the key. `party_fields` lists what the reduced
    form for signatories carries; an event without it stays on the restricted topic (decision 4).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    context: ClassVar[str]
    schema_version: ClassVar[int] = 1
    party_fields: ClassVar[tuple[str, ...] | None] = None

    occurred_on: date
    by: Actor | None = None

    @classmethod
    def sealed_fields(cls) -> tuple[str, ...]:
        """The names of the fields that are ciphertext outside the process, in declared order."""
        found: tuple[str, ...] | None = cls.__dict__.get("_sealed_fields")
        if found is None:
            found = tuple(
                name for name, info in cls.model_fields.items() if any(isinstance(m, SealedMark) for m in info.metadata)
            )
            cls._sealed_fields = found
        return found

    _sealed_fields: ClassVar[tuple[str, ...] | None] = None

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if cls.sealed_fields() and "person_id" not in cls.model_fields:
            raise TypeError(f"{cls.__name__} has sealed fields but no person_id, so no key could open them")
        wrong = set(cls.party_fields or ()) & set(cls.sealed_fields())
        if wrong:
            raise TypeError(f"{cls.__name__}: sealed fields {sorted(wrong)} cannot be part of the party form")


class SealedFieldsErased(DomainEvent):
    """Marks the end of a stream's sealed fields: whoever copied their values out of it blanks them (GDPR art. 17)."""

    context = "shared"

    person_id: UUID


class ErasureCompleted(DomainEvent):
    """A service holds nothing readable of the person any more, and says so (GDPR art. 17)."""

    context = "shared"

    person_id: UUID
    service: Code
