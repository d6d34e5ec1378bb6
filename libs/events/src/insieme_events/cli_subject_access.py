"""`insieme subject-access`: one document of what every service holds of a person (GDPR art. 15, 20).

Services do not call one another: this tool asks each of them, in the name of whoever runs it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import httpx
import orjson
import typer

PORTS = {"intake": 8001, "matching": 8002, "training": 8003, "funding": 8004, "governance": 8005, "reporting": 8006}
SECONDS = 30.0


class PartMissing(Exception):
    """A service gave no part: the document would not be whole. The sentence says which one and why."""


def address(service: str) -> str:
    """Where a service answers: INSIEME_<SERVICE>_URL, or its usual port on this machine."""
    port = os.environ.get(f"INSIEME_{service.upper()}_PORT", str(PORTS[service]))
    return os.environ.get(f"INSIEME_{service.upper()}_URL", f"http://127.0.0.1:{port}").rstrip("/")


def part(client: httpx.Client, service: str, person_id: UUID, asking: dict[str, str]) -> Any:
    """What one service holds; None where it knows nobody by this id. Raises PartMissing."""
    url = f"{address(service)}/v1/persons/{person_id}/data"
    try:
        answer = client.get(url, headers=asking)
    except httpx.TransportError as away:
        raise PartMissing(
            f"{service} does not answer at {address(service)} ({type(away).__name__}); is it running?"
        ) from away
    if answer.status_code == 404:
        # A service that has the route says in a problem that it knows nobody; one that has not cannot.
        if answer.headers.get("content-type", "").startswith("application/problem+json"):
            code = answer.json().get("code", "")
            if code.endswith(".person_unknown"):
                return None
        raise PartMissing(f"{service} has no route for a person's data at {url}: its part cannot be told")
    if answer.is_error:
        raise PartMissing(f"{service} answered {answer.status_code} at {url}: its part cannot be told")
    return answer.json()


def document(person_id: UUID, asking: dict[str, str]) -> dict[str, Any]:
    """The parts of all services under their names. Raises PartMissing with a sentence for each service without one."""
    found: dict[str, Any] = {}
    missing: list[str] = []
    with httpx.Client(timeout=SECONDS) as client:
        for service in PORTS:
            try:
                found[service] = part(client, service, person_id, asking)
            except PartMissing as why:
                missing.append(str(why))
    if missing:
        raise PartMissing("; ".join(missing))
    return {"person_id": str(person_id), "parts": found}


def subject_access(
    person: Annotated[UUID, typer.Argument(help="The person's id, as intake has it")],
    out: Annotated[Path | None, typer.Option(help="Where to write the document; else it is printed")] = None,
    party: Annotated[str, typer.Option(help="For which party you ask")] = "citta_metropolitana",
    role: Annotated[str, typer.Option(help="In which role you ask")] = "data_protection",
) -> None:
    """Ask every service what it holds of a person and make one document of it; fail if a single part is missing."""
    asking = {"X-Insieme-Party": party, "X-Insieme-Role": role, "X-Insieme-Purpose": "subject_access"}
    try:
        whole = document(person, asking)
    except PartMissing as why:
        typer.echo(f"insieme: no document was made, because parts are missing: {why}", err=True)
        sys.exit(1)
    text = orjson.dumps(whole, option=orjson.OPT_INDENT_2).decode()
    if out is None:
        typer.echo(text)
    else:
        out.write_text(text + "\n", encoding="utf-8")
        out.chmod(0o600)
