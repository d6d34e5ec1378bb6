"""Alembic, run from code: the road's own version location beside the service's."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

ROAD = Path(str(files("insieme_events") / "migrations"))
LOCK = 4_711_001


def upgrade(url: str, role: str, locations: Sequence[Path]) -> None:
    """Brings a database to the newest version of every location; `role` is the service's login role.

    Runs as the owner of the database. Two at once wait for one another.
    """
    engine = sa.create_engine(sqlalchemy_url(url), poolclass=sa.NullPool)
    config = Config()
    config.set_main_option("script_location", str(ROAD))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(str(place) for place in locations))
    with engine.connect() as connection:
        connection.execute(sa.text("select pg_advisory_lock(:lock)"), {"lock": LOCK})
        connection.commit()
        config.attributes.update(connection=connection, role=role)
        try:
            command.upgrade(config, "heads")
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(sa.text("select pg_advisory_unlock(:lock)"), {"lock": LOCK})
            connection.commit()


def upgrade_service(url: str, role: str, own: Path | None) -> None:
    """The database of a service: the road's tables, then the service's own."""
    upgrade(url, role, [ROAD / "versions", *([own] if own else [])])


def upgrade_keys(url: str) -> None:
    upgrade(url, "keys_manage", [ROAD / "keys"])


def sqlalchemy_url(url: str) -> str:
    """`postgresql://…` of libpq as SQLAlchemy's name of the psycopg dialect."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
