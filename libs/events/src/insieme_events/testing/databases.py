"""A service's database as a test wants it: migrated, and knowing an agreement without governance."""

from __future__ import annotations

from pathlib import Path

import psycopg

from insieme_events import migrate
from insieme_events.parameters import AGREEMENT, LIMITS, PUT
from insieme_events.testing.agreements import published, published_limits


def upgraded(url: str, role: str, own: Path | None) -> None:
    """Migrates the database as its owner, and enters the versions that tests decide by."""
    migrate.upgrade_service(url, role, own)
    rows = [(AGREEMENT, one.version, one.valid_from, one.model_dump_json()) for one in published()]
    rows += [(LIMITS, one.version, one.valid_from, one.model_dump_json()) for one in published_limits()]
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.executemany(PUT, rows)
