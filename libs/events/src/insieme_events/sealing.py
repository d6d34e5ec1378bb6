"""Events to JSON and back: sealed fields leave as ciphertext and come back opened, or erased (decision 10)."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from insieme_events.contracts import ERASED, DomainEvent
from insieme_events.vault import KeyDestroyed, Keys, decrypt, encrypt

HEAD = "sealed.v1."


def subject(event: DomainEvent) -> UUID | None:
    """Whose key seals this event; None where it has no sealed field."""
    return getattr(event, "person_id") if event.sealed_fields() else None  # noqa: B009 - no common base has it


def subjects(events: Iterable[DomainEvent]) -> set[UUID]:
    return {person for event in events if (person := subject(event)) is not None}


def to_json(event: DomainEvent, event_id: UUID, keys: Keys) -> bytes:
    """The event's data as the store and the restricted topic hold it. Raises KeyDestroyed."""
    names = event.sealed_fields()
    if not names:
        return event.__pydantic_serializer__.to_json(event)
    person = subject(event)
    key = keys[person] if person is not None else None
    if key is None:
        raise KeyDestroyed(person or event_id)
    data: dict[str, Any] = event.model_dump(mode="json")
    for name in names:
        data[name] = seal(data[name], key, person or event_id, event_id, name)
    return orjson.dumps(data)


def seal(value: Any, key: AESGCM, key_id: UUID, event_id: UUID, name: str) -> str:
    """One value as `sealed.v1.<key id>.<base64url>`, bound to its event and field so that it fits nowhere else."""
    sealed = encrypt(key, orjson.dumps(value), f"{event_id}/{name}".encode())
    return f"{HEAD}{key_id}.{base64.urlsafe_b64encode(sealed).rstrip(b'=').decode()}"


def open_fields(kind: type[DomainEvent], data: dict[str, Any], event_id: UUID, keys: Keys) -> dict[str, Any]:
    """The data with its sealed fields opened; ERASED where the key is destroyed."""
    for name in kind.sealed_fields():
        data[name] = unseal(data[name], keys, event_id, name)
    return data


def unseal(text: str, keys: Keys, event_id: UUID, name: str) -> Any:
    key_id, _, body = text.removeprefix(HEAD).partition(".")
    key = keys[UUID(key_id)]
    if key is None:
        return ERASED.value
    return orjson.loads(
        decrypt(key, base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)), f"{event_id}/{name}".encode())
    )
