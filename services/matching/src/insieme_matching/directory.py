"""The directory of companies: name and partita IVA, which no event carries.

The partita IVA makes a company unique: a second registration of the same one is refused, also when two arrive at once.
"""

from __future__ import annotations

import re
from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
from psycopg.errors import UniqueViolation
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from insieme_events.decider import RefusalKind, Refused
from insieme_events.problems import ProblemError, RefusedValue
from insieme_events.store import Connection
from insieme_events.units import Write

PARTITA_IVA_WRONG = Refused(
    code="matching.partita_iva_wrong",
    sentence="This is no partita IVA: it has eleven digits and the last one checks the others. Correct it.",
    clause="P21",
    kind=RefusalKind.INVALID,
)
PARTITA_IVA_TAKEN = Refused(
    code="matching.partita_iva_taken",
    sentence="A company with this partita IVA is registered already: look it up instead of registering it again.",
    clause="P21",
)
UNIQUE = {"directory_partita_iva": PARTITA_IVA_TAKEN}

COMPANIES = sa.Table(
    "companies",
    sa.MetaData(schema="directory"),
    sa.Column("company_id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("partita_iva", sa.Text, nullable=False),
)

PUT = """
insert into directory.companies (company_id, name, partita_iva) values (%s, %s, %s)
on conflict (company_id) do update set name = excluded.name, partita_iva = excluded.partita_iva
"""


def check_digit_fits(digits: str) -> bool:
    """Whether eleven digits are a partita IVA: doubled even places less nine above nine, total a multiple of ten."""
    if re.fullmatch(r"[0-9]{11}", digits) is None:
        return False
    odd, even = digits[0::2], digits[1::2]
    doubled = sum(2 * int(digit) - (9 if int(digit) > 4 else 0) for digit in even)
    return (sum(map(int, odd)) + doubled) % 10 == 0


def _checked(value: str) -> str:
    digits = value.strip().upper().removeprefix("IT").replace(" ", "")
    if not check_digit_fits(digits):
        raise RefusedValue(PARTITA_IVA_WRONG)
    return digits


PartitaIva = Annotated[str, Field(max_length=20), AfterValidator(_checked)]
"""Eleven digits with a right check digit; `IT` before them and spaces are taken off."""


class DirectoryEntry(BaseModel):
    """Who a company is; stays in matching's directory."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "Officine Esempio", "partita_iva": "01234567897"}]}
    )

    name: Annotated[str, Field(min_length=1, max_length=200)]
    partita_iva: PartitaIva


def put(company_id: UUID, entry: DirectoryEntry) -> Write:
    """Writes the entry beside the append of a unit."""

    async def write(connection: Connection) -> None:
        await connection.execute(PUT, (company_id, entry.name, entry.partita_iva))

    return write


async def correct(connection: Connection, company_id: UUID, entry: DirectoryEntry) -> None:
    """Puts the entry on an open transaction. Raises ProblemError where another company has the partita IVA."""
    try:
        async with connection.transaction():
            await connection.execute(PUT, (company_id, entry.name, entry.partita_iva))
    except UniqueViolation as clash:
        raise ProblemError(PARTITA_IVA_TAKEN) from clash
