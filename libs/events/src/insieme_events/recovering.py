"""`insieme-<name> refill|recover-position|read-again`: Kafka put right again from the service's own database.

They are commands of the service's program and not of its HTTP, because the service does not run in these cases.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, NoReturn

import psycopg
import typer
from aiokafka.errors import KafkaError
from confluent_kafka import KafkaException

from insieme_events import cursors, topics
from insieme_events.comparing import Comparison
from insieme_events.connecting import session
from insieme_events.position import RelayError, Standing
from insieme_events.refill import Refill, refuse_behind_a_hole
from insieme_events.settings import ServiceSettings
from insieme_events.topics import TopicError

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]

AWAY = (psycopg.OperationalError, KafkaError, KafkaException, OSError)


class NoSuchSubscription(Exception):
    """`events.no_such_subscription`: no cursor has that name here."""


def add_refill(app: typer.Typer, context: str, settings: Callable[[], ServiceSettings]) -> None:
    """The commands of a service that publishes."""

    @app.command("refill", help="Send again what the store has and the topics lack, and write the relay's position.")
    def refill(dry_run: DryRun = False) -> None:
        made = Refill.of_service(context, settings())
        found = _run(made.compare() if dry_run else made.refill(_progress()))
        _tell(found)
        done = "would be sent" if dry_run else "sent"
        typer.echo(f"{found.missing.total()} records {done}; {_position(found.end)}")

    @app.command("recover-position", help="Find in the topics up to where the relay has sent, and write it down.")
    def recover_position(dry_run: DryRun = False) -> None:
        made = Refill.of_service(context, settings())
        found = _run(_compared(made) if dry_run else made.recover_position())
        _tell(found)
        typer.echo(f"{_position(found.whole)}, {'not written' if dry_run else 'written'}")


def add_read_again(app: typer.Typer, settings: Callable[[], ServiceSettings]) -> None:
    """The command of every service: each may have subscriptions."""

    @app.command("read-again", help="Let a subscription read its topics from their first records.")
    def read_again(subscription: str, dry_run: DryRun = False) -> None:
        told = settings()
        found = _run(_read_again(told.database_url, told.kafka_bootstrap_servers, subscription, dry_run))
        for name, facts in found.items():
            typer.echo(f"{subscription}: {name}, {len(facts.ends)} partitions, from the first record")
        typer.echo(
            "nothing written" if dry_run else "written: what was handled before is ignored when it is read again"
        )


async def _read_again(url: str, bootstrap: str, subscription: str, dry_run: bool) -> dict[str, topics.TopicFacts]:
    async with await session(url, "insieme-read-again") as connection, connection.transaction():
        known = await cursors.standing(connection, subscription)
        if not known:
            others = ", ".join(await cursors.subscriptions(connection)) or "none"
            raise NoSuchSubscription(
                f"events.no_such_subscription: {subscription} has no cursor here; those that have: {others}"
            )
        found = await asyncio.to_thread(topics.describe, bootstrap, sorted({topic for topic, _ in known}))
        if not dry_run:
            await cursors.read_again(connection, subscription, found)
        return found


async def _compared(made: Refill) -> Comparison:
    found = await made.compare()
    refuse_behind_a_hole(found)
    return found


def _tell(found: Comparison) -> None:
    typer.echo(f"{found.names.context}: {found.stored} events in the store")
    for name in found.names.of_events:
        typer.echo(f"{name} lacks {found.missing[name]}")


def _position(standing: Standing) -> str:
    if standing.event_id is None:
        return "the position is the start"
    at = standing.position
    return f"the position is {at.epoch}/{at.transaction_id}/{at.position}, event {standing.event_id}"


def _progress() -> Callable[[int], None]:
    """A line of progress every few seconds, with the rate."""
    began = last = time.monotonic()
    passed = 0

    def told(count: int) -> None:
        nonlocal last, passed
        passed += count
        if time.monotonic() - last > 5:
            last = time.monotonic()
            typer.echo(f"{passed} events of the store gone through, {passed / (last - began):.0f} a second")

    return told


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    try:
        return asyncio.run(work)
    except (RelayError, TopicError, NoSuchSubscription) as refused:
        _fail(str(refused))
    except AWAY as away:
        _fail(f"a server does not answer ({type(away).__name__}): are Kafka and PostgreSQL running?")


def _fail(sentence: str) -> NoReturn:
    typer.echo(f"insieme: {sentence}", err=True)
    raise typer.Exit(1)
