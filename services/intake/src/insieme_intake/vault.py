"""Who a person is: encrypted under the person's key, found by a keyed hash of the codice fiscale (decision 10).

No other table, no topic and no log holds any of it. One codice fiscale is one person by a unique index on the hash.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from insieme_events.decider import RefusalKind, Refused
from insieme_events.store import Connection
from insieme_events.units import Write
from insieme_events.vault import Keys, KeyVault, MasterKey, decrypt, encrypt
from insieme_intake.codice_fiscale import TaxCode, as_on_the_card

HASH_PURPOSE = "codice-fiscale"
BOUND_TO = b"vault.identities/"
DETAIL_BOUND_TO = b"vault.referral_details/"

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

PUT_REFERRAL = """
insert into vault.referral_details (referral_id, person_id, sealed) values (%s, %s, %s)
on conflict (referral_id) do nothing
"""
PUT_COMPARED = """
insert into vault.compared (person_id, other_id, seen) values (%s, %s, %s)
on conflict (person_id, other_id) do update set seen = excluded.seen
"""
RECEIVED = """
select d.referral_id, d.person_id, coalesce(p.merged_into, p.person_id), d.sealed from vault.referral_details d
join views.referrals r using (referral_id) join views.persons p on p.person_id = d.person_id
where r.direction = 'received' and r.sent_on between %s and %s
"""
IN_USE = """
select v.person_id, v.sealed from vault.identities v join views.persons p using (person_id)
where p.merged_into is null and p.erased_on is null
"""

Line = Annotated[str, Field(min_length=1, max_length=120)]


class Address(BaseModel):
    """Where letters reach the person; never leaves the vault."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    street: Line
    postal_code: Annotated[str, Field(pattern=r"^\d{5}$")]
    town: Line


class Identity(BaseModel):
    """What the vault holds of a person. `repr` shows nothing of it, so that no traceback or log does.

    The codice fiscale is kept as the card has it, however it was typed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_name: Annotated[Line, Field(repr=False)]
    last_name: Annotated[Line, Field(repr=False)]
    codice_fiscale: Annotated[str, Field(repr=False, min_length=11, max_length=30), AfterValidator(as_on_the_card)]
    birth_date: Annotated[date, Field(repr=False)]
    address: Annotated[Address | None, Field(repr=False)] = None
    telephone: Annotated[str | None, Field(repr=False, max_length=40)] = None
    email: Annotated[str | None, Field(repr=False, max_length=120)] = None


class Distretto(StrEnum):
    """The seven distretti socio-sanitari of the Città metropolitana (P12, P73)."""

    APPENNINO_BOLOGNESE = "appennino_bolognese"
    CITTA_DI_BOLOGNA = "citta_di_bologna"
    IMOLA = "imola"
    PIANURA_EST = "pianura_est"
    PIANURA_OVEST = "pianura_ovest"
    RENO_LAVINO_SAMOGGIA = "reno_lavino_samoggia"
    SAVENA_IDICE = "savena_idice"


class Channel(StrEnum):
    """Which service is at the other end of a referral (P12, P74). It can tell a religion or an illness (GDPR art. 9):
    it stands in the vault, and nowhere else.
    """

    SOCIAL_SERVICE = "social_service"
    HEALTH_SERVICE = "health_service"
    EMPLOYMENT_CENTRE = "employment_centre"
    COUNTER = "counter"
    CARITAS = "caritas"
    PARISH = "parish"
    TRADE_UNION = "trade_union"
    EMPLOYER_ASSOCIATION = "employer_association"
    OTHER = "other"


class ReferralDetail(BaseModel):
    """Which service referred the person, or was sent them, and of which distretto."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: Annotated[Channel, Field(repr=False)]
    distretto: Annotated[Distretto | None, Field(repr=False)] = None


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


def delete(*persons: UUID) -> Write:
    """Deletes identities, hashes of the codice fiscale and what is kept of referrals: whoever comes again is new."""

    async def write(connection: Connection) -> None:
        await forget(connection, persons)

    return write


