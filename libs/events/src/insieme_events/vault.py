"""Keys of persons: made, read and destroyed; the master key that wraps them (decision 10).

A value under a destroyed key reads as erased. A key whose row is absent, or a key database that is away, is an
operational error: else a restored or lost key database would turn living persons into "unknown".
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from insieme_events.crash_points import reached

NONCE = 12
READ = "select key_id, wrapped, destroyed_at from keys.keys where key_id = any(%s)"


class KeysUnavailable(Exception):
    """`keys.missing`, `keys.wrong_master`: nothing is written; try again when the key database is whole."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code


class KeyDestroyed(Exception):
    """`keys.destroyed`: nothing can be sealed for an erased person."""

    def __init__(self, key_id: UUID) -> None:
        super().__init__(f"keys.destroyed: the key of {key_id} is destroyed, nothing is sealed for this person again")


class MasterKey:
    """32 bytes from the environment or a KMS; wraps the keys of persons and derives keyed hashes."""

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError("keys.master_length: INSIEME_MASTER_KEY must be 32 bytes in base64")
        self._wrap = AESGCM(self._derive(key, b"wrap"))
        self._hash = self._derive(key, b"hash")

    @classmethod
    def from_base64(cls, text: str) -> MasterKey:
        return cls(base64.b64decode(text, validate=True))

    @staticmethod
    def _derive(key: bytes, purpose: bytes) -> bytes:
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"insieme/" + purpose).derive(key)

    def wrap(self, key_id: UUID, key: bytes) -> bytes:
        return encrypt(self._wrap, key, key_id.bytes)

    def unwrap(self, key_id: UUID, wrapped: bytes) -> AESGCM:
        try:
            return AESGCM(decrypt(self._wrap, wrapped, key_id.bytes))
        except InvalidTag as wrong:
            raise KeysUnavailable(
                "keys.wrong_master", f"the key of {key_id} was wrapped by another master key than INSIEME_MASTER_KEY"
            ) from wrong

    def keyed_hash(self, purpose: str, content: bytes) -> bytes:
        """HMAC-SHA-256, 32 bytes; equal contents are equal, and nobody without the master key can try contents."""
        return hmac.new(self._hash, purpose.encode() + b"\0" + content, hashlib.sha256).digest()


def encrypt(key: AESGCM, plain: bytes, bound_to: bytes) -> bytes:
    """AES-256-GCM: nonce, then ciphertext and tag; opens only with the same `bound_to`."""
    nonce = os.urandom(NONCE)
    return nonce + key.encrypt(nonce, plain, bound_to)


def decrypt(key: AESGCM, sealed: bytes, bound_to: bytes) -> bytes:
    return key.decrypt(sealed[:NONCE], sealed[NONCE:], bound_to)


Keys = Mapping[UUID, AESGCM | None]
"""Per person the key, or None where it is destroyed."""


class KeyVault:
    """The key database. Its role decides what works: `keys_read` reads, `keys_manage` also makes and destroys.

    With `makes` false a key that is missing is not made: the service seals for persons whom another one registered.
    """

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[Any]], master: MasterKey, makes: bool = True) -> None:
        self._pool = pool
        self.master = master
        self.makes = makes

    async def read(self, persons: Collection[UUID]) -> Keys:
        """The keys of these persons, with one query. Raises KeysUnavailable where a row is absent."""
        if not persons:
            return {}
        async with self._pool.connection() as connection:
            return await self._read(connection, set(persons))

    async def destroyed(self) -> list[UUID]:
        """Every person whose key is destroyed: their dimensions are unknown, wherever they still stand."""
        async with self._pool.connection() as connection:
            rows = await connection.execute("select key_id from keys.keys where destroyed_at is not null")
            return [key_id for (key_id,) in await rows.fetchall()]

    async def destroyed_of(self, persons: Collection[UUID]) -> set[UUID]:
        """Those of them whose key is destroyed; one that is absent is not."""
        async with self._pool.connection() as connection:
            rows = await connection.execute(
                "select key_id from keys.keys where destroyed_at is not null and key_id = any(%s)", (list(persons),)
            )
            return {key_id for (key_id,) in await rows.fetchall()}

    async def ensure(self, persons: Collection[UUID], now: datetime) -> Keys:
        """Makes the keys that are missing and commits them, before anything that they seal is appended."""
        if not persons:
            return {}
        if not self.makes:
            return _whole(await self.read(persons))
        fresh = [(p, self.master.wrap(p, AESGCM.generate_key(256)), now) for p in sorted(set(persons))]
        wanted = set(persons)
        async with self._pool.connection() as connection:
            # One round trip; the second statement sees what somebody else committed while the first one waited.
            async with connection.pipeline():
                await connection.execute(
                    """insert into keys.keys (key_id, wrapped, made_at)
                       select * from unnest(%s::uuid[], %s::bytea[], %s::timestamptz[]) on conflict do nothing""",
                    tuple(list(column) for column in zip(*fresh, strict=True)),
                )
                asked = await connection.execute(READ, (list(wanted),))
            rows = await asked.fetchall()
            reached("keys.before_commit")
            await connection.commit()
            reached("keys.after_commit")
        return _whole(self._keys(rows, wanted))

    async def destroy(self, persons: Collection[UUID], now: datetime) -> int:
        """Destroys the keys; those of persons that never had one are marked too, so that none is made later.

        Idempotent; answers how many were destroyed by this call.
        """
        async with self._pool.connection() as connection:
            done = await connection.execute(
                """insert into keys.keys (key_id, wrapped, made_at, destroyed_at)
                   select person, null, %(now)s, %(now)s from unnest(%(persons)s::uuid[]) as person
                   on conflict (key_id) do update set wrapped = null, destroyed_at = %(now)s
                   where keys.destroyed_at is null""",
                {"now": now, "persons": list(persons)},
            )
            reached("keys.before_destroying")
        reached("keys.after_destroying")
        return done.rowcount

    async def _read(self, connection: AsyncConnection[Any], persons: set[UUID]) -> Keys:
        asked = await connection.execute(READ, (list(persons),))
        return self._keys(await asked.fetchall(), persons)

    def _keys(self, rows: Sequence[Any], persons: set[UUID]) -> Keys:
        keys: dict[UUID, AESGCM | None] = {}
        for key_id, wrapped, destroyed_at in rows:
            keys[key_id] = None if destroyed_at is not None else self.master.unwrap(key_id, bytes(wrapped))
        absent = persons - keys.keys()
        if absent:
            raise KeysUnavailable(
                "keys.missing",
                f"{len(absent)} keys are not in the key database (first: {min(absent)}); restore it before going on",
            )
        return keys


def _whole(keys: Keys) -> Keys:
    """The same keys. Raises KeyDestroyed where one of them is gone."""
    for person, key in keys.items():
        if key is None:
            raise KeyDestroyed(person)
    return keys
