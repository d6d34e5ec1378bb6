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

PORTS = {"intake": 8001, "matching": 8002, "training": 8003, "funding": 8004, "reporting": 8006}
"""The services that hold something of persons of the programme. Governance knows parties and their offices only."""
SECONDS = 30.0


class NoDocument(Exception):
    """There is no whole document to hand over. The sentence says why."""


def address(service: str) -> str:
    """Where a service answers: INSIEME_<SERVICE>_URL, or its usual port on this machine."""
    port = os.environ.get(f"INSIEME_{service.upper()}_PORT", str(PORTS[service]))
    return os.environ.get(f"INSIEME_{service.upper()}_URL", f"http://127.0.0.1:{port}").rstrip("/")


def part(client: httpx.Client, service: str, person_id: UUID, asking: dict[str, str]) -> Any:
    """What one service holds; None where it knows nobody by this id. Raises NoDocument."""
    url = f"{address(service)}/v1/persons/{person_id}/data"
    try:
        answer = client.get(url, headers=asking)
    except httpx.TransportError as away:
        raise NoDocument(
            f"{service} does not answer at {address(service)} ({type(away).__name__}); is it running?"
        ) from away
    # A service that has the route says in a problem that it knows nobody; one that has not cannot.
    code = _code_of(answer)
    if code in ("intake.person_unknown", f"{service}.nothing_held"):
        return None
    if code == f"{service}.data_erased":
        raise NoDocument(f"{service} has erased this person")
    if answer.status_code == 404:
        raise NoDocument(f"{service} has no route for a person's data at {url}: its part cannot be told")
    if answer.is_error:
        raise NoDocument(f"{service} answered {answer.status_code} at {url}: its part cannot be told")
    return answer.json()


def _code_of(answer: httpx.Response) -> str | None:
    if not answer.headers.get("content-type", "").startswith("application/problem+json"):
        return None
    code: str | None = answer.json().get("code")
    return code


def document(person_id: UUID, asking: dict[str, str]) -> dict[str, Any]:
    """The parts of all services under their names; every service is asked for every id that intake knows of the person.

    A service answers for the ids that it has heard of: a merge may not have reached it. Raises NoDocument with a
    sentence for each service without a part.
    """
    with httpx.Client(timeout=SECONDS) as client:
        own = part(client, "intake", person_id, asking)
        if own is None:
            raise NoDocument(f"nobody is known in intake by the id {person_id}")
        found: dict[str, Any] = {"intake": own}
        missing: list[str] = []
        for service in [each for each in PORTS if each != "intake"]:
            try:
                found[service] = _of_all_ids(client, service, own["person_ids"], asking)
            except NoDocument as why:
                missing.append(str(why))
    if missing:
        raise NoDocument("parts are missing: " + "; ".join(missing))
    return {"person_id": str(person_id), "parts": found}


def _of_all_ids(client: httpx.Client, service: str, ids: list[str], asking: dict[str, str]) -> list[Any]:
    """One part, or one for each id that the service does not know to be the same person's; empty where it holds
    nothing."""
    parts: list[Any] = []
    for each in ids:
        if not any(each in one["person_ids"] for one in parts):
            told = part(client, service, UUID(each), asking)
            parts += [] if told is None else [told]
    return parts


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
    except NoDocument as why:
        typer.echo(f"insieme: no document was made: {why}", err=True)
        sys.exit(1)
    text = orjson.dumps(whole, option=orjson.OPT_INDENT_2).decode()
    if out is None:
        typer.echo(text)
    else:
        out.write_text(text + "\n", encoding="utf-8")
        out.chmod(0o600)
