"""Which refusals a route may answer, read off the code: what it raises, and what its commands' deciders return.

The events that a decider may answer, and its states, are read in the same way.

A decider is followed by the kind of the command: of `match command` and `isinstance(command, …)` only the branches that
this kind can come to. What is read is the source, so a refusal is found wherever it is named, also where it comes about
only rarely; a route lists a few too many rather than one too few.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from types import FunctionType, MethodType, ModuleType, UnionType
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel

from insieme_events.catalogue import BY_CLASS
from insieme_events.contracts import DomainEvent
from insieme_events.decider import Command, Decider, Refused
from insieme_events.units import Aggregate

OURS = "insieme_"
ROAD = "insieme_events"
"""What happens to every request alike, which a document says once, is found in here: it is not followed."""
SUBJECT = "command"


def of_endpoint(endpoint: Any) -> frozenset[Refused]:
    """Every refusal that the route may answer by a rule of its service."""
    seen = Seen()
    _follow(endpoint, None, seen)
    for hint in _hints(endpoint).values():
        _take(hint, None, seen)
    for aggregate in tuple(seen.aggregates.values()):
        for kind in tuple(seen.commands):
            if _takes(aggregate.decider, kind):
                _follow(aggregate.decider.decide, kind, seen)
    return frozenset(seen.refusals)


def events_of(decider: Decider[Any, Any, Any]) -> frozenset[type[DomainEvent]]:
    """Every event that the decider's code names, whichever command leads there: what it may answer."""
    seen = Seen()
    taken = _hints(decider.decide)[SUBJECT]
    for kind in get_args(taken) or (taken,):
        _follow(decider.decide, kind, seen)
    return frozenset(
        thing
        for thing, _ in seen.followed
        if isinstance(thing, type) and issubclass(thing, DomainEvent) and thing in BY_CLASS
    )


def states_of(decider: Decider[Any, Any, Any]) -> frozenset[type[Any]]:
    """The states of the union that `evolve` answers."""
    union = _hints(decider.evolve)["return"]
    return frozenset(get_args(union) or (union,))


@dataclass
class Seen:
    """What was come across, and which functions were followed for which kind of command."""

    refusals: set[Refused] = field(default_factory=set)
    aggregates: dict[str, Aggregate[Any, Any, Any]] = field(default_factory=dict)
    commands: set[type[Command]] = field(default_factory=set)
    followed: set[tuple[Any, type[Command] | None]] = field(default_factory=set)


def _takes(decider: Decider[Any, Any, Any], kind: type[Command]) -> bool:
    taken = _hints(decider.decide).get(SUBJECT)
    return kind in (get_args(taken) or (taken,))


def _follow(function: Any, kind: type[Command] | None, seen: Seen) -> None:
    """Goes through a function of a service; `kind` is that of its parameter `command`, where it has one."""
    while isinstance(function, MethodType) or hasattr(function, "__wrapped__"):
        function = function.__func__ if isinstance(function, MethodType) else function.__wrapped__
    if not isinstance(function, FunctionType):
        return
    kind = kind if SUBJECT in inspect.signature(function).parameters else None
    if (function, kind) in seen.followed:
        return
    seen.followed.add((function, kind))
    for value in _named(function, kind):
        _take(value, kind, seen)


@cache
def _named(function: FunctionType, kind: type[Command] | None) -> tuple[Any, ...]:
    """What a function speaks of: what its names stand for, and the classes of its parameters."""
    resolved = [_resolved(function, node) for node in _Branches(function, kind).nodes(_body(function))]
    classes = [hint for hint in _hints(function).values() if isinstance(hint, type) and _followed(hint)]
    known = {id(value): value for value in (*resolved, *classes) if value is not None}
    return tuple(known.values())


def _take(value: Any, kind: type[Command] | None, seen: Seen) -> None:
    """What a name stands for: a refusal, an aggregate, a command, something that holds or leads to them."""
    match value:
        case Refused():
            seen.refusals.add(value)
        case Aggregate():
            seen.aggregates[value.decider.name] = value
            _take(value.unique, kind, seen)
        case FunctionType() | MethodType() if _followed(value):
            _follow(value, kind, seen)
        case Mapping():
            _take(tuple(value.values()), kind, seen)
        case tuple() | list() | set() | frozenset():
            for one in value:
                if isinstance(one, Refused | Mapping | tuple | Aggregate):
                    _take(one, kind, seen)
        case type() if issubclass(value, Command | BaseModel):
            _take_model(value, kind, seen)
        case type() if _followed(value) and (value, None) not in seen.followed:
            seen.followed.add((value, None))
            for one in vars(value).values():
                if isinstance(one, FunctionType):
                    _follow(one, kind, seen)
        case _ if is_dataclass(value) and not isinstance(value, type) and type(value).__module__.startswith(OURS):
            # A gate: a value that refuses with the refusals that it was made of.
            for one in fields(value):
                if isinstance(refused := getattr(value, one.name), Refused):
                    seen.refusals.add(refused)
        case _:
            for argument in (*get_args(value), *getattr(value, "__metadata__", ())):
                if isinstance(argument, type | UnionType) or get_args(argument):
                    _take(argument, kind, seen)
                else:
                    _take(getattr(argument, "func", None), kind, seen)


def _take_model(model: type[BaseModel], kind: type[Command] | None, seen: Seen) -> None:
    """A body: the command that it is, and what its validators refuse."""
    if issubclass(model, Command):
        seen.commands.add(model)
    if (model, None) in seen.followed:
        return
    seen.followed.add((model, None))
    decorators = model.__pydantic_decorators__
    validators: list[Any] = [*decorators.field_validators.values(), *decorators.model_validators.values()]
    for validator in validators:
        _take(validator.func, kind, seen)
    for info in model.model_fields.values():
        _take(info.annotation, kind, seen)
        for each in info.metadata:
            _take(getattr(each, "func", None), kind, seen)


