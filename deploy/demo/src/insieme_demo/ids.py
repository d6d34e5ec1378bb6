"""Ids and idempotency keys of the demonstration: the same seed gives the same ones, another seed others."""

from __future__ import annotations

from hashlib import blake2b
from uuid import UUID


def made(seed: int, kind: str, number: int) -> UUID:
    """The id of the `number`-th thing of a kind, shaped like a random UUID (version 8)."""
    digest = bytearray(blake2b(f"{seed}/{kind}/{number}".encode(), digest_size=16, person=b"insieme-demo").digest())
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return UUID(bytes=bytes(digest))
