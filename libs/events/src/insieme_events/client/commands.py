"""`insieme intake cases enrol …`: a command for every operation of a service, made when somebody asks for it.

Commands are plain functions whose signature is what the operation takes; typer makes of it help, checks and completion.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from insieme_events.client import answers, requests
from insieme_events.client.documents import document
from insieme_events.client.operations import Operation, Place, Shape, Value, operations
from insieme_events.desk import address, fail

PATIENCE_SECONDS = 60.0
FORMATS = {"date": "YYYY-MM-DD", "uuid": "UUID", "date-time": "YYYY-MM-DDTHH:MM:SSZ"}
SHOWN = 5
"""So many commands of a resource are named where resources are listed."""
OF_THE_REQUEST = "The request"
OF_THE_ANSWER = "The answer"
OF_THE_BODY = "What is told"

JSON_ = typer.Option("--json", help="The answer as it comes", rich_help_panel=OF_THE_ANSWER)
ALL = typer.Option("--all", help="Every page; with --json a row a line", rich_help_panel=OF_THE_ANSWER)
BODY = typer.Option(
    "--body",
    help="The whole body as JSON from a file, or from standard input with -; options beside it stand over it. "
    "What is told of a person belongs here: a shell keeps the options of its commands",
    rich_help_panel=OF_THE_BODY,
)
EXAMPLE = typer.Option("--example", help="Print an example of the body, and send nothing", rich_help_panel=OF_THE_BODY)
FOR_WHOM = {
    "as_party": typer.Option(
        "--as-party", envvar="INSIEME_PARTY", help="For whom you act", rich_help_panel=OF_THE_REQUEST
    ),
    "as_role": typer.Option("--as-role", envvar="INSIEME_ROLE", help="In which role", rich_help_panel=OF_THE_REQUEST),
    "for_purpose": typer.Option(
        "--for-purpose", envvar="INSIEME_PURPOSE", help="For which purpose", rich_help_panel=OF_THE_REQUEST
    ),
}
HEADERS = {"as_party": "X-Insieme-Party", "as_role": "X-Insieme-Role", "for_purpose": "X-Insieme-Purpose"}


def group_of(service: str) -> typer.Typer:
    """The commands of a service. Its document is asked for when somebody looks below the service's name."""

    class ServiceGroup(TyperGroup):
        def list_commands(self, ctx: Any) -> list[str]:
            return sorted({one.resource for one in _operations(service, ctx)})

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            found = [one for one in _operations(service, ctx) if one.resource == cmd_name]
            if found:
                return get_group(resource(cmd_name, found, _base(service, ctx)))
            self.commands = dict.fromkeys(self.list_commands(ctx))  # type: ignore[assignment]  # for "did you mean"
            return None

    made = typer.Typer(
        cls=ServiceGroup, no_args_is_help=True, help=f"Everything that {service} can be asked, as its API says it."
    )

    @made.callback()
    def at(
        url: Annotated[str | None, typer.Option("--url", help="Its base URL, if not the configured one")] = None,
    ) -> None:
        pass

    return made


def _base(service: str, ctx: Any) -> str:
    return (ctx.params.get("url") or address(service)).rstrip("/")


def _operations(service: str, ctx: Any) -> list[Operation]:
    return operations(document(_base(service, ctx)))


def resource(name: str, found: Iterable[Operation], base: str) -> typer.Typer:
    """The commands of one resource."""
    mine = list(found)
    named = [operation.name for operation in mine[:SHOWN]] + ["…"] * (len(mine) > SHOWN)
    app = typer.Typer(name=name, no_args_is_help=True, help=", ".join(named))
    app.callback()(lambda: None)
    for operation in mine:
        about = f"{operation.about}\n\n{operation.method} {operation.path}"
        app.command(operation.name, help=about)(command(operation, base))
    return app


def command(operation: Operation, base: str) -> Callable[..., None]:
    """A function with a parameter for every value of the operation, named by its position among them."""

    def run(**told: Any) -> None:
        if told.pop("example", False):
            print_example(operation)
            return
        as_json, every_page = told.pop("as_json"), told.pop("every_page", False)
        actor = {HEADERS[name]: told.pop(name) for name in FOR_WHOM if told[name] is not None or told.pop(name)}
        try:
            body = read_body(told.pop("body", None))
            given = [(value, told[f"v{place}"]) for place, value in enumerate(operation.values)]
            request = requests.made(operation, base, [one for one in given if _is_given(one[1])], body, actor)
        except requests.Unusable as wrong:
            fail(str(wrong))
        got = requests.answers(request, PATIENCE_SECONDS, every_page=every_page)
        answers.show(got, as_json=as_json, every_page=every_page)

    parameters = [_parameter(f"v{place}", value) for place, value in enumerate(operation.values)]
    if operation.has_body:
        parameters.append(_keyword("body", Annotated[str | None, BODY], None))
        parameters.append(_keyword("example", Annotated[bool, EXAMPLE], False))
    if operation.paged:
        parameters.append(_keyword("every_page", Annotated[bool, ALL], False))
    parameters += [_keyword(name, Annotated[str | None, option], None) for name, option in FOR_WHOM.items()]
    parameters.append(_keyword("as_json", Annotated[bool, JSON_], False))
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def _is_given(told: Any) -> bool:
    return told is not None and told != []


def _keyword(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def _parameter(name: str, value: Value) -> inspect.Parameter:
    kind: Any = {Shape.INTEGER: int, Shape.YES_OR_NO: bool}.get(value.shape, str)
    completing = _completing(value.choices) if value.choices else None
    if value.place is Place.PATH:
        argument = typer.Argument(metavar=value.path[0].upper(), help=_help(value), autocompletion=completing)
        return _keyword(name, Annotated[kind, argument], inspect.Parameter.empty)
    spelled = [value.option]
    if value.shape is Shape.YES_OR_NO:
        spelled = [f"{value.option}/--no-{value.option.removeprefix('--')}"]
    option = typer.Option(
        *spelled,
        help=_help(value),
        metavar=FORMATS.get(value.format or ""),
        autocompletion=completing,
        show_default=False,
        rich_help_panel=OF_THE_BODY if value.place is Place.BODY else OF_THE_REQUEST,
    )
    return _keyword(name, Annotated[list[kind] | None if value.many else kind | None, option], None)


def _completing(choices: tuple[str, ...]) -> Callable[[str], list[str]]:
    def complete(incomplete: str) -> list[str]:
        return [choice for choice in choices if choice.startswith(incomplete)]

    return complete


def _help(value: Value) -> str:
    """What it is, which values it may have, what it is where it is not given, whether it must be there."""
    said = [value.about.rstrip(".")] if value.about else []
    if value.choices:
        said.append("one of " + ", ".join(value.choices))
    if value.shape is Shape.JSON:
        said.append("as JSON")
    if value.many:
        said.append("may be given several times")
    if value.default not in (None, [], {}):
        said.append(f"else {json.dumps(value.default) if not isinstance(value.default, str) else value.default}")
    if value.place is Place.BODY and value.required:
        said.append("needed")
    return "; ".join(said)


def read_body(source: str | None) -> Any:
    """JSON from a file, or from standard input. Raises Unusable."""
    if source is None:
        return None
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise requests.Unusable(f"--body cannot be read ({type(wrong).__name__})") from wrong
    try:
        return json.loads(text)
    except ValueError as wrong:
        raise requests.Unusable("--body is no JSON") from wrong


def print_example(operation: Operation) -> None:
    if operation.example is None:
        fail("there is no example of this body; --help names its values")
    typer.echo(json.dumps(operation.example, indent=2, ensure_ascii=False))
