"""What a service can be asked, out of its OpenAPI document: operations with the values that they take.

An operation is called by the resource at the head of its path and the name in its `operationId`: `cases` and `enrol`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

PREFIX = "/v1/"
SENT_WITH_EVERYTHING = "x-insieme-"
"""Headers that say for whom one asks: the same for every operation."""


class Place(StrEnum):
    """Where a value goes."""

    PATH = "path"
    QUERY = "query"
    HEADER = "header"
    BODY = "body"


class Shape(StrEnum):
    """How a value is written on a command line. JSON: what has no plainer form, such as a list of records."""

    TEXT = "text"
    INTEGER = "integer"
    YES_OR_NO = "yes or no"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a request. `path` is its name, or the names from the body down to it; `many` may be repeated.

    `format` is that of JSON Schema, such as `date`.
    """

    place: Place
    path: tuple[str, ...]
    shape: Shape
    required: bool
    about: str = ""
    choices: tuple[str, ...] = ()
    many: bool = False
    default: Any = None
    format: str | None = None

    @property
    def option(self) -> str:
        return "--" + ".".join(self.path).replace("_", "-").lower()


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path. `paged`: it answers pages, the next of which begins `after` a cursor."""

    resource: str
    name: str
    method: str
    path: str
    about: str
    values: tuple[Value, ...]
    has_body: bool
    example: Any
    paged: bool

    @property
    def repeatable(self) -> bool:
        """Whether sending it twice has the effect of sending it once: reads, and commands that take a key."""
        return self.method == "GET" or self.takes("idempotency-key")

    def takes(self, header: str) -> bool:
        return any(value.place is Place.HEADER and value.path == (header,) for value in self.values)


class UnknownShape(Exception):
    """The document holds a value that no option can stand for."""


def operations(document: Mapping[str, Any]) -> list[Operation]:
    """Raises UnknownShape."""
    schemas = document.get("components", {}).get("schemas", {})
    found = []
    for path, methods in document["paths"].items():
        if not path.startswith(PREFIX):
            continue  # Health and metrics: for machines.
        resource = path.removeprefix(PREFIX).partition("/")[0]
        for method, told in methods.items():
            found.append(_operation(resource, path, method.upper(), told, schemas))
    return found


def _operation(resource: str, path: str, method: str, told: Mapping[str, Any], schemas: Mapping[str, Any]) -> Operation:
    body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    values = [
        _value(Place(one["in"]), (one["name"],), one["schema"], schemas, required=one.get("required", False))
        for one in told.get("parameters", ())
        if not one["name"].lower().startswith(SENT_WITH_EVERYTHING)
    ]
    if body is not None:
        values += _fields((), body, schemas, required=True)
    return Operation(
        resource,
        told["operationId"].removeprefix(resource.replace("-", "_") + "_").replace("_", "-"),
        method,
        path,
        told.get("description") or told.get("summary", ""),
        tuple(values),
        body is not None,
        _example(body or {}, schemas),
        _is_paged(told, schemas),
    )


def _example(body: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    """The first that is given at the route, else at the body's type; None where there is none."""
    found = body.get("examples") or _resolved(body, schemas).get("examples") or (None,)
    return found[0]


def _is_paged(told: Mapping[str, Any], schemas: Mapping[str, Any]) -> bool:
    answer = told["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return "next" in _resolved(answer, schemas).get("properties", {})


def _fields(
    above: tuple[str, ...], schema: Mapping[str, Any], schemas: Mapping[str, Any], *, required: bool
) -> Iterator[Value]:
    """The values of a body, down to those that an option can stand for."""
    whole = _resolved(schema, schemas)
    needed = whole.get("required", ())
    for name, inner in whole["properties"].items():
        path = (*above, name)
        plain, nullable = _without_null(inner, schemas)
        must = required and name in needed and not nullable
        if plain.get("type") == "object" and "properties" in plain:
            yield from _fields(path, plain, schemas, required=must)
        else:
            yield _value(Place.BODY, path, inner, schemas, required=must)


def _value(
    place: Place, path: tuple[str, ...], schema: Mapping[str, Any], schemas: Mapping[str, Any], *, required: bool
) -> Value:
    plain, _ = _without_null(schema, schemas)
    value = Value(
        place,
        path,
        Shape.TEXT,
        required,
        schema.get("description") or plain.get("description", "") if place is not Place.PATH else "",
        _choices(plain),
        default=schema.get("default"),
        format=plain.get("format"),
    )
    kind = plain.get("type")
    if kind == "array":
        items, _ = _without_null(plain["items"], schemas)
        if items.get("type") in ("string", "integer"):
            shape = Shape.INTEGER if items["type"] == "integer" else Shape.TEXT
            return replace(value, shape=shape, choices=_choices(items), many=True)
        return replace(value, shape=Shape.JSON)
    if kind == "object":
        return replace(value, shape=Shape.JSON)
    if kind == "string":
        return value
    if kind == "integer":
        return replace(value, shape=Shape.INTEGER)
    if kind == "boolean":
        return replace(value, shape=Shape.YES_OR_NO)
    raise UnknownShape(f"{'.'.join(path)}: {kind}")


def _choices(plain: Mapping[str, Any]) -> tuple[str, ...]:
    if "const" in plain:
        return (str(plain["const"]),)
    return tuple(str(one) for one in plain.get("enum", ()))


def _without_null(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
    """The schema of what is there, and whether nothing may be. Raises UnknownShape for a choice of several."""
    whole = _resolved(schema, schemas)
    if "anyOf" not in whole:
        return whole, False
    found = [one for one in (_resolved(one, schemas) for one in whole["anyOf"]) if one.get("type") != "null"]
    if len(found) != 1:
        raise UnknownShape(f"one of {len(found)} schemas")
    return found[0], True


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    return schema