def _followed(function: Any) -> bool:
    module = str(getattr(function, "__module__", ""))
    return module.startswith(OURS) and not module.startswith(ROAD)


@cache
def _hints(function: Any) -> Mapping[str, Any]:
    function = inspect.unwrap(function)
    try:
        return get_type_hints(function, include_extras=True)
    except NameError:
        # Names that stand there for the type checker alone.
        return {name: each for name, each in function.__annotations__.items() if not isinstance(each, str)}


@cache
def _body(function: FunctionType) -> tuple[ast.stmt, ...]:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except OSError:
        # Made by a decorator, such as the methods of a dataclass.
        return ()
    return tuple(tree.body) if isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef) else ()


def _resolved(function: FunctionType, node: ast.Name | ast.Attribute) -> Any:
    """What the name stands for where the function stands; None for what is known only when it runs."""
    if isinstance(node, ast.Attribute):
        if not isinstance(node.value, ast.Name):
            return None
        module = _resolved(function, node.value)
        return getattr(module, node.attr, None) if isinstance(module, ModuleType) else None
    names = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    if node.id in names:
        return names[node.id].cell_contents
    return function.__globals__.get(node.id)


class _Branches:
    """The names in those branches of a function that a command of this kind can come to."""

    def __init__(self, function: FunctionType, kind: type[Command] | None) -> None:
        self._function = function
        self._kind = kind

    def nodes(self, body: Iterable[ast.AST]) -> Iterator[ast.Name | ast.Attribute]:
        for statement in body:
            yield from self._of(statement)
            if self._returns(statement):
                return

    def _of(self, node: ast.AST) -> Iterator[ast.Name | ast.Attribute]:
        match node:
            case ast.Match(subject=subject, cases=cases):
                yield from self._of(subject)
                for case in cases:
                    meets = self._meets(subject, case)
                    if meets is False:
                        continue
                    if case.guard is not None:
                        yield from self._of(case.guard)
                    yield from self.nodes(case.body)
                    if meets is True:
                        return
            case ast.If(test=test) | ast.IfExp(test=test):
                holds = self._holds(test)
                if holds is not False:
                    yield from self._of(test)
                    yield from self.nodes(_block(node.body))
                if holds is not True:
                    yield from self.nodes(_block(node.orelse))
            case ast.Name() | ast.Attribute():
                yield node
                if isinstance(node, ast.Attribute):
                    yield from self._of(node.value)
            case _:
                for child in ast.iter_child_nodes(node):
                    yield from self._of(child)

    def _returns(self, statement: ast.AST) -> bool:
        """Whether a branch that is certain ends here, so that what stands behind it is never come to."""
        if not isinstance(statement, ast.If) or self._holds(statement.test) is not True:
            return False
        return isinstance(statement.body[-1], ast.Return | ast.Raise)

    def _holds(self, test: ast.expr) -> bool | None:
        """Of `isinstance(command, …)`, and of it with more; None where it depends on something else."""
        match test:
            case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), kinds]) if name == SUBJECT:
                return self._is(kinds)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                holds = self._holds(operand)
                return None if holds is None else not holds
            case ast.BoolOp(op=ast.And(), values=values):
                return False if any(self._holds(value) is False for value in values) else None
            case _:
                return None

    def _meets(self, subject: ast.expr, case: ast.match_case) -> bool | None:
        pattern: ast.pattern | None = case.pattern
        whole = isinstance(subject, ast.Name) and subject.id == SUBJECT
        if isinstance(subject, ast.Tuple):
            places = [isinstance(one, ast.Name) and one.id == SUBJECT for one in subject.elts]
            if not any(places) or not isinstance(pattern, ast.MatchSequence):
                return None
            pattern = pattern.patterns[places.index(True)]
        elif not whole:
            return None
        meets = self._matches(pattern)
        certain = whole and case.guard is None and not _narrows(pattern)
        return meets if meets is False or certain else None

    def _matches(self, pattern: ast.pattern | None) -> bool | None:
        match pattern:
            case ast.MatchClass(cls=kinds):
                return self._is(kinds)
            case ast.MatchOr(patterns=patterns):
                found = [self._matches(one) for one in patterns]
                return True if True in found else False if all(one is False for one in found) else None
            case ast.MatchAs(pattern=None) | None:
                return True
            case ast.MatchAs(pattern=inner):
                return self._matches(inner)
            case _:
                return None

    def _is(self, kinds: ast.expr) -> bool | None:
        if self._kind is None:
            return None
        if isinstance(kinds, ast.BinOp):
            found = (self._is(kinds.left), self._is(kinds.right))
            return True if True in found else None if None in found else False
        if not isinstance(kinds, ast.Name | ast.Attribute):
            return None
        value = _resolved(self._function, kinds)
        known = value if isinstance(value, tuple) else get_args(value) or (value,)
        if not all(isinstance(one, type) for one in known):
            return None
        return issubclass(self._kind, tuple(known))


def _narrows(pattern: ast.pattern | None) -> bool:
    """Whether it asks for more than the kind: fields that must have a value."""
    match pattern:
        case ast.MatchClass(patterns=positional, kwd_patterns=named):
            return any(not (isinstance(one, ast.MatchAs) and one.pattern is None) for one in (*positional, *named))
        case ast.MatchOr(patterns=patterns):
            return any(_narrows(one) for one in patterns)
        case ast.MatchAs(pattern=inner) if inner is not None:
            return _narrows(inner)
        case _:
            return False


def _block(body: Any) -> Iterable[ast.AST]:
    return body if isinstance(body, list) else [body]
