"""`insieme-reporting rebuild`: a version of the facts made anew; `insieme projections rebuild` starts this program."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated, NoReturn

import psycopg
import typer
from confluent_kafka import KafkaException
from pydantic import ValidationError

from insieme_events.contracts import Actor
from insieme_events.cursors import CursorError
from insieme_events.projection_versions import Superseded
from insieme_events.rebuild_processes import RebuildFailed
from insieme_events.rebuild_progress import shown
from insieme_events.rebuild_reader import Surroundings
from insieme_events.rebuilding import Rebuild, RebuildRefused
from insieme_events.topics import TopicError
from insieme_events.vault import KeysUnavailable
from insieme_reporting import versions
from insieme_reporting.settings import ReportingSettings

OURS = (RebuildRefused, RebuildFailed, CursorError, TopicError, KeysUnavailable, Superseded)
"""Errors whose sentence says what to do."""


def rebuild(
    projection: Annotated[str, typer.Argument(help="facts")],
    version: Annotated[int, typer.Option(help="the version to build")],
    processes: Annotated[int, typer.Option(min=1, max=64, help="processes that read partitions side by side")] = 2,
    again: Annotated[bool, typer.Option("--again", help="make it anew although it is built already")] = False,
    by_subscription: Annotated[
        bool, typer.Option("--by-subscription", help="make empty tables; its subscription reads everything, slowly")
    ] = False,
    party: Annotated[str, typer.Option(help="party of the one who asks")] = "citta_metropolitana",
    role: Annotated[str, typer.Option(help="role of the one who asks")] = "operator",
) -> None:
    """Build a version of the facts from the first offset, beside the one that is read."""
    definition = versions.definitions().get(version)
    if projection != versions.PROJECTION or definition is None:
        known = ", ".join(map(str, versions.definitions()))
        _fail(f"this build has no version {version} of {projection}; it has facts {known} [projections.unknown]")
    try:
        settings = ReportingSettings()
    except ValidationError as invalid:
        _fail("settings are missing or wrong: " + ", ".join(str(error["loc"][0]) for error in invalid.errors()))
    surroundings = Surroundings(
        settings.kafka_bootstrap_servers,
        settings.topic_prefix,
        settings.database_url,
        settings.database_url_keys,
        settings.master_key_text,
    )
    actor = Actor(party=party, role=role, purpose="operations")
    with shown(f"{projection} {version}") as tell:
        try:
            done = asyncio.run(Rebuild(definition, surroundings, actor, processes, again, by_subscription, tell).run())
        except OURS as known_error:
            _fail(str(known_error))
        except (psycopg.OperationalError, KafkaException) as away:
            _fail(
                f"projections.failed: {type(away).__name__}; the version stays `building`. "
                "Start the rebuild again once Kafka and PostgreSQL are well."
            )
    if by_subscription:
        typer.echo(f"{projection} {version}: its subscription reads everything now; `projections status` shows how far")
        return
    typer.echo(
        f"{projection} {version}: {done.handled:,} events in {done.seconds:.1f} s "
        f"({done.handled / done.seconds:,.0f} events/s), {done.ignored:,} came twice, "
        f"{done.deferred_streams:,} streams set aside, {done.erased:,} erased; "
        f"longest transaction {1000 * done.longest:.0f} ms. It catches up now; verify it next."
    )


def _fail(sentence: str) -> NoReturn:
    typer.echo(f"insieme: {sentence}", err=True)
    sys.exit(1)
