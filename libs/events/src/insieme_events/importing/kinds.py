"""What can be imported: a kind of rows is a command of a service and the columns that make its body.

Every service brings its kinds by the entry point group `insieme.imports`: the name of the point is that of the kind.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from importlib.metadata import entry_points
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

GROUP = "insieme.imports"
ROW_KEY = "row_key"
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column and the field of the body that it fills. `words` are cells that stand for a value of another type.

    `digits`: a code of so many digits, whose leading zeros a spreadsheet may have taken.
    """

    name: str
    path: Path
    required: bool = False
    is_date: bool = False
    is_yes_or_no: bool = False
    digits: int | None = None
    words: Mapping[str, Any] = field(default_factory=dict)
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lookup:
    """Names a record by something else than its id `fills`: the service is asked for the id with a GET.

    `parameters` of the query are filled from columns of these names; `column` is one that the body does not have.
    Where the cells of `unless` stand in a row, there is nothing to look up. `in_the_file`: the record may be made by a
    row above, so a dry run does not miss it.
    """

    fills: str
    path: str
    parameters: Mapping[str, str]
    id_field: str
    unknown: str
    """The code of a row whose record there is not."""
    sentence: str
    column: Column | None = None
    unless: Mapping[str, str] = field(default_factory=dict)
    in_the_file: bool = False

    @property
    def told_by(self) -> str:
        """The columns that a person fills in instead of the id."""
        return self.column.name if self.column is not None else ", ".join(dict.fromkeys(self.parameters.values()))


@dataclass(frozen=True)
class Kind:
    """One kind of rows. `names`, `words` and `digits` are by path or column where the model does not say it.

    A row is the body of its command; where it is more than that, `request` makes path and body out of it.

    `recorded` are the refusals that say that this very row was recorded before; `told` is the field of the answer that
    the verdict shows. Rows that agree in the first filled column of `in_order_by` are sent one after the other: of two
    that exclude each other the first of the file is recorded, and no two fight for one record. With `together` they may
    go in one request, which decides them in their order.
    """

    name: str
    about: str
    service: str
    path: str
    body: type[BaseModel]
    recorded: frozenset[str]
    purpose: str = "operations"
    told: str = "id"
    names: Mapping[Path, str] = field(default_factory=dict)
    digits: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    lookups: tuple[Lookup, ...] = ()
    in_order_by: tuple[str, ...] = ()
    together: bool = False
    request: Callable[[dict[str, Any]], tuple[str, dict[str, Any]]] | None = None
    example: Mapping[str, str] = field(default_factory=dict)

    def columns(self) -> tuple[Column, ...]:
        """Every column in the order of the template; the first one is the row's own key."""
        filled = {lookup.fills for lookup in self.lookups}
        found = [Column(ROW_KEY, (ROW_KEY,), required=True)]
        for path, info, required in _leaves(self.body):
            name = self.names.get(path, path[-1])
            if name in self.left_out:
                continue
            found.append(
                Column(
                    name,
                    path,
                    required and name not in filled,
                    date in _types(info.annotation),
                    bool in _types(info.annotation),
                    self.digits.get(name),
                    self.words.get(name, {}),
                    (*self.words.get(name, {}), *_choices(info.annotation)),
                )
            )
        return (*found, *(lookup.column for lookup in self.lookups if lookup.column is not None))

    def command(self, row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Where a row is sent to, and what."""
        return (self.path, row) if self.request is None else self.request(row)


def _leaves(model: type[BaseModel], above: Path = (), *, needed: bool = True) -> Iterator[tuple[Path, FieldInfo, bool]]:
    for name, info in model.model_fields.items():
        required = needed and info.is_required()
        inner = next(
            (one for one in _types(info.annotation) if isinstance(one, type) and issubclass(one, BaseModel)), None
        )
        if inner is None:
            yield (*above, name), info, required
        else:
            yield from _leaves(inner, (*above, name), needed=required)


def _types(annotation: Any) -> list[Any]:
    """The types that a field may have, out of unions and annotations."""
    if get_origin(annotation) is Annotated:
        return _types(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return [one for part in get_args(annotation) for one in _types(part)]
    return [annotation]


def _choices(annotation: Any) -> tuple[str, ...]:
    """The values of a closed list."""
    found: list[str] = []
    for one in _types(annotation):
        if isinstance(one, type) and issubclass(one, Enum):
            found += [str(member.value) for member in one]
        elif get_origin(one) is Literal:
            found += [str(value) for value in get_args(one)]
    return tuple(found)


def names() -> list[str]:
    """The kinds that the installed services bring; none of them is imported for it."""
    return sorted(point.name for point in entry_points(group=GROUP))


def load(name: str) -> Kind:
    """Raises KeyError where no installed service brings it."""
    for point in entry_points(group=GROUP):
        if point.name == name:
            kind = point.load()
            assert isinstance(kind, Kind)
            return kind
    raise KeyError(name)
