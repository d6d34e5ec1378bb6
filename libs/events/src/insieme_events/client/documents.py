"""The OpenAPI document of a service, as it was answered; kept for a while, because a shell asks for it at every Tab."""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any

import httpx
import typer

from insieme_events.desk import fail

PATH = "/openapi.json"
FRESH_SECONDS = 60.0
"""So long a document is used without asking again: a new release is known a minute later."""
PATIENCE_SECONDS = 10.0


def document(base: str) -> dict[str, Any]:
    """Ends the command where the service never answered and does not now; says so where an older document is used."""
    kept = cache_of(base)
    held = _read(kept)
    if held is not None and time.time() - kept.stat().st_mtime < FRESH_SECONDS:
        return held
    try:
        answer = httpx.get(base + PATH, timeout=PATIENCE_SECONDS)
        answer.raise_for_status()
        found = answer.json()
        if not isinstance(found, dict) or "paths" not in found:
            raise ValueError("no OpenAPI document")
    except (httpx.HTTPError, ValueError) as wrong:
        if held is None:
            fail(f"the service does not say at {base}{PATH} what it can do ({type(wrong).__name__}); is it running?")
        typer.echo(f"insieme: {base} does not answer; this is what it could do when it last did", err=True)
        return held
    _keep(kept, found)
    return found


def cache_of(base: str) -> Path:
    """Where the document of this address is kept: `$XDG_CACHE_HOME/insieme`, else `~/.cache/insieme`."""
    above = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return above / "insieme" / f"{hashlib.sha256(base.encode()).hexdigest()[:16]}.json"


def _read(path: Path) -> dict[str, Any] | None:
    try:
        held = json.loads(path.read_text())
    except (OSError, ValueError):
        return None  # Not there, or cut short: it is asked for anew.
    return held if isinstance(held, dict) and "paths" in held else None


def _keep(path: Path, found: dict[str, Any]) -> None:
    """Whole or not at all: two shells may write at once. Without a place to keep it, it is asked for each time."""
    new = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(json.dumps(found))
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
