"""`insieme`: one command line; services, and parts that load much, bring theirs by the group `insieme.commands`."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points
from typing import Annotated

import typer
from confluent_kafka import KafkaException

from insieme_events import schemas as json_schemas
from insieme_events import topics as kafka_topics
from insieme_events.cli_deadletters import deadletters
from insieme_events.cli_due import due
from insieme_events.cli_metrics import metrics
from insieme_events.cli_projections import projections
from insieme_events.cli_store import store
from insieme_events.cli_subject_access import subject_access
from insieme_events.settings import RoadSettings

app = typer.Typer(no_args_is_help=True, help="Insieme per il lavoro: the platform's command line.")
topics = typer.Typer(no_args_is_help=True, help="Topics, as the catalogue declares them.")
schemas = typer.Typer(no_args_is_help=True, help="JSON Schemas of the published contracts.")
app.add_typer(topics, name="topics")
app.add_typer(schemas, name="schemas")
app.add_typer(store, name="store")
app.add_typer(metrics, name="metrics")
app.add_typer(deadletters, name="deadletters")
app.add_typer(projections, name="projections")
app.command("subject-access")(subject_access)
app.command("due")(due)


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


def _fail(sentence: str) -> None:
    typer.echo(f"insieme: {sentence}", err=True)
    sys.exit(1)


def main() -> None:
    # The road's own commands start without importing every service.
    own = {group.name for group in app.registered_groups} | {command.name for command in app.registered_commands}
    if len(sys.argv) < 2 or sys.argv[1] not in own:
        for point in entry_points(group="insieme.commands"):
            app.add_typer(point.load(), name=point.name)
    app()
