"""`insieme projections`: versions of a projection, built, compared, promoted and retired; speaks HTTP to reporting."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from insieme_events.desk import CITY, OPERATOR, ask, desk_of, fail

projections = typer.Typer(no_args_is_help=True)
console = Console()

PATHS = "/v1/operations/projections"
PATIENCE = 600.0
"""Seconds that a comparison or a retirement of many millions of rows may take."""

Name = Annotated[str, typer.Argument(help="the projection")]
Version = Annotated[int, typer.Argument(help="its version", min=1)]
Party = Annotated[str, typer.Option(help="party for which you act")]
RoleOption = Annotated[str, typer.Option("--role", help="role in which you act")]


@projections.command("list")
def list_projections() -> None:
    """Every projection and the version of it that is read."""
    for one in _ask("GET", ""):
        numbers = ", ".join(f"{v['version']} ({v['state']})" for v in one["versions"])
        console.print(f"{one['projection']}: version {one['active']} is read; versions {numbers}", highlight=False)


@projections.command("status")
def status(name: Name = "facts") -> None:
    """Each version: its state, how far it is behind, what is parked, a rebuild's progress, the last comparison."""
    found = _ask("GET", f"/{name}")
    table = Table("version", "state", "read", "behind", "parked", "rebuild", "verified", title=f"Versions of {name}")
    for one in found["versions"]:
        table.add_row(
            str(one["version"]),
            one["state"],
            "yes" if one["active"] else "",
            _text(one["behind_active"]),
            _text(one["parked_streams"]),
            _progress(one["progress"]),
            _verified(one["verified"]),
        )
    console.print(table)
    if found["previous"] is not None:
        console.print(f"`insieme projections rollback {name}` would go back to version {found['previous']}.")


@projections.command("actions")
def actions(name: Name = "facts", limit: Annotated[int, typer.Option(min=1, max=200)] = 20) -> None:
    """Who did what, newest first."""
    table = Table("at", "version", "action", "outcome", "party", "role")
    for one in _ask("GET", f"/{name}/actions", limit=limit):
        actor = one["actor"]
        table.add_row(one["at"], str(one["version"]), one["action"], one["outcome"], actor["party"], actor["role"])
    console.print(table)


@projections.command("rebuild", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def rebuild(context: typer.Context, name: Name, version: Annotated[int, typer.Option(help="to build")]) -> None:
    """Build a version from the first offset, on a machine that reaches reporting's database, its keys and Kafka.

    Options behind are those of `insieme-reporting rebuild`: --processes, --again, --party, --role.
    """
    beside = Path(sys.argv[0]).with_name("insieme-reporting")
    program = str(beside) if beside.exists() else shutil.which("insieme-reporting")
    if program is None:
        fail("insieme-reporting is not installed here: rebuild where reporting is deployed")
    os.execv(program, [program, "rebuild", name, "--version", str(version), *context.args])  # noqa: S606 - its progress bar takes this terminal


@projections.command("verify")
def verify(
    name: Name,
    version: Version,
    against: Annotated[int | None, typer.Option(help="another version than the active one")] = None,
    party: Party = CITY,
    role: RoleOption = OPERATOR,
) -> None:
    """Compare a version with the active one at an equal cut; fails where they differ."""
    found = _ask("POST", f"/{name}/versions/{version}/verify", party, role, against=against)
    rows = sum(found["rows"].values())
    console.print(
        f"{rows:,} rows of {len(found['rows'])} tables against version {found['against']}; "
        f"{found['behind']:,} streams at a lower cut, {found['parked_streams']:,} parked and not compared, "
        f"{found['destroyed_keys']:,} destroyed keys count as unknown",
        highlight=False,
    )
    for declared in found["declared"]:
        console.print(f"declared: {declared}", highlight=False)
    for stream in found["parked"]:
        console.print(f"parked: {stream}", highlight=False)
    for one in found["differences"]:
        console.print(f"differs: {_difference(one)}", highlight=False)
    if not found["equal"]:
        fail(f"version {version} differs from version {found['against']}")
    console.print("equal")


@projections.command("promote")
def promote(name: Name, version: Version, party: Party = CITY, role: RoleOption = OPERATOR) -> None:
    """Read this version from now on."""
    _flipped(name, _ask("POST", f"/{name}/versions/{version}/promote", party, role))


@projections.command("rollback")
def rollback(name: Name, party: Party = CITY, role: RoleOption = OPERATOR) -> None:
    """Read the version before again."""
    _flipped(name, _ask("POST", f"/{name}/rollback", party, role))


@projections.command("retire")
def retire(name: Name, version: Version, party: Party = CITY, role: RoleOption = OPERATOR) -> None:
    """Let a version's rows, cursors and letters go."""
    _ask("POST", f"/{name}/versions/{version}/retire", party, role)
    console.print(f"{name}: version {version} is retired", highlight=False)


def _flipped(name: str, now: dict[str, Any]) -> None:
    console.print(f"{name}: version {now['active']} is read now, before it was version {now['previous']}")


def _text(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def _progress(found: dict[str, Any] | None) -> str:
    if found is None:
        return ""
    left = f", {found['seconds_left']:.0f} s left" if found["phase"] == "reading" and found["seconds_left"] else ""
    return f"{found['phase']}: {found['read']:,} of {found['total']:,}, {found['per_second']:,}/s{left}"


def _verified(found: dict[str, Any] | None) -> str:
    if found is None:
        return "no"
    return f"equal to {found['against']}" if found["equal"] else f"differs from {found['against']}"


def _difference(found: dict[str, Any]) -> str:
    where = f"{found['table']} {' '.join(found.get('key', []))}"
    event = f", sequence {found['sequence']}, event {found['event_id']}" if "event_id" in found else ""
    what = f"only in {found['only_in']}" if "only_in" in found else ", ".join(found["columns"])
    return f"{where}{event}: {what}"


def _ask(method: str, path: str, party: str = CITY, role: str = OPERATOR, **query: int | None) -> Any:
    desk = replace(desk_of("reporting", None, party, role), patience=PATIENCE)
    return ask(desk, method, f"{PATHS}{path}", params={name: n for name, n in query.items() if n is not None})
