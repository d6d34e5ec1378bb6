"""Who a person is: encrypted under the person's key, found by a keyed hash of the codice fiscale (decision 10).

No other table, no topic and no log holds any of it. One codice fiscale is one person by a unique index on the hash.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from insieme_events.decider import RefusalKind, Refused
from insieme_events.store import Connection
from insieme_events.units import Write
from insieme_events.vault import Keys, KeyVault, MasterKey, decrypt, encrypt
from insieme_intake.codice_fiscale import TaxCode

HASH_PURPOSE = "codice-fiscale"
BOUND_TO = b"vault.identities/"

SOMEBODY_WAS_QUICKER = Refused(
    "intake.person_registered_meanwhile",
    "Somebody registered the same person at the same moment. Send the same again.",
    clause="P25",
    kind=RefusalKind.RETRY,
)
UNIQUE = {"one_person_per_tax_code": SOMEBODY_WAS_QUICKER}

PUT = """
insert into vault.identities (person_id, tax_code_hash, sealed) values (%s, %s, %s)
on conflict (person_id) do update set tax_code_hash = excluded.tax_code_hash, sealed = excluded.sealed
"""

Line = Annotated[str, Field(min_length=1, max_length=120)]


class Address(BaseModel):
    """Where letters reach the person; never leaves the vault."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    street: Line
    postal_code: Annotated[str, Field(pattern=r"^\d{5}$")]
    town: Line


class Identity(BaseModel):
    """What the vault holds of a person. `repr` shows nothing of it, so that no traceback or log does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_name: Annotated[Line, Field(repr=False)]
    last_name: Annotated[Line, Field(repr=False)]
    codice_fiscale: Annotated[str, Field(repr=False, min_length=11, max_length=30)]
    birth_date: Annotated[date, Field(repr=False)]
    address: Annotated[Address | None, Field(repr=False)] = None
    telephone: Annotated[str | None, Field(repr=False, max_length=40)] = None
    email: Annotated[str | None, Field(repr=False, max_length=120)] = None


def tax_code_hash(master: MasterKey, code: TaxCode) -> bytes:
    """The keyed hash of the normalised code; provisional codes hash apart from real ones."""
    return master.keyed_hash(HASH_PURPOSE, f"{code.kind}/{code.code}".encode())


async def find(connection: Connection, code_hash: bytes) -> UUID | None:
    """The person of a codice fiscale."""
    row = await (
        await connection.execute("select person_id from vault.identities where tax_code_hash = %s", (code_hash,))
    ).fetchone()
    return row[0] if row is not None else None


def put(person_id: UUID, code_hash: bytes, identity: Identity, keys: Keys) -> Write:
    """Writes the identity beside the append of a unit; a later one replaces it."""
    key = keys[person_id]
    assert key is not None, "ensure() answers living keys only"
    sealed = encrypt(key, identity.model_dump_json().encode(), BOUND_TO + person_id.bytes)

    async def write(connection: Connection) -> None:
        await connection.execute(PUT, (person_id, code_hash, sealed))

    return write


def delete(person_id: UUID) -> Write:
    """Deletes the identity and the hash of the codice fiscale: whoever comes again is a new person."""

    async def write(connection: Connection) -> None:
        await connection.execute("delete from vault.identities where person_id = %s", (person_id,))

    return write


async def read(connection: Connection, vault: KeyVault, person_id: UUID) -> Identity | None:
    """The identity opened; None where there is none, or where it was erased."""
    row = await (
        await connection.execute("select sealed from vault.identities where person_id = %s", (person_id,))
    ).fetchone()
    if row is None:
        return None
    key = (await vault.read({person_id}))[person_id]
    if key is None:
        return None
    return Identity.model_validate_json(decrypt(key, bytes(row[0]), BOUND_TO + person_id.bytes))
