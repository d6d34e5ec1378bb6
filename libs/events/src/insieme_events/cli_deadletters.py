"""`insieme deadletters`: what is parked, and what to do about it; speaks HTTP to the service that parked it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from insieme_events.desk import CITY, OPERATOR, Desk, ask, desk_of, fail, send
from insieme_events.letter_actions import Why

deadletters = typer.Typer(no_args_is_help=True)
console = Console()

PATH = "/v1/operations/dead-letters"
EVERY = 0.3

Service = Annotated[str, typer.Option("--service", "-s", help="The service that parked it", envvar="INSIEME_SERVICE")]
Url = Annotated[str | None, typer.Option("--url", help="Its base URL, where it is not the configured one")]
AsJson = Annotated[bool, typer.Option("--json", help="The answer as it comes")]
Subscription = Annotated[str | None, typer.Option("--subscription", help="Of this consumer group only")]
Reason = Annotated[str | None, typer.Option("--reason", help="Parked for this reason only")]
Stream = Annotated[str | None, typer.Option("--stream", help="Of this stream only")]
Because = Annotated[Why, typer.Option("--why", help="The reason, from the closed list")]
Ticket = Annotated[str, typer.Option("--ticket", help="Where it is written down, such as OPS-1234")]
Party = Annotated[str, typer.Option("--party", help="For whom you act", envvar="INSIEME_PARTY")]
Role = Annotated[str, typer.Option("--role", help="In which role", envvar="INSIEME_ROLE")]
Wait = Annotated[float, typer.Option("--wait", help="Seconds to wait for what becomes of it", min=0)]
Letter = Annotated[int, typer.Argument(help="The letter's number, from `list`")]


@deadletters.command("list")
def list_letters(
    service: Service,
    subscription: Subscription = None,
    reason: Reason = None,
    stream: Stream = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many")] = 50,
    as_json: AsJson = False,
    url: Url = None,
) -> None:
    """What is parked, oldest first. The letters to decide about are marked: the others wait for them."""
    found = list(_pages(desk_of(service, url), subscription, reason, stream, limit))
    if as_json:
        _print_json(found)
        return
    if not found:
        console.print("Nothing is parked.")
        return
    # Two lines a letter, so that eighty columns are enough.
    table = Table("letter", "reason", "subscription", "stream", show_lines=True)
    table.columns[-1].overflow = "fold"
    for one in found:
        decide = "decide" if one["first"] and one["reason"] != "out_of_order" else ""
        asked = f"{one['asked']} asked, " if one["asked"] else ""
        table.add_row(
            *_texts(
                f"{one['id']}\n{decide}",
                f"{one['reason']}\n{asked}{one['attempts']} tries",
                f"{one['subscription']}\n{one['parked_at'][:19]}",
                f"{one['stream']} {one['sequence']}\n{one['detail']}",
            )
        )
    console.print(table)


@deadletters.command("show")
def show(letter: Letter, service: Service, as_json: AsJson = False, url: Url = None) -> None:
    """One letter: why, where, what it is, what was tried, who asked for what; and what to do."""
    found = ask(desk_of(service, url), "GET", f"{PATH}/{letter}")
    if as_json:
        _print_json(found)
        return
    one = found["letter"]
    about = Table("", "", show_header=False, title=f"Letter {letter}")
    for name in ("subscription", "reason", "detail", "stream", "sequence", "event_id", "type", "parked_at", "attempts"):
        about.add_row(*_texts(name, one[name]))
    about.add_row(*_texts("record", f"{one['topic']}[{one['partition']}]@{one['offset']}"))
    about.add_row(*_texts("waiting behind it", found["behind"]))
    for name, value in found["attributes"].items():
        about.add_row(*_texts(f"ce_{name}", value))
    for name, value in (found["data"] or {}).items():
        about.add_row(*_texts(f"data.{name}", json.dumps(value)))
    if found["misfits"]:
        about.add_row(*_texts("data do not fit at", ", ".join(found["misfits"])))
    console.print(about)
    if found["stack"]:
        console.print("Stack, outermost first:", *found["stack"], sep="\n  ", markup=False, highlight=False)
    _history(found)
    console.print(f"What to do: {found['remedy']}", markup=False, highlight=False)


@deadletters.command("retry")
def retry(
    service: Service,
    why: Because,
    ticket: Ticket,
    letter: Annotated[int | None, typer.Argument(help="The letter's number; without it, --all")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every stream of the subscription")] = False,
    subscription: Subscription = None,
    reason: Annotated[str, typer.Option("--reason", help="With --all: parked for this reason")] = "failed",
    party: Party = CITY,
    role: Role = OPERATOR,
    wait: Wait = 20.0,
    as_json: AsJson = False,
    url: Url = None,
) -> None:
    """Have the event handled again, and then everything behind it, in order."""
    desk = desk_of(service, url, party, role)
    if everything == (letter is not None):
        fail("name one letter, or --all with a subscription")
    if not everything:
        _decide(desk, f"{PATH}/{letter}/retry", _because(why, ticket), wait, as_json)
        return
    if subscription is None:
        fail("--all needs --subscription: `list` shows which")
    body = {**_because(why, ticket), "subscription": subscription, "reason": reason}
    filed = ask(desk, "POST", f"{PATH}/retry", body)
    if as_json:
        _print_json(filed)
    else:
        console.print(f"{filed['filed']} retries asked for. `insieme deadletters list` shows what is left.")


@deadletters.command("skip")
def skip(
    letter: Letter,
    service: Service,
    why: Because,
    ticket: Ticket,
    party: Party = CITY,
    role: Role = OPERATOR,
    wait: Wait = 20.0,
    as_json: AsJson = False,
    url: Url = None,
) -> None:
    """Have the event passed over for good, by every version and every rebuild, and go on behind it."""
    _decide(desk_of(service, url, party, role), f"{PATH}/{letter}/skip", _because(why, ticket), wait, as_json)


@deadletters.command("edit")
def edit(
    letter: Letter,
    service: Service,
    why: Because,
    ticket: Ticket,
    changes: Annotated[list[str] | None, typer.Option("--set", help="field=value; the value as JSON or text")] = None,
    removed: Annotated[list[str] | None, typer.Option("--remove", help="a field to leave out")] = None,
    party: Party = CITY,
    role: Role = OPERATOR,
    wait: Wait = 20.0,
    as_json: AsJson = False,
    url: Url = None,
) -> None:
    """Have the event handled with other data, which must fit its contract. Reporting refuses this."""
    fields = dict(_field(text) for text in changes or [])
    body = {**_because(why, ticket), "set": fields, "remove": removed or []}
    _decide(desk_of(service, url, party, role), f"{PATH}/{letter}/edit", body, wait, as_json)


@deadletters.command("export")
def export(
    service: Service,
    subscription: Subscription = None,
    reason: Reason = None,
    stream: Stream = None,
    to: Annotated[Path | None, typer.Option("--to", help="A file; else the terminal")] = None,
    url: Url = None,
) -> None:
    """Everything that `show` tells of each letter, one JSON object a line."""
    query = _given(subscription=subscription, reason=reason, stream=stream)
    text = send(desk_of(service, url), "GET", f"{PATH}/export", params=query).text
    if to is None:
        sys.stdout.write(text)
    else:
        to.write_text(text, encoding="utf-8")
        console.print(f"{len(text.splitlines())} letters in {to}", highlight=False)


def _because(why: Why, ticket: str) -> dict[str, Any]:
    return {"why": why.value, "ticket": ticket}


def _field(text: str) -> tuple[str, Any]:
    name, mark, value = text.partition("=")
    if not mark:
        fail(f"--set takes field=value, not {text!r}")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


def _decide(desk: Desk, path: str, body: dict[str, Any], wait: float, as_json: bool) -> None:
    """Files the request, waits for what becomes of it, and tells; ends with 1 unless the event went on."""
    action = ask(desk, "POST", path, body)
    deadline = time.monotonic() + wait
    while action["outcome"] is None and time.monotonic() < deadline:
        time.sleep(EVERY)
        action = ask(desk, "GET", f"{PATH}/actions/{action['id']}")
    if as_json:
        _print_json(action)
    else:
        console.print(_told(action), markup=False, highlight=False)
    if action["outcome"] != "released":
        raise typer.Exit(1)


def _told(action: dict[str, Any]) -> str:
    head = f"Action {action['id']}, {action['action']} of letter {action['letter_id']}: "
    match action["outcome"]:
        case "released":
            return head + f"done; {action['stream']} goes on."
        case "parked_again":
            return head + f"parked again; `insieme deadletters show {action['letter_id']}` has the new failure."
        case "void":
            return head + "the letter had gone on before."
        case _:
            return head + "still waits for the owner of the partition. Is a process with the subscriptions running?"


def _history(found: dict[str, Any]) -> None:
    if found["attempts"]:
        table = Table("try", "failed at", "reason", "detail", "action", title="Tries")
        for one in found["attempts"]:
            table.add_row(
                *_texts(one["attempt"], one["failed_at"][:19], one["reason"], one["detail"], one["action_id"] or "-")
            )
        console.print(table)
    if found["actions"]:
        table = Table("action", "what", "why", "ticket", "by", "asked at", "outcome", title="Asked for")
        for one in found["actions"]:
            by, asked = f"{one['party']}/{one['role']}", one["requested_at"][:19]
            outcome = one["outcome"] or "waits"
            table.add_row(*_texts(one["id"], one["action"], one["why"], one["ticket"], by, asked, outcome))
        console.print(table)


def _texts(*values: Any) -> list[str]:
    return [escape(str(value)) for value in values]


def _pages(
    desk: Desk, subscription: str | None, reason: str | None, stream: str | None, limit: int
) -> Iterator[dict[str, Any]]:
    query: dict[str, Any] = _given(subscription=subscription, reason=reason, stream=stream)
    while limit > 0:
        found = ask(desk, "GET", PATH, params={**query, "limit": min(limit, 200)})
        yield from found["items"]
        limit -= len(found["items"])
        if found["next"] is None:
            return
        query["after"] = found["next"]


def _given(**values: str | None) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _print_json(found: Any) -> None:
    sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
