"""`insieme topics` and `insieme schemas`: what the catalogue declares, in Kafka and as files."""

from __future__ import annotations

import sys
from typing import Annotated, NoReturn

import typer
from confluent_kafka import KafkaException

from insieme_events import schemas as json_schemas
from insieme_events import topics as kafka_topics
from insieme_events.settings import RoadSettings

topics = typer.Typer(no_args_is_help=True)
schemas = typer.Typer(no_args_is_help=True)


@topics.command("apply")
def apply_topics() -> None:
    """Make the topics that are missing; refuse where one has other partitions."""
    settings = RoadSettings()
    try:
        made = kafka_topics.apply(settings.kafka_bootstrap_servers, settings.topic_prefix)
    except kafka_topics.TopicError as wrong:
        _fail(str(wrong))
    except KafkaException as away:
        _fail(f"Kafka at {settings.kafka_bootstrap_servers} does not answer ({away.args[0].name()}); is it running?")
    typer.echo(f"topics: {len(made)} made" if made else "topics: all there")


@topics.command("delete")
def delete_topic(
    name: str,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete one topic of the catalogue, so that it is made anew: only as a page of docs/operations says it."""
    settings = RoadSettings()
    if not yes:
        typer.confirm(f"Delete {name} at {settings.kafka_bootstrap_servers} with all its records?", abort=True)
    try:
        kafka_topics.delete(settings.kafka_bootstrap_servers, settings.topic_prefix, name)
    except kafka_topics.TopicError as wrong:
        _fail(str(wrong))
    except KafkaException as away:
        _fail(f"Kafka at {settings.kafka_bootstrap_servers} refuses ({away.args[0].name()}); is it running?")
    typer.echo(f"topics: {name} is deleted; `insieme topics apply` makes it anew")


@schemas.command("write")
def write_schemas() -> None:
    """Write the schemas of contracts that changed."""
    changed = json_schemas.write()
    typer.echo("\n".join(changed) or "schemas: nothing changed")


@schemas.command("check")
def check_schemas() -> None:
    """Fail where the committed schemas differ from the contracts."""
    changed = json_schemas.drift()
    if changed:
        _fail("schemas differ from the contracts, run `insieme schemas write`: " + ", ".join(changed))


def _fail(sentence: str) -> NoReturn:
    typer.echo(f"insieme: {sentence}", err=True)
    sys.exit(1)
