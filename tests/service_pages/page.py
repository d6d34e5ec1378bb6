"""docs/services/<service>.md: below the mark all follows from the code; above it somebody wrote what it is for."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from tests.service_pages import diagrams, figures
from tests.service_pages.telling import cell, clauses_of, code, first_sentence, linked
from tests.transitions.record import recorded
from tests.transitions.services import definition

from insieme_events import refusals
from insieme_events.catalogue import CONTRACTS, Contract, party_topic, restricted_topic
from insieme_events.decider import Refused
from insieme_events.settings import RoadSettings

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "services"
MARK = "<!-- From here on written by `make docs`; do not edit. -->"
OF_VIEWS = re.compile(r"^\w+\.views(\.|$)")
OF_REACTIONS = re.compile(r"^\w+\.(reactions(\.|$)|\w+_reaction$|erasure$|forgetting$)")
PREFIX = str(RoadSettings.model_fields["topic_prefix"].default)


def page_of(service: str) -> Path:
    return FOLDER / f"{service}.md"


def whole(text: str, written: str) -> str:
    """The page with its part by hand as it is. Raises ValueError where the mark is missing."""
    by_hand, mark, _ = text.partition(MARK)
    if not mark:
        raise ValueError(f"pages.mark: a page of docs/services lacks the line {MARK}")
    return f"{by_hand}{MARK}\n\n{written}"


def generated(service: str) -> str:
    parts = (aggregates, events, commands, reads, figures.of_service, modules, clauses, refused)
    return "\n".join(line for part in parts for line in part(service)).rstrip() + "\n"


def aggregates(service: str) -> Iterator[str]:
    written = list(diagrams.of_service(service))
    yield "## Aggregates\n"
    if not written:
        yield "None with states of its own: it tells only that it has answered an erasure.\n"
        return
    yield "An arrow is an event; a test of the aggregate shows each ([the record](../../tests/transitions/record)).\n"
    yield from written


def events(service: str) -> Iterator[str]:
    """The contracts that the service publishes."""
    of: dict[str, set[str]] = {}
    for one in recorded():
        if one.service == service:
            of.setdefault(one.event, set()).add(one.aggregate)
    yield "## Events\n"
    yield f"All on `{restricted_topic(PREFIX, service)}`, complete; those with a reduced form also on"
    yield f"`{party_topic(PREFIX, service)}`, with these fields and what every event has.\n"
    yield "| event | aggregate | reduced form | sealed fields | clauses | what it says |"
    yield "|---|---|---|---|---|---|"
    for contract in CONTRACTS:
        if contract.event.context == service:
            yield _event(contract, sorted(of.get(contract.name, ())))
    yield ""


def _event(contract: Contract, aggregates: Iterable[str]) -> str:
    event = contract.event
    own = vars(event).get("__doc__")
    fields = contract.reduced
    return _row(
        code(contract.name),
        ", ".join(map(code, aggregates)),
        "no" if fields is None else ", ".join(map(code, fields)),
        ", ".join(map(code, event.sealed_fields())),
        clauses_of(own),
        first_sentence(event),
    )


def commands(service: str) -> Iterator[str]:
    yield "## Commands\n"
    yield "Each may also be refused as every request may ([how to read a refusal](../refusals.md#how-to-read-one)).\n"
    for method, path, endpoint, body in routes(service):
        if method != "GET":
            asked = f" with {code(body)}" if body else ""
            yield f"- **{code(f'{method} {path}')}**{asked}: {first_sentence(endpoint)}"
            if codes := sorted({one.code for one in _refusals_of(endpoint)}):
                yield f"  Refused: {', '.join(f'[{_short(one)}](#{_anchor(one)})' for one in codes)}."
    yield ""


def reads(service: str) -> Iterator[str]:
    yield "## Reads\n"
    yield "| read | clauses | what it answers |"
    yield "|---|---|---|"
    for method, path, endpoint, _ in routes(service):
        if method == "GET":
            yield _row(code(path), clauses_of(endpoint.__doc__), first_sentence(endpoint))
    yield ""


def modules(service: str) -> Iterator[str]:
    """What it keeps to read from, what it does because another service told something, and what because of a day."""
    for title, kind in (("Views", OF_VIEWS), ("Reactions", OF_REACTIONS)):
        found = [(name, text) for name in _modules(service) if kind.search(name) and (text := _told(name))]
        if found:
            yield f"## {title}\n"
            yield from (f"- {code(name.partition('.')[2])}: {text}" for name, text in found)
            yield ""
    if timers := definition(service).timers:
        yield "## Timers\n"
        yield from (
            f"- {code(one.name)}: {first_sentence(one.due) or first_sentence(_module(one.due))}" for one in timers
        )
        yield ""


def clauses(service: str) -> Iterator[str]:
    """Every clause that its events, commands, reads and refusals name."""
    texts = [inspect.getdoc(one.event) for one in CONTRACTS if one.event.context == service]
    texts += [endpoint.__doc__ for _, _, endpoint, _ in routes(service)]
    named = {one.clause for one in _refusals(service) if one.clause}
    linked_of = clauses_of(*texts, *named, *figures.clauses(service))
    yield "## Clauses\n"
    yield f"{linked_of}\n"


def refused(service: str) -> Iterator[str]:
    """A code with several sentences has a row for each."""
    yield "## Refusals\n"
    yield "| code | clause | sentence |"
    yield "|---|---|---|"
    anchored: set[str] = set()
    for one in _refusals(service):
        target = "" if one.code in anchored else f'<a id="{_anchor(one.code)}"></a>'
        anchored.add(one.code)
        yield _row(f"{target}{code(one.code)}", linked(one.clause) if one.clause else "", one.sentence)
    yield ""


def _refusals(service: str) -> list[Refused]:
    found = {one for _, _, endpoint, _ in routes(service) for one in _refusals_of(endpoint)}
    return sorted(found, key=lambda one: (one.code, one.sentence, one.clause or ""))


@cache
def _refusals_of(endpoint: Any) -> frozenset[Refused]:
    return refusals.of_endpoint(endpoint)


@cache
def routes(service: str) -> tuple[tuple[str, str, Any, str], ...]:
    """Method, path, function and body of every route of its own, in the order of declaration."""
    app = FastAPI()
    for router in definition(service).routers:
        app.include_router(router)
    return tuple(
        (method, str(getattr(route, "path_format", "")), route.endpoint, _body(getattr(route, "body_field", None)))
        for route in iter_route_contexts(app.routes)
        if str(getattr(route, "path_format", "")).startswith("/v1/")
        for method in sorted(getattr(route, "methods", None) or ())
        if method != "HEAD"
    )


def _body(field: Any) -> str:
    kind = getattr(getattr(field, "field_info", None), "annotation", None)
    return kind.__name__ if isinstance(kind, type) else ""


def _modules(service: str) -> Iterable[str]:
    package = importlib.import_module(f"insieme_{service}")
    found = (one.name for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}."))
    return sorted(
        name for name in found if "migrations" not in name and "testing" not in name and not name.endswith(".app")
    )


def _told(name: str) -> str:
    return first_sentence(importlib.import_module(name))


def _module(function: Any) -> Any:
    return importlib.import_module(function.__module__)


def _short(refusal: str) -> str:
    return refusal.partition(".")[2]


def _anchor(refusal: str) -> str:
    return refusal.replace(".", "-")


def _row(*cells: str) -> str:
    return f"| {' | '.join(map(cell, cells))} |"
