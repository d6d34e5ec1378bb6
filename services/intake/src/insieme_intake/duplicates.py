"""Who may be one person under two ids (P25): found by names and dates of birth that are alike.

The codice fiscale alone does not find everybody: a provisional code, a misspelled name or an interchanged date leaves
a person with two ids. Nothing is merged here: the pairs are ids for somebody who looks at both. A pair that was told
apart does not come back, unless a name or a date of birth of the two became another one.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import combinations
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel
from rapidfuzz import fuzz

from insieme_events import reading
from insieme_events.contracts.intake_persons import DismissReason
from insieme_events.store import Connection
from insieme_events.vault import KeyVault, MasterKey
from insieme_intake import vault, views
from insieme_intake.vault import Identity

Birth = Literal["same", "interchanged", "close"]


PURPOSE = "compared"


class Dismissal(BaseModel):
    """Who told the two apart, when and why. `stands`: nothing that was compared has changed since."""

    reason: DismissReason
    on: date
    party: str
    role: str
    stands: bool


class Suggestion(BaseModel):
    """`likeness` of the names in per cent; `birth`: what makes the dates of birth alike. No name and no date."""

    person_id: UUID
    other_id: UUID
    likeness: int
    birth: Birth
    dismissed: Dismissal | None = None


APART = sa.select(views.TOLD_APART)


async def suggested(
    pool: AsyncConnectionPool[Connection],
    keys: KeyVault,
    master: MasterKey,
    likeness: int,
    limit: int,
    *,
    dismissed: bool,
) -> list[Suggestion]:
    """The likeliest pairs of persons whose ids are both in use: those to be looked at, or with `dismissed` those whose
    dismissal stands. Thousands of names take a while: on another thread.
    """
    async with pool.connection() as connection:
        everybody = await vault.identities(connection, keys)
        compared = await vault.compared(connection)
        apart = {(row["person_id"], row["other_id"]): row for row in await reading.rows(connection, APART)}
    alike = await asyncio.to_thread(lambda: list(pairs(everybody, likeness)))
    found = []
    for pair in alike:
        ids = pair.person_id, pair.other_id
        if (row := apart.get(ids)) is not None:
            now = seen(master, everybody[ids[0]], everybody[ids[1]])
            pair.dismissed = Dismissal(
                reason=row["reason"],
                on=row["dismissed_on"],
                party=row["party"],
                role=row["role"],
                stands=compared.get(ids) == now,
            )
        if (pair.dismissed is not None and pair.dismissed.stands) is dismissed:
            found.append(pair)
    return sorted(found, key=lambda pair: (-pair.likeness, pair.birth != "same", pair.person_id))[:limit]


def pairs(everybody: Mapping[UUID, Identity], likeness: int) -> Iterator[Suggestion]:
    """Compared are only those who share a part of the date of birth: else every pair would be looked at."""
    blocks: dict[tuple[str, int, int], set[UUID]] = defaultdict(set)
    for person_id, identity in everybody.items():
        born = identity.birth_date
        blocks["month", born.year, born.month].add(person_id)
        blocks["day", born.year, born.day].add(person_id)
        blocks["swapped", born.year, min(born.day, born.month) * 100 + max(born.day, born.month)].add(person_id)
        blocks["year", born.month, born.day].add(person_id)
    names = {person_id: plain(f"{one.last_name} {one.first_name}") for person_id, one in everybody.items()}
    looked: set[tuple[UUID, UUID]] = set()
    for block in blocks.values():
        for one, other in combinations(sorted(block), 2):
            if (one, other) in looked:
                continue
            looked.add((one, other))
            alike = birth_alike(everybody[one].birth_date, everybody[other].birth_date)
            found = round(fuzz.token_sort_ratio(names[one], names[other]))
            if alike is not None and found >= likeness:
                yield Suggestion(person_id=one, other_id=other, likeness=found, birth=alike)


def seen(master: MasterKey, one: Identity, other: Identity) -> bytes:
    """A keyed hash of what is compared of two identities, that of the lesser id first."""
    parts = [f"{plain(each.last_name)}/{plain(each.first_name)}/{each.birth_date}" for each in (one, other)]
    return master.keyed_hash(PURPOSE, "\n".join(parts).encode())


def plain(name: str) -> str:
    """A name without accents, apostrophes and capitals."""
    bare = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter if letter.isalnum() else " " for letter in bare if not unicodedata.combining(letter))


def birth_alike(one: date, other: date) -> Birth | None:
    """The same day; day and month interchanged; or one of day, month and year another one."""
    if one == other:
        return "same"
    if (one.year, one.day, one.month) == (other.year, other.month, other.day):
        return "interchanged"
    same = (one.year == other.year) + (one.month == other.month) + (one.day == other.day)
    return "close" if same == 2 else None
