"""`insieme`: one command line. What a word stands for is loaded when it is asked for: a shell asks at every Tab.

Services bring commands of their own by the entry point group `insieme.commands`.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

SERVICES = ("intake", "matching", "training", "funding", "governance", "reporting")

GROUPS = {
    "topics": ("insieme_events.cli_contracts", "Topics, as the catalogue declares them."),
    "schemas": ("insieme_events.cli_contracts", "JSON Schemas of the published contracts."),
    "store": ("insieme_events.cli_store", "The event store of a service, after it was restored."),
    "metrics": ("insieme_events.cli_metrics", "The page of metrics, as they are declared."),
    "deadletters": ("insieme_events.cli_deadletters", "Parked events: look, retry, skip, edit, export."),
    "projections": ("insieme_events.cli_projections", "Versions of the facts: rebuild, verify, promote, go back."),
    "import": ("insieme_events.cli_import", "Files of rows: CSV and XLSX, with a verdict for every row."),
}
"""Groups of commands: the module that has them by this name (`importing` for `import`), and what they are for."""
SINGLE = {
    "subject-access": ("insieme_events.cli_subject_access", "One document of what every service holds of a person."),
    "due": ("insieme_events.cli_due", "The steps that are due by a day and not done, in their order; writes nothing."),
}
"""Single commands: the module that has them as a function, and what they do."""


class Root(TyperGroup):
    """Names and help of everything; the command itself once it is the one that is asked for."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and (load := LOADERS.get(args[0])):
            self.commands[args[0]] = load()
        return super().resolve_command(ctx, args)


def _group(name: str) -> TyperGroup:
    module, about = GROUPS[name]
    found = get_group(getattr(import_module(module), "importing" if name == "import" else name))
    found.name, found.help = name, about
    return found


def _single(name: str) -> Any:
    alone = typer.Typer(add_completion=False)
    alone.command(name)(getattr(import_module(SINGLE[name][0]), name.replace("-", "_")))
    return get_command(alone)


def _brought(point: EntryPoint) -> TyperGroup:
    found = get_group(point.load())
    found.name = point.name
    return found


def _service(name: str) -> TyperGroup:
    from insieme_events.client.commands import group_of

    found = get_group(group_of(name))
    found.name = name
    return found


BROUGHT = {point.name: point for point in entry_points(group="insieme.commands")}

LOADERS: dict[str, Callable[[], Any]] = {
    **{name: lambda name=name: _group(name) for name in GROUPS},  # type: ignore[misc]
    **{name: lambda name=name: _single(name) for name in SINGLE},  # type: ignore[misc]
    **{name: lambda name=name: _brought(BROUGHT[name]) for name in BROUGHT},  # type: ignore[misc]
    **{name: lambda name=name: _service(name) for name in SERVICES},  # type: ignore[misc]
}

app = typer.Typer(cls=Root, no_args_is_help=True, help="Insieme per il lavoro: the platform's command line.")


def _stand_in() -> None:
    """What help and completion name; `Root` puts the command in its place."""


for _name, (_, _about) in {**GROUPS, **SINGLE}.items():
    app.command(_name, help=_about)(_stand_in)
for _point in BROUGHT.values():
    _from = _point.dist.metadata["Summary"] if _point.dist is not None else _point.module
    app.command(_point.name, help=f"From: {_from}.")(_stand_in)
for _name in SERVICES:
    _about = f"Everything that {_name} can be asked, as its API says it."
    app.command(_name, help=_about, rich_help_panel="Services")(_stand_in)


def main() -> None:
    app()
