"""How the command line speaks to a service: where it answers, for whom it asks, how a refusal is told."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, NoReturn

import httpx
import typer
from dotenv import dotenv_values

from insieme_events.settings import RoadSettings

PORTS = {"intake": 8001, "matching": 8002, "training": 8003, "funding": 8004, "governance": 8005, "reporting": 8006}
CITY, OPERATOR = "citta_metropolitana", "operator"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the service answers, the actor of every request, and the seconds that an answer may take."""

    base: str
    actor: dict[str, str]
    patience: float = 30.0


def desk_of(service: str, url: str | None, party: str = CITY, role: str = OPERATOR) -> Desk:
    actor = {"X-Insieme-Party": party, "X-Insieme-Role": role, "X-Insieme-Purpose": "operations"}
    return Desk(url or address(service), actor)


def address(service: str) -> str:
    """Where a service answers: `INSIEME_<NAME>_URL` or `_PORT` of the environment or its file, else its own port."""
    file = RoadSettings.model_config.get("env_file")
    told = {**dotenv_values(file if isinstance(file, str) else None), **os.environ}
    name = service.upper()
    if url := told.get(f"INSIEME_{name}_URL"):
        return url
    port = told.get(f"INSIEME_{name}_PORT") or PORTS.get(service)
    if port is None:
        fail(f"nobody knows where {service} answers: set INSIEME_{name}_URL, or give --url")
    return f"http://127.0.0.1:{port}"


def ask(desk: Desk, method: str, path: str, body: Any = None, params: dict[str, Any] | None = None) -> Any:
    return send(desk, method, path, body, params).json()


def send(desk: Desk, method: str, path: str, body: Any = None, params: dict[str, Any] | None = None) -> httpx.Response:
    """Ends the command with the problem's sentence and code where the service refuses or does not answer."""
    try:
        answer = httpx.request(
            method, desk.base + path, headers=desk.actor, json=body, params=params, timeout=desk.patience
        )
    except httpx.TransportError as away:
        fail(f"the service does not answer at {desk.base} ({type(away).__name__})")
    if answer.is_error:
        problem = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        fail(f"{problem.get('detail', answer.text)} [{problem.get('code', answer.status_code)}]")
    return answer


def fail(sentence: str) -> NoReturn:
    typer.echo(f"insieme: {sentence}", err=True)
    raise typer.Exit(1)
