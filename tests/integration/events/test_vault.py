"""Keys of persons: made once, read by one query, destroyed for good; an absent row is no erasure (decision 10)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
import pytest

from insieme_events.service import open_pool
from insieme_events.vault import KeyDestroyed, KeysUnavailable, KeyVault, MasterKey, decrypt, encrypt
from insieme_local.provision import Provisioned

pytestmark = pytest.mark.integration

NOW = datetime(2021, 1, 1, tzinfo=UTC)


async def test_a_key_is_made_once_and_read_again(vault: KeyVault) -> None:
    person = uuid4()
    made = await asyncio.gather(*(vault.ensure([person, uuid4()], NOW) for _ in range(5)))
    read = await vault.read([person])
    for keys in made:
        key, same = keys[person], read[person]
        assert key is not None
        assert same is not None
        assert decrypt(same, encrypt(key, b"text", b"x"), b"x") == b"text"


async def test_a_destroyed_key_reads_as_none_and_is_never_made_again(vault: KeyVault) -> None:
    person, never = uuid4(), uuid4()
    await vault.ensure([person], NOW)
    assert await vault.destroy([person, never], NOW) == 2
    assert await vault.destroy([person, never], NOW) == 0
    assert await vault.read([person, never]) == {person: None, never: None}
    for erased in (person, never):
        with pytest.raises(KeyDestroyed):
            await vault.ensure([erased, uuid4()], NOW)


async def test_the_wrapped_key_is_gone_from_the_table(vault: KeyVault, provisioned: Provisioned) -> None:
    person = uuid4()
    await vault.ensure([person], NOW)
    await vault.destroy([person], NOW)
    with psycopg.connect(provisioned.urls["keys_owner"]) as owner:
        assert owner.execute("select wrapped from keys.keys where key_id = %s", (person,)).fetchone() == (None,)


async def test_an_absent_row_is_an_error_not_an_erasure(vault: KeyVault, forget_key: Callable[[UUID], None]) -> None:
    person, other = uuid4(), uuid4()
    await vault.ensure([person, other], NOW)
    forget_key(person)
    with pytest.raises(KeysUnavailable) as refused:
        await vault.read([person, other])
    assert refused.value.code == "keys.missing"


async def test_another_master_key_opens_nothing(vault: KeyVault) -> None:
    person = uuid4()
    await vault.ensure([person], NOW)
    with pytest.raises(KeysUnavailable) as refused:
        await KeyVault(vault._pool, MasterKey(b"1" * 32)).read([person])
    assert refused.value.code == "keys.wrong_master"


async def test_reporting_reads_keys_and_makes_or_destroys_none(vault: KeyVault, provisioned: Provisioned) -> None:
    person = uuid4()
    await vault.ensure([person], NOW)
    async with open_pool(provisioned.urls["reporting@keys"], 2, "test-reporting") as pool:
        reader = KeyVault(pool, MasterKey(bytes(32)))
        assert (await reader.read([person]))[person] is not None
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await reader.ensure([uuid4()], NOW)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await reader.destroy([person], NOW)