async def forget(connection: Connection, persons: Sequence[UUID]) -> None:
    """Deletes everything that the vault has of these persons."""
    for table in ("identities", "referral_details"):
        statement = f"delete from vault.{table} where person_id = any(%s)"
        await connection.execute(statement.encode(), (list(persons),))
    compared = "delete from vault.compared where person_id = any(%s) or other_id = any(%s)"
    await connection.execute(compared, (list(persons), list(persons)))


def put_referral(referral_id: UUID, person_id: UUID, detail: ReferralDetail, keys: Keys) -> Write:
    """Writes which service a referral came from or went to, beside the append of the unit that opens it (P12)."""
    key = keys[person_id]
    assert key is not None, "ensure() answers living keys only"
    sealed = encrypt(key, detail.model_dump_json().encode(), DETAIL_BOUND_TO + referral_id.bytes)

    async def write(connection: Connection) -> None:
        await connection.execute(PUT_REFERRAL, (referral_id, person_id, sealed))

    return write


async def referral_details(connection: Connection, vault: KeyVault, persons: Sequence[UUID]) -> list[dict[str, Any]]:
    """What is kept of the referrals of these persons, opened; nothing of those who are erased."""
    rows = await connection.execute(
        "select referral_id, person_id, sealed from vault.referral_details where person_id = any(%s) order by 1",
        (list(persons),),
    )
    found = await rows.fetchall()
    keys = await vault.read({person_id for _, person_id, _ in found})
    opened = []
    for referral_id, person_id, sealed in found:
        key = keys[person_id]
        if key is not None:
            plain = decrypt(key, bytes(sealed), DETAIL_BOUND_TO + referral_id.bytes)
            detail = ReferralDetail.model_validate_json(plain)
            opened.append({"referral_id": str(referral_id), **detail.model_dump(mode="json")})
    return opened


async def received_from(connection: Connection, vault: KeyVault, channel: Channel, since: date, until: date) -> int:
    """How many persons that service referred to the programme in these days; nobody who is erased (P74)."""
    rows = await connection.execute(RECEIVED, (since, until))
    found = await rows.fetchall()
    keys = await vault.read({person_id for _, person_id, _, _ in found})
    persons = set()
    for referral_id, person_id, root_id, sealed in found:
        key = keys[person_id]
        if key is not None:
            plain = decrypt(key, bytes(sealed), DETAIL_BOUND_TO + referral_id.bytes)
            if ReferralDetail.model_validate_json(plain).channel is channel:
                persons.add(root_id)
    return len(persons)


async def referral_detail(connection: Connection, vault: KeyVault, referral_id: UUID) -> ReferralDetail | None:
    """What is kept of one referral, opened; None where nothing is, or where it was erased."""
    row = await (
        await connection.execute(
            "select person_id, sealed from vault.referral_details where referral_id = %s", (referral_id,)
        )
    ).fetchone()
    key = None if row is None else (await vault.read({row[0]}))[row[0]]
    if row is None or key is None:
        return None
    return ReferralDetail.model_validate_json(decrypt(key, bytes(row[1]), DETAIL_BOUND_TO + referral_id.bytes))


def put_compared(person_id: UUID, other_id: UUID, seen: bytes) -> Write:
    """Keeps what two identities looked like to whoever told them apart, beside the append of the unit that says so."""

    async def write(connection: Connection) -> None:
        await connection.execute(PUT_COMPARED, (person_id, other_id, seen))

    return write


async def compared(connection: Connection) -> dict[tuple[UUID, UUID], bytes]:
    """Per pair, the lesser id first, what the two identities looked like when somebody told them apart."""
    rows = await connection.execute("select person_id, other_id, seen from vault.compared")
    return {(person_id, other_id): bytes(seen) for person_id, other_id, seen in await rows.fetchall()}


async def identities(connection: Connection, vault: KeyVault) -> dict[UUID, Identity]:
    """Everybody whose id is in use, opened: only to be compared with one another, never to be shown."""
    rows = await connection.execute(IN_USE)
    found = {person_id: bytes(sealed) for person_id, sealed in await rows.fetchall()}
    keys = await vault.read(found.keys())
    return {
        person_id: Identity.model_validate_json(decrypt(key, sealed, BOUND_TO + person_id.bytes))
        for person_id, sealed in found.items()
        if (key := keys[person_id]) is not None
    }


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
